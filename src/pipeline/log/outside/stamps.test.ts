import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { hasProgram } from '../../../../test/kit/net/lab-authority.ts'
import { TimeAuthority } from '../../../../test/kit/servers/time-authority.ts'
import { readPem } from '../../../core/evidence/time-stamp/certificate.ts'
import { LEAF_CODEC } from '../../../core/evidence/log/leaf-record.ts'
import { DAY_MS, MINUTE_MS } from '../../../core/model/duration.ts'
import { Fault, InputError } from '../../../core/model/errors.ts'
import { instant, millis, type Instant } from '../../../core/model/units.ts'
import { openArchive } from '../../../store/archive/open.ts'
import { postOutside } from '../../../runtime/post/outside-post.ts'
import { openCustody } from '../../custody/custody-book.ts'
import type { LoggedCustody } from '../../custody/read-custody.ts'
import { openTransparencyLog } from '../open-log.ts'
import { loadAuthorities } from './authorities.ts'
import { listStamps, readStamped } from './stamp-files.ts'
import { openStampState, STAMP_EVERY_MS, stampCheckpoint, type StampParts, type StampResult } from './stamps.ts'

const skip = hasProgram('openssl') ? false : 'needs openssl'
const root = mkdtempSync(join(tmpdir(), 'kuager-stamps-'))
const open: TimeAuthority[] = []
after(() => {
  open.forEach((one) => one[Symbol.dispose]())
  rmSync(root, { recursive: true, force: true })
})
const authority = (): TimeAuthority => {
  const made = new TimeAuthority()
  open.push(made)
  return made
}
let folders = 0

interface Configured {
  readonly tsa: TimeAuthority
  readonly url: string
  readonly policy?: string
}

/** A data folder with a log of one custody event, authorities a and b, and a clock moved by hand. */
async function world(configured: readonly Configured[]) {
  const folder = join(root, String(folders++))
  const logFolder = join(folder, 'log')
  mkdirSync(logFolder, { recursive: true })
  const names = configured.map((_, n) => 'ab'[n]!) // two at most
  configured.forEach(({ tsa }, n) => writeFileSync(join(logFolder, `${names[n]}.pem`), tsa.chainPem))
  const authorities = configured.map(({ url, policy }, n) => ({
    name: names[n],
    url,
    chain: `${names[n]}.pem`,
    policy,
  }))
  writeFileSync(join(logFolder, 'authorities.json'), JSON.stringify({ authorities }))
  const time = { now: Date.now() }
  const clock = { now: () => instant(time.now), monotonic: () => millis(time.now) }
  const archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  const custody = await openCustody({ folder, archive, clock })
  const log = await openTransparencyLog(logFolder, { archive, begin: { simulated: false, at: clock.now() } })
  const parts: StampParts = {
    folder: logFolder,
    log,
    authorities: await loadAuthorities(logFolder),
    post: postOutside,
    clock,
    random: randomBytes,
    custody,
  }
  const signal = new AbortController().signal
  const ask = (more: Partial<StampParts> = {}, now = false): Promise<readonly StampResult[]> =>
    stampCheckpoint({ ...parts, ...more }, { now, signal })
  return {
    ask, custody, log, logFolder, parts, time,
    /** Something happens that is logged. */
    grow: async (): Promise<void> => {
      const evidence = { kind: 'file', id: 'x' } as const
      await custody.record({ type: 'copied', evidence, actor: 'operator', reason: 'test', detail: {} })
      await log.sequence()
    },
    events: async (): Promise<readonly LoggedCustody[]> => {
      await log.sequence()
      const found: LoggedCustody[] = []
      for await (const one of custody.events()) found.push(one)
      return found
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await log[Symbol.asyncDispose]()
      await archive[Symbol.asyncDispose]()
    },
  } // prettier-ignore
}

const kinds = (results: readonly StampResult[]): readonly string[] =>
  results.map((one) => (one.kind === 'failed' ? one.problem : one.kind))

describe('stampCheckpoint()', { skip }, () => {
  it('keeps query, reply and checkpoint of each authority, which openssl accepts, and records it', async () => {
    const [first, second] = [authority(), authority()]
    await using here = await world([
      { tsa: first, url: await first.serve() },
      { tsa: second, url: await second.serve(), policy: '1.3.6.1.4.1.99999.2' },
    ])
    await here.grow()
    assert.deepEqual(kinds(await here.ask()), ['kept', 'kept'])
    const [listed] = await listStamps(here.logFolder)
    assert.deepEqual(listed, { size: 1, authorities: ['a', 'b'] })
    const stamped = await readStamped(here.logFolder, listed)
    assert.deepEqual(stamped?.checkpoint, Buffer.from((await here.log.latest())?.bytes ?? []))
    for (const [n, { query, reply }] of (stamped?.stamps ?? []).entries()) {
      const tsa = [first, second][n]
      assert.ok(tsa !== undefined && tsa.accepts(query, reply, new Date()))
      writeFileSync(join(tsa.folder, 'data'), stamped?.checkpoint ?? '')
      writeFileSync(join(tsa.folder, 'reply'), reply)
      tsa.openssl('ts', '-verify', '-data', 'data', '-in', 'reply', '-CAfile', 'root.pem')
    }
    const events = (await here.events()).map(({ event }) => event).filter(({ type }) => type === 'timestamped')
    assert.deepEqual(events.map(({ detail, evidence }) => [detail['authority'], evidence.id]), [['a', '1'], ['b', '1']]) // prettier-ignore
  })

  it('asks again after an hour where the log grew by more than its own stamps', async () => {
    const tsa = authority()
    await using here = await world([{ tsa, url: await tsa.serve() }])
    await here.grow()
    assert.deepEqual(kinds(await here.ask()), ['kept'])
    await here.log.sequence()
    here.time.now += 2 * STAMP_EVERY_MS
    assert.deepEqual(kinds(await here.ask()), ['not-due'], 'it grew by its own stamp alone')
    await here.grow()
    assert.deepEqual(kinds(await here.ask()), ['kept'])
    await here.grow()
    here.time.now += STAMP_EVERY_MS - 1
    assert.deepEqual(kinds(await here.ask()), ['not-due'])
    here.time.now += 1
    assert.deepEqual(kinds(await here.ask()), ['kept'])
  })

  it('asks at once on request, though not twice for one checkpoint', async () => {
    const tsa = authority()
    await using here = await world([{ tsa, url: await tsa.serve() }])
    await here.grow()
    await here.ask()
    await here.grow()
    assert.deepEqual(kinds(await here.ask({}, true)), ['kept'])
    assert.deepEqual(kinds(await here.ask({}, true)), ['not-due'])
  })

  it('tries again later and later, and one that fails holds up no other', async () => {
    const [bad, good] = [authority(), authority()]
    await using here = await world([
      { tsa: bad, url: await bad.serve(() => ({ status: 503, body: Buffer.from('later') })) },
      { tsa: good, url: await good.serve() },
    ])
    await here.grow()
    assert.deepEqual(kinds(await here.ask()), ['answer', 'kept'])
    for (const pause of [1, 2, 4, 8, 16, 32, 60, 60]) {
      here.time.now += pause * MINUTE_MS - 1
      assert.equal((await here.ask())[0]?.kind, 'not-due', `${pause} minutes`)
      here.time.now += 1
      assert.equal(kinds(await here.ask())[0], 'answer', `${pause} minutes`)
    }
    const { failures, problem, why } = (await openStampState(here.logFolder)).get('a')
    assert.deepEqual([failures, problem, why], [9, 'answer', 'status 503'])
  })

  it('waits for no time that a clock set which has been put back since', async () => {
    const tsa = authority()
    const fails = { yes: false }
    const url = await tsa.serve((query) => (fails.yes ? { status: 503, body: Buffer.alloc(0) } : { body: tsa.reply(query) })) // prettier-ignore
    await using here = await world([{ tsa, url }])
    const wrong = 400 * DAY_MS
    await here.grow()
    here.time.now += wrong
    assert.deepEqual(kinds(await here.ask()), ['kept'])
    here.time.now -= wrong
    await here.grow()
    fails.yes = true
    here.time.now += wrong
    assert.deepEqual(kinds(await here.ask({}, true)), ['answer'])
    here.time.now -= wrong
    fails.yes = false
    assert.deepEqual(kinds(await here.ask()), ['kept'])
    await here.grow()
    assert.deepEqual(kinds(await here.ask()), ['not-due'], 'an hour is waited for as ever')
  })

  it('keeps nothing that does not verify', async () => {
    const [tsa, other] = [authority(), authority()]
    let given: Buffer = Buffer.from('')
    await using here = await world([{ tsa, url: await tsa.serve((query) => ({ body: change(query) })) }])
    const changes: Readonly<Record<string, (query: Buffer) => Buffer>> = {
      form: () => Buffer.from('<html>'),
      chain: (query) => other.reply(query),
      nonce: () => given,
    }
    let change = (query: Buffer): Buffer => tsa.reply(query)
    await here.grow()
    const lost: StampParts['post'] = async (_, { body }) => {
      given = tsa.reply(body)
      return { kind: 'failed', why: 'lost' }
    }
    await here.ask({ post: lost })
    for (const [problem, wrong] of Object.entries(changes)) {
      change = wrong
      assert.deepEqual(kinds(await here.ask({}, true)), [problem])
    }
    assert.deepEqual(await listStamps(here.logFolder), [])
    change = (query) => tsa.reply(query)
    assert.deepEqual(kinds(await here.ask({}, true)), ['kept'])
    assert.equal((await openStampState(here.logFolder)).get('a').problem, undefined)
  })

  it('says that no one answers, or too much', async () => {
    const tsa = authority()
    await using here = await world([{ tsa, url: 'http://127.0.0.1:1/' }])
    await here.grow()
    assert.deepEqual(kinds(await here.ask()), ['unreachable'])
    const url = await tsa.serve(() => ({ body: new Uint8Array(70_000) }))
    await using large = await world([{ tsa, url }])
    await large.grow()
    assert.deepEqual(kinds(await large.ask()), ['unreachable'])
  })

  it('has one checkpoint stamped by all of a size, also where cosignatures came in between', async () => {
    const [first, second] = [authority(), authority()]
    let away = true
    await using here = await world([
      { tsa: first, url: await first.serve() },
      {
        tsa: second,
        url: await second.serve((query) => (away ? { status: 503, body: query } : { body: second.reply(query) })),
      },
    ])
    await here.grow()
    const before = await here.log.latest()
    assert.deepEqual(kinds(await here.ask()), ['kept', 'answer'])
    const line = `\u2014 witness.example ${Buffer.alloc(76).toString('base64')}\n`
    await here.log.publishCosigned(Buffer.concat([before?.bytes ?? Buffer.of(), Buffer.from(line)]))
    away = false
    assert.deepEqual(kinds(await here.ask({}, true)), ['not-due', 'kept'])
    assert.deepEqual(readFileSync(join(here.logFolder, 'stamps/1.checkpoint')), before?.bytes)
  })

  it('stamps no second tree of one size', async () => {
    const tsa = authority()
    await using here = await world([{ tsa, url: await tsa.serve() }])
    await here.grow()
    await here.ask()
    const path = join(here.logFolder, 'stamps/1.checkpoint')
    const text = readFileSync(path, 'utf8')
    rmSync(join(here.logFolder, 'stamps/1-a.tsr'))
    rmSync(join(here.logFolder, 'stamps/state.json'))
    writeFileSync(path, text.replace(/^.{43}=$/m, Buffer.alloc(32).toString('base64')))
    await assert.rejects(here.ask({}, true), Fault)
  })

  it('records a stamp that a crash left without its event, once', async () => {
    const tsa = authority()
    await using here = await world([{ tsa, url: await tsa.serve() }])
    await here.grow()
    const broken = { ...here.custody, record: () => Promise.reject(new Fault('the disk is full')) }
    await assert.rejects(here.ask({ custody: broken }), Fault)
    assert.deepEqual(readdirSync(join(here.logFolder, 'stamps')).toSorted(), ['1-a.tsq', '1-a.tsr', '1.checkpoint'])
    const stamped = async (): Promise<number> =>
      (await here.events()).filter(({ event }) => event.type === 'timestamped').length
    assert.equal(await stamped(), 0)
    assert.deepEqual(kinds(await here.ask()), ['not-due'])
    assert.equal(await stamped(), 1)
    rmSync(join(here.logFolder, 'stamps/state.json'))
    assert.deepEqual(kinds(await here.ask({}, true)), ['kept'])
    assert.equal(await stamped(), 2)
  })

  it('ends with the signal, and a failure that this caused is not remembered', async () => {
    const tsa = authority()
    await using here = await world([{ tsa, url: await tsa.serve() }])
    await here.grow()
    const controller = new AbortController()
    const post: StampParts['post'] = async () => {
      controller.abort()
      return { kind: 'failed', why: 'no answer in time' }
    }
    await stampCheckpoint({ ...here.parts, post }, { signal: controller.signal })
    assert.equal((await openStampState(here.logFolder)).get('a').failures, 0 as Instant)
  })
})

describe('loadAuthorities()', { skip }, () => {
  it('gives none where there is no file, and refuses one that does not read', async () => {
    const folder = join(root, 'config')
    mkdirSync(folder)
    assert.deepEqual(await loadAuthorities(folder), [])
    const tsa = authority()
    writeFileSync(join(folder, 'good.pem'), tsa.chainPem)
    const between = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\nfriendlyName: someone\n'
    writeFileSync(join(folder, 'more.pem'), `${between}${tsa.chainPem.trim()}\n${between}`)
    writeFileSync(join(folder, 'leaf.pem'), tsa.read('signer.pem'))
    writeFileSync(join(folder, 'junk.pem'), 'junk')
    const one = { name: 'a', url: 'http://127.0.0.1:8/', chain: 'good.pem' }
    const load = (value: unknown) => {
      writeFileSync(join(folder, 'authorities.json'), typeof value === 'string' ? value : JSON.stringify(value))
      return loadAuthorities(folder)
    }
    assert.equal((await load({ authorities: [one, { ...one, name: 'b', url: 'https://tsa.example/' }] })).length, 2)
    const [more] = await load({ authorities: [{ ...one, chain: 'more.pem' }] })
    assert.deepEqual(readPem(more?.chainPem ?? ''), readPem(tsa.chainPem))
    assert.doesNotMatch(more?.chainPem ?? '', /PRIVATE|secret|someone/)
    const wrong: readonly unknown[] = [
      '{',
      {},
      { authorities: [{ ...one, name: 'A b' }] },
      { authorities: [one, one] },
      { authorities: [{ ...one, chain: 'gone.pem' }] },
      { authorities: [{ ...one, chain: '../good.pem' }] },
      { authorities: [{ ...one, chain: 'leaf.pem' }] },
      { authorities: [{ ...one, chain: 'junk.pem' }] },
      { authorities: [{ ...one, url: 'ftp://tsa.example/' }] },
      { authorities: [{ ...one, url: 'http://10.0.0.1/' }] },
      { authorities: [{ ...one, url: 'https://user:secret@tsa.example/' }] },
      { authorities: [{ ...one, policy: 'x' }] },
      { authorities: Array.from({ length: 17 }, (_, n) => ({ ...one, name: `a${n}` })) },
    ]
    for (const value of wrong) await assert.rejects(load(value), InputError, JSON.stringify(value))
    assert.equal((await load({ authorities: [{ ...one, url: 'http://10.0.0.1/', private: true }] })).length, 1)
  })
})
