import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { TestWitness, type WitnessAnswer } from '../../../../test/kit/servers/witness.ts'
import { LEAF_CODEC } from '../../../core/evidence/log/leaf-record.ts'
import { formatVerifierKey, type VerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { evaluatePolicy } from '../../../core/evidence/witness/policy.ts'
import { instant, millis } from '../../../core/model/units.ts'
import { openArchive } from '../../../store/archive/open.ts'
import { verifyEd25519 } from '../../../runtime/ed25519.ts'
import { postOutside } from '../../../runtime/post/outside-post.ts'
import { openTransparencyLog } from '../open-log.ts'
import {
  askWitnesses,
  checkpointToGive,
  loadPolicy,
  openWitnessState,
  readCosigned,
  WITNESS_EVERY_MS,
  type WitnessParts,
  type WitnessRound,
} from './witnesses.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-witnesses-'))
const open: TestWitness[] = []
after(() => {
  open.forEach((one) => one[Symbol.dispose]())
  rmSync(root, { recursive: true, force: true })
})
let folders = 0

/** A data folder with a log, and a clock moved by hand. */
async function world() {
  const folder = join(root, String(folders++))
  const logFolder = join(folder, 'log')
  mkdirSync(logFolder, { recursive: true })
  const time = { now: Date.parse('2026-03-05T10:00:00Z') }
  const clock = { now: () => instant(time.now), monotonic: () => millis(time.now) }
  const archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  const log = await openTransparencyLog(logFolder, { archive, begin: { simulated: false, at: clock.now() } })
  const key = log.keys[0]!.key // every log has one
  let entries = 0
  const witness = async (
    name: string,
    answer?: (body: Buffer, one: TestWitness) => WitnessAnswer,
    logs: readonly VerifierKey[] = [key],
  ) => {
    const one = new TestWitness(`${name}.example`, logs)
    open.push(one)
    const url = await one.serve(answer === undefined ? undefined : (body) => answer(body, one))
    return { one, line: `witness ${name} ${one.line} ${url}` }
  }
  return {
    log, logFolder, time, key, witness,
    grow: async (by = 1): Promise<void> => {
      for (let n = 0; n < by; n++) await archive.appendEntry('saved-check', Buffer.from(`{"n":${entries++}}`), clock.now())
      await log.sequence()
    },
    ask: async (lines: readonly string[], quorum: string, how: { readonly now?: boolean } & Partial<WitnessParts> = {}): Promise<WitnessRound> => {
      const policyFile = [`log ${formatVerifierKey(key)}`, ...lines, `quorum ${quorum}`, ''].join('\n')
      writeFileSync(join(logFolder, 'policy.txt'), policyFile)
      const policy = (await loadPolicy(logFolder))!.policy // just written
      const { now = false, ...more } = how
      const signal = new AbortController().signal
      return askWitnesses({ folder: logFolder, log, policy, post: postOutside, clock, ...more }, { now, signal })
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await log[Symbol.asyncDispose]()
      await archive[Symbol.asyncDispose]()
    },
  } // prettier-ignore
}

const kinds = ({ results }: WitnessRound): readonly string[] =>
  results.map((one) => (one.kind === 'failed' ? one.problem : one.kind))

describe('askWitnesses()', () => {
  it('has every new checkpoint cosigned, and serves it with the cosignatures', async () => {
    await using here = await world()
    const [a, b] = [await here.witness('a'), await here.witness('b')]
    const lines = [a.line, b.line, 'group both all a b']
    for (const size of [1, 4, 261]) {
      await here.grow(size - ((await here.log.latest())?.size ?? 0))
      const round = await here.ask(lines, 'both')
      assert.deepEqual(kinds(round), ['cosigned', 'cosigned'])
      assert.equal(round.outcome?.satisfied, true)
      const served = await here.log.latest()
      assert.equal(served?.size, size)
      assert.equal(served?.note.signatures.length, 3)
      assert.deepEqual((await readCosigned(here.logFolder))?.bytes, new Uint8Array(served?.bytes ?? []))
      assert.equal(a.one.seen(here.log.origin), size)
      here.time.now += WITNESS_EVERY_MS
    }
    // The second and third were asked with a proof from what the witness had, and nothing but the log's signature.
    assert.match(a.one.requests[2] ?? '', /^old 4\n(?:[A-Za-z0-9+/]{43}=\n)+\n/)
    assert.doesNotMatch(a.one.requests[2] ?? '', /witness/)
  })

  it('asks no witness twice for one checkpoint, and none more often than once a minute', async () => {
    await using here = await world()
    const a = await here.witness('a')
    await here.grow()
    assert.deepEqual(kinds(await here.ask([a.line], 'a')), ['cosigned'])
    here.time.now += 2 * WITNESS_EVERY_MS
    assert.deepEqual(kinds(await here.ask([a.line], 'a', { now: true })), ['not-due'])
    await here.grow()
    assert.deepEqual(kinds(await here.ask([a.line], 'a')), ['cosigned'])
    await here.grow()
    assert.deepEqual(kinds(await here.ask([a.line], 'a')), ['not-due'])
    assert.deepEqual(kinds(await here.ask([a.line], 'a', { now: true })), ['cosigned'])
  })

  it('learns from the witness which tree it has seen, where it has forgotten that itself', async () => {
    await using here = await world()
    const a = await here.witness('a')
    await here.grow(3)
    await here.ask([a.line], 'a')
    await here.grow(2)
    rmSync(join(here.logFolder, 'witnesses'), { recursive: true })
    assert.deepEqual(kinds(await here.ask([a.line], 'a')), ['cosigned'])
    assert.deepEqual(
      a.one.requests.map((text) => text.split('\n')[0]),
      ['old 0', 'old 0', 'old 3'],
    )
  })

  it('says what each answer means, and one that fails holds up no other', async () => {
    await using here = await world()
    const answer =
      (status: number, body = '', type?: string) =>
      (): WitnessAnswer =>
        type === undefined ? { status, body } : { status, body, type }
    const size = 'text/x.tlog.size'
    const cases: Readonly<Record<string, (body: Buffer, one: TestWitness) => WitnessAnswer>> = {
      stranger: answer(404),
      key: answer(403),
      conflict: answer(422),
      ahead: answer(409, '9\n', size),
      answer: answer(500),
      'answer ': answer(409, '1\n'),
      'answer  ': answer(409, '01\n', size),
      'answer   ': answer(409, '1\n', size),
      'answer    ': answer(200, 'hello'),
      'answer     ': answer(302),
      signature: (_, one) => ({ status: 200, body: one.cosign('another text\n') }),
      'signature ': () => ({ status: 200, body: new TestWitness('stranger.example', []).cosign('x\n') }),
      unreachable: answer(200, 'x'.repeat(70_000)),
    }
    const lines: string[] = []
    for (const [n, make] of Object.values(cases).entries()) lines.push((await here.witness(`w${n}`, make)).line)
    const good = await here.witness('good')
    await here.grow(2)
    const round = await here.ask([...lines, good.line], 'good')
    assert.deepEqual(kinds(round), [...Object.keys(cases).map((name) => name.trim()), 'cosigned'])
    assert.equal(round.outcome?.satisfied, true)
    assert.equal((await openWitnessState(here.logFolder)).get('w0').problem, 'stranger')
  })

  it('is answered 404 and 403 by a witness that does not know the log or its key', async () => {
    await using here = await world()
    const stranger = await here.witness('a', undefined, [])
    const wrongKey = await here.witness('b', undefined, [{ ...here.key, id: '00000000' }])
    await here.grow()
    assert.deepEqual(kinds(await here.ask([stranger.line, wrongKey.line], 'a')), ['stranger', 'key'])
  })

  it('tries a witness that failed later and later', async () => {
    await using here = await world()
    let up = false
    const a = await here.witness('a', (body, one) => (up ? one.addCheckpoint(body) : { status: 503, body: '' }))
    await here.grow()
    for (const pause of [1, 2, 4]) {
      assert.deepEqual(kinds(await here.ask([a.line], 'a')), ['answer'])
      here.time.now += pause * 60_000 - 1
      assert.deepEqual(kinds(await here.ask([a.line], 'a')), ['not-due'])
      here.time.now += 1
    }
    up = true
    assert.deepEqual(kinds(await here.ask([a.line], 'a')), ['cosigned'])
    assert.equal((await openWitnessState(here.logFolder)).get('a').failures, 0)
  })

  it('asks witnesses without an address for nothing, and says that the quorum is not satisfied', async () => {
    await using here = await world()
    const a = new TestWitness('a.example', [])
    const b = await here.witness('b')
    await here.grow()
    const round = await here.ask([`witness a ${a.line}`, b.line, 'group both all a b'], 'both')
    assert.deepEqual([kinds(round), round.outcome?.satisfied], [['cosigned'], false])
    assert.deepEqual(round.outcome?.missing, ['a'])
    assert.equal(await readCosigned(here.logFolder), undefined, 'what does not satisfy the policy is not kept as such')
    const wrong = `witness c ${a.line} http://10.0.0.1`
    assert.deepEqual(kinds(await here.ask([wrong], 'c')), ['address'])
  })

  it('keeps a cosigned checkpoint also where the log has grown meanwhile', async () => {
    await using here = await world()
    const a = await here.witness('a')
    await here.grow()
    const log = {
      latest: () => here.log.latest(),
      consistency: (older: number, newer: number) => here.log.consistency(older, newer),
      publishCosigned: async (bytes: Uint8Array) => {
        await here.grow()
        await here.log.publishCosigned(bytes)
      },
    }
    const round = await here.ask([a.line], 'a', { log })
    assert.deepEqual(kinds(round), ['cosigned'])
    assert.equal((await here.log.latest())?.size, 2)
    assert.equal((await readCosigned(here.logFolder))?.size, 1)
    const give = async (least: number) => (await checkpointToGive(here.logFolder, { log: here.log, least }))?.size
    assert.deepEqual([await give(1), await give(2)], [1, 2])
  })

  it('leaves what is served as it is where no witness cosigns', async () => {
    await using here = await world()
    const a = await here.witness('a', () => ({ status: 500, body: '' }))
    await here.grow()
    const path = join(here.logFolder, 'public/checkpoint')
    const before = readFileSync(path)
    const round = await here.ask([a.line], 'a')
    assert.deepEqual(readFileSync(path), before)
    assert.equal(round.outcome?.satisfied, false)
    assert.equal(
      evaluatePolicy((await here.log.latest())!, (await loadPolicy(here.logFolder))!.policy, verifyEd25519).satisfied,
      false,
    ) // both are there
  })
})
