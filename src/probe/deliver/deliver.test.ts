import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openStandIn, type Fault, type StandIn } from '../../../test/kit/servers/collector-stand-in.ts'
import { openHttpProxy, openSocks } from '../../../test/kit/net/proxies.ts'
import { instant, millis, parseInstant } from '../../core/model/units.ts'
import { Receipts } from '../spool/receipts.ts'
import { documentId, Spool } from '../spool/spool.ts'
import { deliver, type DeliveryReport, type DeliverySettings, type DeliveryTools } from './deliver.ts'
import { parseRoute } from './route.ts'

const at = parseInstant('2026-11-25 19:52:00')
const DELIVER_CHILD = fileURLToPath(new URL('../../../test/kit/crash/deliver-child.ts', import.meta.url))
const HOME = 'aaaaaaaaaaaaaaaa'
const WORK = 'bbbbbbbbbbbbbbbb'
const document = (name: string): string => JSON.stringify({ name, text: 'өлшем' })

let root = ''
before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-deliver-'))))
after(() => rm(root, { recursive: true }))

interface Case {
  readonly spool: Spool
  readonly receipts: Receipts
  readonly pauses: number[]
  readonly accepted: string[]
  run(settings: Partial<DeliverySettings>, tools?: Partial<DeliveryTools>): Promise<DeliveryReport>
}

async function prepare(name: string, documents: readonly (readonly [probe: string, name: string])[]): Promise<Case> {
  const folder = join(root, name)
  const spool = new Spool(folder)
  const receipts = new Receipts(folder)
  for (const [index, [probe, text]] of documents.entries())
    await spool.add(document(text), { at: instant(at + index * 60_000), scope: 'core', probe })
  const pauses: number[] = []
  const accepted: string[] = []
  return {
    spool,
    receipts,
    pauses,
    accepted,
    run: (settings, tools = {}) =>
      deliver(
        { spool, receipts },
        { collectors: [], routes: [{ kind: 'direct' }], extraRoots: [], ...settings },
        {
          clock: { now: () => at, monotonic: () => millis(0) },
          signal: new AbortController().signal,
          random: () => 0.5,
          wait: (pause) => Promise.resolve(void pauses.push(pause)),
          introduce: (probe) => Promise.resolve({ 'x-kuager-vouch': `for-${probe}` }),
          onAccepted: (probe) => Promise.resolve(void accepted.push(probe)),
          onBadInvitation: () => Promise.resolve(void accepted.push('bad invitation')),
          ...tools,
        },
      ),
  }
}

/** An address of loopback where nothing listens. */
async function closedUrl(): Promise<string> {
  await using gone = await openStandIn()
  return gone.url
}

describe('delivery', () => {
  it('ends with the document at the collector, its receipt on disk and the spool empty', async () => {
    await using collector = await openStandIn()
    const one = await prepare('plain', [
      [HOME, 'a'],
      [HOME, 'b'],
    ])
    const report = await one.run({ collectors: [collector.url] })
    assert.deepEqual([report.accepted, report.refused, report.left, report.stopped], [2, 0, 0, undefined])
    assert.deepEqual(
      collector.held,
      ['a', 'b'].map((name) => documentId(document(name))),
    )
    assert.deepEqual([...collector.documents.values()], ['a', 'b'].map(document))
    assert.deepEqual(
      (await one.receipts.list()).map(({ id, leaf }) => [id, leaf]),
      collector.held.map((id, leaf) => [id, leaf]),
    )
    assert.ok(report.sent > 0)
  })

  it('keeps what the collector says of the key, and a word that it does not know keeps nothing out', async () => {
    await using collector = await openStandIn()
    const one = await prepare(
      'standing',
      ['a', 'b', 'c', 'd'].map((name) => [HOME, name] as const),
    )
    for (const standing of ['new', 'enrolled', 'esteemed']) collector.faults.push({ kind: 'accept', standing })
    assert.equal((await one.run({ collectors: [collector.url] })).accepted, 4)
    assert.deepEqual(
      (await one.receipts.list()).map(({ standing }) => standing),
      ['new', 'enrolled', undefined, undefined],
    )
  })

  it('introduces a key until the collector took one document of it', async () => {
    await using collector = await openStandIn()
    const one = await prepare('introduce', [
      [HOME, 'a'],
      [HOME, 'b'],
    ])
    collector.faults.push({ kind: 'drop-before' })
    await one.run({ collectors: [collector.url] })
    assert.deepEqual(
      collector.requests.map(({ headers }) => headers['x-kuager-vouch']),
      [`for-${HOME}`, `for-${HOME}`, undefined],
    )
    assert.deepEqual(one.accepted, [HOME])
  })

  it('sends again what a broken connection left in doubt, and the collector holds it once', async () => {
    await using collector = await openStandIn()
    const one = await prepare('doubt', [[HOME, 'a']])
    collector.faults.push({ kind: 'drop-after' }, { kind: 'drop-before' })
    const report = await one.run({ collectors: [collector.url] })
    assert.deepEqual([report.accepted, report.left, collector.held.length, collector.requests.length], [1, 0, 1, 3])
    assert.equal(one.pauses.length, 2)
  })

  it('does not send what has a receipt already: a death came between the receipt and the removal', async () => {
    await using collector = await openStandIn()
    const one = await prepare('receipt', [[HOME, 'a']])
    await one.receipts.add({ id: documentId(document('a')), leaf: 7, at })
    const report = await one.run({ collectors: [collector.url] })
    assert.deepEqual([report.accepted, report.left, collector.requests.length], [0, 0, 0])
    assert.equal((await one.receipts.list()).length, 1)
  })

  it('keeps everything and ends the pass after three quick tries without an answer', async () => {
    const one = await prepare('nobody', [
      [HOME, 'a'],
      [HOME, 'b'],
    ])
    const report = await one.run({ collectors: [await closedUrl()] })
    assert.deepEqual(report.stopped, { kind: 'unreachable', failure: 'connection_refused' })
    assert.deepEqual([report.accepted, report.left, one.pauses.length], [0, 2, 2])
  })

  it('goes to the next collector where one does not answer, is busy or errs, and stays there', async () => {
    for (const fault of ['closed', 'busy', 'broken'] as const) {
      await using first = await openStandIn()
      await using second = await openStandIn()
      for (let i = 0; i < 3; i++) first.faults.push({ kind: 'status', status: fault === 'busy' ? 429 : 500 })
      const url = fault === 'closed' ? await closedUrl() : first.url
      const one = await prepare(`next-${fault}`, [
        [HOME, 'a'],
        [HOME, 'b'],
      ])
      const report = await one.run({ collectors: [url, second.url] })
      assert.deepEqual([report.accepted, report.left, second.held.length], [2, 0, 2], fault)
      assert.ok(first.requests.length <= 1, fault)
    }
  })

  /** A refusal in the shape of the format, dated by the collector's clock. */
  const refusing = (status: number, error: string, clock: number): Fault => ({
    kind: 'status',
    status,
    headers: { date: new Date(clock).toUTCString() },
    body: JSON.stringify({ detail: { error, message: 'as a collector says it' } }),
  })

  it('keeps what a collector calls early or late while their clocks disagree, and believes it when they agree', async () => {
    await using collector = await openStandIn()
    for (const code of ['time_ahead', 'time_old'])
      for (const wrong of [-400 * 86_400_000, -3_600_000, 3_600_000]) {
        const one = await prepare(`clock-${code}-${wrong}`, [[HOME, 'a']])
        collector.faults.push(refusing(400, code, at + wrong))
        const report = await one.run({ collectors: [collector.url] })
        assert.deepEqual([report.refused, report.left, report.stopped], [0, 1, { kind: 'busy', code }])
        collector.faults.push(refusing(400, code, at + 60_000))
        const again = await one.run({ collectors: [collector.url] })
        assert.deepEqual([again.refused, again.left, again.stopped], [1, 0, undefined])
      }
    const other = await prepare('clock-other', [[HOME, 'a']])
    collector.faults.push(refusing(400, 'bad_time', at - 400 * 86_400_000))
    assert.equal((await other.run({ collectors: [collector.url] })).refused, 1)
  })

  it('keeps what a collector has no space for or no clock, and delivers what other keys have measured', async () => {
    await using collector = await openStandIn()
    const one = await prepare('room', [
      [HOME, 'a'],
      [HOME, 'b'],
      [WORK, 'c'],
    ])
    collector.faults.push(refusing(503, 'no_room', at))
    const report = await one.run({ collectors: [collector.url] })
    assert.deepEqual([report.accepted, report.refused, report.left], [1, 0, 2])
    assert.deepEqual(report.stopped, { kind: 'busy', code: 'no_room' })
    assert.deepEqual(one.accepted, [WORK])
    collector.faults.push(refusing(503, 'clock', at - 400 * 86_400_000))
    assert.deepEqual((await one.run({ collectors: [collector.url] })).left, 2)
    assert.equal((await one.run({ collectors: [collector.url] })).accepted, 2)
  })

  it('waits as long as a busy collector asks, and keeps the document', async () => {
    await using collector = await openStandIn()
    collector.faults.push({ kind: 'status', status: 429, headers: { 'retry-after': '120' } })
    const one = await prepare('busy', [[HOME, 'a']])
    const report = await one.run({ collectors: [collector.url] })
    assert.deepEqual(report.stopped, { kind: 'busy', retryAfter: 120_000 })
    assert.deepEqual([report.left, one.pauses.length], [1, 0])
  })

  it('sets aside with its reason what a collector refuses for good, and goes on with the next', async () => {
    await using collector = await openStandIn()
    const body = JSON.stringify({ detail: { error: 'cc_zz', message: 'no country' } })
    collector.faults.push({ kind: 'status', status: 400, body })
    const one = await prepare('refused', [
      [HOME, 'a'],
      [HOME, 'b'],
    ])
    const report = await one.run({ collectors: [collector.url] })
    assert.deepEqual([report.accepted, report.refused, report.left], [1, 1, 0])
    const [entry] = await one.spool.listRefused()
    assert.ok(entry !== undefined)
    assert.equal(await one.spool.reasonOf(entry), 'cc_zz: no country')
  })

  it('sends again without an invitation that the collector does not take', async () => {
    await using collector = await openStandIn()
    const body = JSON.stringify({ detail: { error: 'bad_invitation', message: 'used' } })
    collector.faults.push({ kind: 'status', status: 400, body })
    const one = await prepare('invitation', [[HOME, 'a']])
    const report = await one.run({ collectors: [collector.url] })
    assert.deepEqual([report.accepted, report.refused, one.accepted], [1, 0, ['bad invitation', HOME]])
  })

  it('takes a page of a machine on the way for no answer, not for a refusal and not for an acceptance', async () => {
    for (const fault of [
      { kind: 'status', status: 400, body: '<html>sign in</html>' },
      { kind: 'status', status: 200, body: '{"ok":true}' },
      { kind: 'status', status: 200, body: 'x'.repeat(100_000) },
      { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:9/' } },
      { kind: 'wrong-id' },
    ] as const) {
      await using collector = await openStandIn()
      collector.faults.push(fault, fault, fault)
      const one = await prepare(`foreign-${JSON.stringify(fault).length}`, [[HOME, 'a']])
      const report = await one.run({ collectors: [collector.url] })
      assert.deepEqual(report.stopped, { kind: 'unreachable', failure: 'foreign_answer' })
      assert.deepEqual([report.left, (await one.receipts.list()).length], [1, 0])
    }
  })

  it('never sends documents of two keys over one connection', async () => {
    await using collector = await openStandIn()
    const one = await prepare('two-keys', [
      [HOME, 'a'],
      [WORK, 'b'],
      [HOME, 'c'],
      [WORK, 'd'],
    ])
    assert.equal((await one.run({ collectors: [collector.url] })).accepted, 4)
    const byConnection = Map.groupBy(collector.requests, ({ connection }) => connection)
    const together = new Set([...byConnection.values()].map((requests) => new Set(requests.map(({ id }) => id))))
    const ids = (names: readonly string[]): Set<string> => new Set(names.map((name) => documentId(document(name))))
    assert.deepEqual(together, new Set([ids(['a', 'c']), ids(['b', 'd'])]))
  })

  it('holds what was measured on another network for two days, so that the networks are not tied together', async () => {
    await using collector = await openStandIn()
    const one = await prepare('held', [
      [HOME, 'a'],
      [WORK, 'b'],
    ])
    const first = await one.run({ collectors: [collector.url] }, { here: WORK })
    assert.deepEqual([first.accepted, first.held, first.left], [1, 1, 1])
    const later = instant(at + 3 * 24 * 3_600_000)
    const clock = { now: () => later, monotonic: () => millis(0) }
    const second = await one.run({ collectors: [collector.url] }, { here: WORK, clock })
    assert.deepEqual([second.accepted, second.held, second.left], [1, 0, 0])
  })

  it('goes through an HTTP proxy, and through SOCKS with the name unresolved, where the owner allows it', async () => {
    for (const open of [openHttpProxy, openSocks]) {
      await using collector = await openStandIn()
      await using proxy = await open()
      const one = await prepare(`proxy-${open.name}`, [
        [HOME, 'a'],
        [HOME, 'b'],
      ])
      const route = parseRoute(`${open === openSocks ? 'socks5' : 'http'}://127.0.0.1:${proxy.port}`)
      const url = open === openSocks ? `http://collector.invalid:${collector.port}` : collector.url
      const report = await one.run({ collectors: [url], routes: [route] })
      assert.deepEqual([report.accepted, report.stopped], [2, undefined], open.name)
      if (open === openSocks) assert.deepEqual(new Set(proxy.asked), new Set([`collector.invalid:${collector.port}`]))
    }
  })

  it('that is killed while a collector takes a document leaves each document once, here or there', async () => {
    await using collector = await openStandIn()
    const names = [...Array(12).keys()].map((index) => `killed-${index}`)
    const one = await prepare(
      'killed',
      names.map((name) => [HOME, name] as const),
    )
    for (const before of [0, 2, 4]) {
      const child = spawn(process.execPath, [DELIVER_CHILD, join(root, 'killed'), collector.url], { stdio: 'inherit' })
      for (let i = 0; i < before; i++) collector.faults.push({ kind: 'accept' })
      collector.faults.push({ kind: 'after', act: () => child.kill('SIGKILL') })
      await once(child, 'close')
      assert.equal(child.signalCode, 'SIGKILL')
      collector.faults.length = 0
    }
    assert.deepEqual((await one.run({ collectors: [collector.url] })).left, 0)
    const ids = new Set(names.map((name) => documentId(document(name))))
    assert.deepEqual(new Set(collector.held), ids)
    assert.equal(collector.held.length, ids.size)
    assert.deepEqual(new Set((await one.receipts.list()).map(({ id }) => id)), ids)
  })

  it('stops without losing anything when the run is aborted', async () => {
    await using collector = await openStandIn()
    const controller = new AbortController()
    const one = await prepare('aborted', [[HOME, 'a']])
    const introduce = (): Promise<Record<string, string>> => {
      controller.abort(new Error('stopped'))
      return Promise.resolve({})
    }
    await assert.rejects(one.run({ collectors: [collector.url] }, { signal: controller.signal, introduce }), /stopped/)
    assert.equal((await one.spool.list()).length, 1)
  })
})

describe('delivery over TLS', () => {
  const hasOpenssl = ((): boolean => {
    try {
      execFileSync('openssl', ['version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })()

  it(
    'trusts the root of a test lab only if it was given, by every route',
    { skip: !hasOpenssl && 'needs openssl' },
    async () => {
      const [key, cert] = [join(root, 'key.pem'), join(root, 'cert.pem')]
      execFileSync(
        'openssl',
        `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${key} -out ${cert}`.split(
          ' ',
        ),
        { stdio: 'ignore' },
      )
      const pem = await readFile(cert, 'utf8')
      await using collector: StandIn = await openStandIn({ key: await readFile(key, 'utf8'), cert: pem })
      await using socks = await openSocks()
      await using proxy = await openHttpProxy()
      for (const text of ['direct', `socks5://127.0.0.1:${socks.port}`, `http://127.0.0.1:${proxy.port}`]) {
        const one = await prepare(`tls-${text.slice(0, 4)}`, [[HOME, text]])
        const settings = { collectors: [collector.url], routes: [parseRoute(text)] }
        // not even where a variable of the environment would take verification away from every other program
        process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
        const strict = await one.run(settings).finally(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
        assert.deepEqual([strict.accepted, strict.stopped?.kind], [0, 'unreachable'], text)
        const trusting = await one.run({ ...settings, extraRoots: [pem] })
        assert.deepEqual([trusting.accepted, trusting.stopped], [1, undefined], text)
      }
      assert.ok(proxy.asked.includes(`localhost:${collector.port}`))
    },
  )
})
