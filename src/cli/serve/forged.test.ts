import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { sliceEvening } from '../../../test/kit/evening/evening-slices.ts'
import type { Json } from '../../../test/kit/measured/measurement.ts'
import { serveFolderAt, type ServedFolder } from '../../../test/kit/servers/served-folder.ts'
import { makeSigner, signed, vouchHeader, wrapped, type Signer } from '../../../test/kit/measured/signed-submission.ts'
import { FRESH, post } from '../../../test/kit/servers/submit.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { defined } from '../../core/model/defined.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { runCommand } from '../main.ts'

/** Forgers without a known key, each of which says it once. */
const FORGERS = 200
/** How often each invited key says it. */
const TIMES = 8
/** How often one known key says it: several times as often as all the others together. */
const FLOOD = 160
/** Submissions on their way at once. */
const LANES = 16

const evening = sliceEvening(Date.now(), { networks: 1, probesPerNetwork: 4, services: ['youtube', 'wikipedia'] })
const [asn] = evening.asns
const linesOf = (from: number, until: number): readonly Json[] =>
  evening
    .between(from, until, asn)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Json => Object.fromEntries(Object.entries(asObject(JSON.parse(line)))))
const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const timeOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

/** Measurements of a service between two times of which the first says what all of them say. */
function forge(
  model: Json,
  signers: readonly Signer[],
  [from, until]: readonly [number, number],
  times = TIMES,
): readonly string[] {
  const step = (until - from) / times
  return signers.flatMap((signer, nth) =>
    Array.from({ length: times }, (_, time) => {
      const at = timeOf(from + (time + nth / signers.length) * step)
      const document = { ...model, measurement_start_time: at, test_start_time: at, x_serial: `${nth} ${time}` }
      return signed(document, signer)
    }),
  )
}

describe('forged measurements', () => {
  let root: string
  let served: ServedFolder
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-forged-'))
    served = await serveFolderAt(join(root, 'data'), root, ['--rate', '100000', '--strangers-per-day', '999G'])
  })
  afterEach(async () => {
    await served[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })
  const bring = async (until: number): Promise<void> => {
    await writeFile(join(root, 'day.jsonl'), evening.between(evening.since, until, asn))
    await served.kuager('import', join(root, 'day.jsonl'))
  }
  /** Submits and waits until all are judged: in the order of the log, but for those that were on their way together. */
  const submit = async (documents: readonly string[], codes: readonly string[] = []): Promise<void> => {
    const ids: string[] = []
    const queue = documents.entries()
    const lane = async (): Promise<void> => {
      for (const [nth, document] of queue) {
        const code = codes.length === 1 ? codes[0] : codes[Math.floor(nth / TIMES)]
        const headers: Record<string, string> = defined({ 'x-kuager-invitation': code })
        const answer = await post(served, 'api/v1/submit_measurement', wrapped(document), headers)
        if (answer.status === 400 && /bad_invitation/.test(answer.text) && codes.length === 1) continue
        assert.equal(answer.status, 200, answer.text)
        const { x_leaf_index: leaf = -1, x_id: id = '' } = answer.json
        ids[leaf] = id
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    for (const id of Object.values(ids).slice(-4 * LANES)) await judged(id)
    await served.kuager('detect')
  }
  const judged = async (id: string): Promise<void> => {
    let status: number
    do status = (await get(`api/v1/measurement/${id}`)).status
    while (status === 404)
  }
  const get = (path: string): Promise<Response> => fetch(new URL(path, served.url), { headers: FRESH })
  const json = async (path: string): Promise<unknown> => (await get(path)).json()
  const incidents = async (): Promise<string> => served.kuager('incidents', '--json')
  const youtube = (of: readonly Json[]): Json => {
    const found = of.find((line) => JSON.stringify(line).includes('youtube'))
    assert.ok(found !== undefined)
    return found
  }
  const window = [evening.start + 5 * MINUTE_MS, evening.end - 5 * MINUTE_MS] as const

  it('by hundreds of new keys make no incident, and the same by invited ones make one', async () => {
    await bring(evening.start)
    await served.kuager('detect')
    const failing = youtube(linesOf(evening.start + 20 * MINUTE_MS, evening.end - 20 * MINUTE_MS))
    const strangers = Array.from({ length: FORGERS }, makeSigner)
    await submit(forge(failing, strangers, window, 1))
    assert.equal(await incidents(), '')
    const codes = (await served.kuager('keys', 'invite', '--count', '10')).split('\n')
    await submit(forge(failing, Array.from({ length: 10 }, makeSigner), window), codes)
    assert.match(await incidents(), /"service":"youtube"/)
  })

  it('by hundreds of new keys unmake no incident, and are counted beside it', async () => {
    await bring(evening.end + HOUR_MS)
    await served.kuager('detect')
    const before = await incidents()
    assert.match(before, /"service":"youtube"/)
    const passing = youtube(linesOf(evening.since, evening.since + HOUR_MS))
    await submit(forge(passing, Array.from({ length: FORGERS }, makeSigner), window, 1))
    assert.equal(await incidents(), before)
    const id = /"id":"(youtube-[^"]+)"/.exec(before)?.[1] ?? ''
    const page = await (await get(`en/i/${id}`)).text()
    const counted = new RegExp(`not counted because their key is unknown: ${FORGERS}\\.`)
    assert.match(page, counted)
    assert.match(await served.kuager('incident', id, '--lang', 'en'), counted)
    const answer = await get(`api/v1/incident/${id}`)
    assert.equal(answer.headers.get('x-kuager-kept-apart'), String(FORGERS))
    const days = `since=${dayOf(evening.start)}&until=${dayOf(evening.end)}`
    const series = asObject(await json(`api/v1/series?service=youtube&network=AS${asn}&${days}`))
    assert.ok('points' in series && 'kept_apart' in series && 'devices' in series && 'apart' in series)
    assert.deepEqual([series.kept_apart, series.devices], [FORGERS, 4])
    assert.doesNotMatch(JSON.stringify(series.points), /"channel":"collector"/)
    assert.equal(JSON.stringify(series.apart).match(/"standing":"new"/g)?.length, 100)
    const shown = await (await get(`en/s/youtube/AS${asn}?${days}`)).text()
    assert.match(shown, counted)
    assert.match(shown, /Newest: 100/)
  })

  it('by five keys of one invitation count as one device in every number, and a bundle says the same', async () => {
    await bring(evening.start)
    const failing = youtube(linesOf(evening.start + 20 * MINUTE_MS, evening.end - 20 * MINUTE_MS))
    const codes = (await served.kuager('keys', 'invite', '--count', '3')).trim().split('\n')
    for (const code of codes) await submit(forge(failing, Array.from({ length: 5 }, makeSigner), window), [code])
    const days = `since=${dayOf(evening.start)}&until=${dayOf(evening.end)}`
    const series = JSON.stringify(await json(`api/v1/series?service=youtube&network=AS${asn}&${days}`))
    assert.match(series, /"devices":7,/) // four of the simulator, and one for each invitation
    assert.doesNotMatch(series, /"d[0-9a-f]{16}"/)
    const told = await incidents()
    assert.match(told, /"service":"youtube"/)
    assert.match(told, /"probes":3,"probes_failed":3/)
    const id = /"id":"(youtube-[^"]+)"/.exec(told)?.[1] ?? ''
    await served.kuager('bundle', '--incident', id, '--out', join(root, 'out'), '--zip')
    const [zip = ''] = await readdir(join(root, 'out'))
    let said = ''
    const world = testWorld(root, (text) => (said += text))
    assert.equal(await runCommand(['verify', join(root, 'out', zip), '--json'], world), 0, said)
    assert.match(said, /"incident"/)
  })

  it('by a revoked lineage leave the incident that they made, backwards, with the reason, and a rebuild keeps it so', async () => {
    await bring(evening.start)
    const failing = youtube(linesOf(evening.start + 20 * MINUTE_MS, evening.end - 20 * MINUTE_MS))
    const codes = (await served.kuager('keys', 'invite', '--count', '2')).trim().split('\n')
    const signers = Array.from({ length: 2 }, makeSigner)
    await submit(forge(failing, signers, window), codes)
    const id = /"id":"(youtube-[^"]+)"/.exec(await incidents())?.[1] ?? ''
    assert.notEqual(id, '')
    const [stolen, heir] = [signers[0]!, makeSigner()] // two were made
    const month = new Date().toISOString().slice(0, 7)
    let last = ''
    const say = async (signer: Signer, headers: Record<string, string> = {}): Promise<unknown> => {
      const document = wrapped(signed({ ...failing, x_serial: `${signer.pseudonym} ${Object.keys(headers)}` }, signer))
      const { x_standing: standing, x_id: id = '' } = (
        await post(served, 'api/v1/submit_measurement', document, headers)
      ).json
      last = id
      return standing
    }
    assert.equal(await say(heir, { 'x-kuager-vouch': vouchHeader(stolen, heir, month) }), 'enrolled')
    const today = new Date().toISOString().slice(0, 10)
    const revoke = ['keys', 'revoke', stolen.pseudonym, '--from', today, '--reason']
    await assert.rejects(served.kuager(...revoke, 'call +7 701 123 45 67'), /reason/)
    const said = await served.kuager(...revoke, 'the key was stolen', '--invite')
    assert.match(said, /with its lineage: 2 keys in all\n(8|9) measurements count no longer; 1 revisions/)
    assert.deepEqual([await say(heir), await say(stolen)], ['new', 'new'])
    const [code = ''] = /\S{5}-\S{5}-\S{5}-\S{5}/.exec(said) ?? []
    assert.equal(await say(stolen, { 'x-kuager-invitation': code }), 'new')
    assert.equal(await say(makeSigner(), { 'x-kuager-invitation': code }), 'enrolled')
    await judged(last)
    await served.kuager('detect')
    const shown = await incidents()
    const revised = async (): Promise<string> => served.kuager('incident', id, '--json')
    assert.match(await revised(), /"reason":"revoked-data"/)
    assert.match(await (await get(`en/i/${id}`)).text(), /the operator revoked the sender’s key/)
    assert.match(await served.kuager('custody', 'list', '--json'), /"revoked"[^\n]*the key was stolen/)
    await served.kuager('rebuild')
    assert.equal(await incidents(), shown)
    await served.kuager('bundle', '--incident', id, '--out', join(root, 'out'), '--zip')
    const [zip = ''] = await readdir(join(root, 'out'))
    let told = ''
    const world = testWorld(root, (text) => (told += text))
    assert.equal(await runCommand(['verify', join(root, 'out', zip), '--json'], world), 0, told)
  })

  it('by one known key, however many, make no restriction and unmake none', async () => {
    await bring(evening.start)
    await served.kuager('detect')
    const failing = youtube(linesOf(evening.start + 20 * MINUTE_MS, evening.end - 20 * MINUTE_MS))
    const passing = youtube(linesOf(evening.since, evening.since + HOUR_MS))
    const [code = ''] = (await served.kuager('keys', 'invite')).split('\n')
    const [one, other] = [makeSigner(), makeSigner()]
    await submit(forge(failing, [one], window, FLOOD), [code])
    assert.doesNotMatch(await incidents(), /"state":"(?!insufficient)/)
    await bring(evening.end + HOUR_MS)
    await submit(forge(passing, [other], window, FLOOD), [code])
    // It thins the restriction out, as docs/formats/collector.md says, and takes it away from no one.
    assert.match(await incidents(), /"service":"youtube"[^\n]*"state":"(partly-)?restricted"/)
  })
})
