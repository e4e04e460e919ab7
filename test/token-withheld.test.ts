import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { runCommand } from '../src/cli/main.ts'
import { defined } from '../src/core/model/defined.ts'
import { parseInstant } from '../src/core/model/units.ts'
import { homeDay } from '../src/core/text/home-day.ts'
import { readPublished, wrongOpenings } from '../src/core/model/measured/published-form.ts'
import { checkByHand, LACKING_BY_HAND } from './kit/proof/by-hand.ts'
import { kuagerDocument } from './kit/measured/kuager-document.ts'
import { endpoint } from './kit/measured/kuager-endpoint.ts'
import type { Json } from './kit/measured/measurement.ts'
import { serveFolderAt, type ServedFolder } from './kit/servers/served-folder.ts'
import { makeSigner, signed, wrapped } from './kit/measured/signed-submission.ts'
import { post } from './kit/servers/submit.ts'
import { testWorld } from './kit/servers/world.ts'

/** A mark that a censor's box writes into whatever it answers, for one reader. */
const TOKEN = 'zq7Reader81905kx'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
/** Every way in which the mark could come back: plain, in base64 at each offset, in hexadecimal, as a bare digest. */
const SPELLINGS = [
  TOKEN,
  TOKEN.toLowerCase(),
  ...['', 'x', 'xx'].map((before) => base64(`${before}${TOKEN}`).slice(4, 16)),
  Buffer.from(TOKEN).toString('hex'),
  hash('sha256', TOKEN),
  hash('sha256', JSON.stringify(TOKEN)),
]

const BODY = `<html><head><title>Blocked ${TOKEN}</title></head><body>Your number is ${TOKEN}</body></html>`
const START = `${new Date(Date.now() - 120_000).toISOString().slice(0, 16).replace('T', ' ')}:00`

const DAY = homeDay(parseInstant(START))
const SERIES = `api/v1/series.FORM?service=youtube&network=AS64500&since=${DAY}&until=${DAY}`

const record = (value: unknown): Json => value as Json // the kit's own documents
const list = (value: unknown): Json[] => value as Json[] // as above

/** A measurement of which each answer carries the mark, in every place that a server can write into. */
function marked(): Json {
  const page = endpoint('www.youtube.com', {
    page: null,
    plain: [{ status: 302, location: `http://block.example/${TOKEN}?r=${TOKEN}`, body: BODY }],
  })
  for (const request of list(page['requests'])) {
    const response = record(request['response'])
    const headers = response['headers_list'] as unknown[] // as above
    headers.push(
      ...[
        ['Server', TOKEN],
        [`X-${TOKEN}`, '1'],
        ['Set-Cookie', `id=${TOKEN}`],
        ['X-Cache', { format: 'base64', data: base64(`\xff${TOKEN}`) }],
      ],
    )
    request['x_failure_detail'] = `malformed answer "${TOKEN}"`
  }
  const [query] = list(page['queries'])
  assert.ok(query !== undefined)
  query['raw_response'] = base64(TOKEN)
  list(query['answers']).push({ answer_type: 'CNAME', hostname: `${TOKEN}.example`, ttl: 60 })
  for (const handshake of list(page['tls_handshakes'])) handshake['x_first_bytes'] = base64(`HTTP/1.1 ${TOKEN}`)
  return kuagerDocument({
    endpoints: [page],
    root: { measurement_start_time: START, test_start_time: START, probe_asn: 'AS64500' },
  })
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

describe('a mark that a censor wrote for one reader', () => {
  let root = ''
  let served: ServedFolder
  const ids: string[] = []
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-token-'))
    served = await serveFolderAt(join(root, 'data'), root)
  })
  after(async () => {
    await served[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  /** Sends the marked measurement, by an invited device or by one that nobody knows. */
  async function send(invited: boolean): Promise<string> {
    const code = invited ? ((await served.kuager('keys', 'invite')).split('\n')[0] ?? '') : undefined
    const headers = defined({ 'x-kuager-invitation': code })
    const { status, json, text } = await post(
      served,
      'api/v1/submit_measurement',
      wrapped(signed(marked(), makeSigner())),
      headers,
    )
    assert.equal(status, 200, text)
    const id = json.x_id ?? ''
    while ((await fetch(new URL(`api/v1/measurement/${id}`, served.url))).status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 200))
    return id
  }

  async function get(path: string): Promise<string> {
    const answer = await fetch(new URL(path, served.url))
    assert.equal(answer.status, 200, path)
    return answer.text()
  }
  const findsIn = (text: string): readonly string[] => SPELLINGS.filter((one) => text.includes(one))

  it('appears nowhere: on no page, in no answer, download, bundle, copy or tile', async () => {
    ids.push(await send(true))
    const [id] = ids
    const paths = [
      ...['kk', 'ru', 'en'].flatMap((lang) => [`${lang}/m/${id}`, `${lang}/`, `${lang}/s/youtube`]),
      ...[`m/${id}.json`, `api/v1/measurement/${id}`, 'api/v1/board', 'api/v1/matrix'],
      SERIES.replace('.FORM', ''),
      ...[SERIES.replace('series.FORM', 'measurements'), `${SERIES.replace('.FORM', '')}&format=csv`],
      SERIES.replace('FORM', 'jsonl'),
    ]
    for (const path of paths) assert.deepEqual(findsIn(await get(path)), [], path)
    assert.match(await get(`m/${id}.json`), /\[withheld\]/)
    await served.kuager('log', 'sequence').catch(() => undefined)
    await served.kuager('mirror', '--out', join(root, 'copy'))
    await served.kuager('bundle', '--measurement', id ?? '', '--out', join(root, 'bundle'))
    for (const folder of ['copy', 'bundle', 'data/log', 'data/archive/leaves'])
      for (const file of await filesBelow(join(root, folder)))
        assert.deepEqual(findsIn((await readFile(file)).toString('latin1')), [], file)
    const bundle = join(root, 'bundle', (await readdir(join(root, 'bundle')))[0] ?? '')
    let told = ''
    assert.equal(
      await runCommand(
        ['verify', bundle, '--lang', 'en'],
        testWorld(root, (text) => (told += text)),
      ),
      0,
      told,
    )
    assert.match(told, /Values withheld: \d+/)
    if (LACKING_BY_HAND.length > 0) return
    const { ok, failed, out } = await checkByHand(bundle)
    assert.deepEqual(failed, [], out)
    assert.ok(ok.includes('4') && ok.includes('6'))
  })

  it('is not opened by keys that do not count, however many and on however many days', async () => {
    for (let nth = 0; nth < 4; nth++) ids.push(await send(false))
    spread()
    assert.deepEqual(findsIn(await get(`m/${ids[0]}.json`)), [])
  })

  it('is shown, with its salt, when three devices that count brought it on two days', async () => {
    ids.push(await send(true))
    spread()
    assert.deepEqual(findsIn(await get(`m/${ids[0]}.json`)), [])
    ids.push(await send(true))
    spread()
    const line = (await get(SERIES.replace('FORM', 'jsonl'))).split('\n')[0] ?? ''
    const { simulated: _, ...form } = JSON.parse(line) as Json
    const read = readPublished(JSON.stringify(form))
    assert.ok(read !== undefined)
    assert.deepEqual(
      wrongOpenings(read, (text) => hash('sha256', text)),
      [],
    )
    const opened = Object.values(read.opened).map(({ value }) => value)
    assert.ok(opened.includes(BODY) && opened.includes(TOKEN))
    // A cookie is one reader's by its kind: it is never shown.
    assert.ok(!opened.includes(`id=${TOKEN}`))
  })

  it('is withheld again when a measurement that made it common is erased', async () => {
    await served.kuager('archive', 'erase', ids.at(-1) ?? '', '--reason', 'a test')
    assert.deepEqual(findsIn(await get(`m/${ids[0]}.json`)), [])
  })

  /** As if each device had sent on a day of its own. */
  function spread(): void {
    const db = new DatabaseSync(join(root, 'data/derived/seen-values.sqlite'))
    db.exec(
      'UPDATE seen SET day = day - (SELECT count(DISTINCT device) FROM seen AS other WHERE other.device < seen.device) WHERE day = (SELECT max(day) FROM seen)',
    )
    db.close()
  }
})
