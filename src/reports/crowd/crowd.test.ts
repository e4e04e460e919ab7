import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { HOUR_MS } from '../../core/model/duration.ts'
import { checkPlanSchema, type CrowdCheck, type CrowdOutcome } from '../../core/model/people/crowd-check.ts'
import { InputError } from '../../core/model/errors.ts'
import { SETTLE_MS, SLOT_MS } from '../../core/model/people/report.ts'
import { formatAsn, instant, millis, parseAsn, type Asn } from '../../core/model/units.ts'
import { memoryWhere } from '../../store/registry/database.ts'
import type { CrowdCount } from '../registry/contract.ts'
import { openReportStore } from '../registry/open.ts'
import { openLog } from '../../runtime/log.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import type { FloodGuard } from '../../web/flood/contract.ts'
import { MOST_OF_PART } from './once-an-hour.ts'
import { Crowd, type CrowdParts } from './open-crowd.ts'

const START = Date.UTC(2026, 10, 26, 10)
const KCELL = parseAsn(64_501)
const OTHER = parseAsn(64_502)
const canary = (service: string, name: string): CrowdParts['targets'][number] => ({
  service,
  name,
  document: `https://${service}.example/robots.txt`,
  image: `https://${service}.example/favicon.ico`,
  source: 'a test',
  checked_at: '2026-11-26',
})

/** The test says what a flood is. */
class SaidFlood implements FloodGuard {
  readonly noted: string[] = []
  settled = 0
  floods = false
  note(_: ClientAddress, id: string): void {
    this.noted.push(id)
  }
  early = (): ReadonlySet<string> => new Set()
  judge = (ids: readonly string[]): ReadonlyMap<string, string> =>
    new Map(this.floods ? ids.map((id) => [id, 'label']) : [])
  knows = (id: string): boolean => this.noted.includes(id)
  settle(ids: readonly string[]): void {
    this.settled += ids.length
  }
}

async function openWorld(parts: Partial<CrowdParts> = {}) {
  const clock = { at: START, now: () => instant(clock.at), monotonic: () => millis(clock.at) }
  const store = await openReportStore(memoryWhere)
  const flood = new SaidFlood()
  const logged: string[] = []
  const crowd = new Crowd({
    store,
    targets: [canary('telegram', 'Telegram'), canary('youtube', 'YouTube')],
    freshness: (service) =>
      service === 'telegram' ? { abroad: 'usable', freshAt: instant(START - 60_000) } : undefined,
    reach: () => [{ document: 'https://c.example/reach', image: 'https://c.example/reach.png' }],
    devices: () => Promise.resolve([]),
    networkOf: ({ socket }) => (socket?.startsWith('198.') ? undefined : KCELL),
    senderOf: ({ socket }) => socket,
    flood,
    simulated: false,
    clock,
    log: openLog({ level: 'debug', destination: { write: (line) => void logged.push(line) } }),
    ...parts,
  })
  const counts = (): Promise<readonly CrowdCount[]> =>
    store.crowdCounts({ since: instant(0), until: instant(START * 2) }, false)
  return { clock, store, flood, crowd, counts, logged, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}

const newToken = (): string => randomBytes(16).toString('hex')
const checkOf = (
  outcomes: Readonly<Record<string, CrowdOutcome>>,
  { network = formatAsn(KCELL), ...rest }: Partial<CrowdCheck> = {},
): CrowdCheck => ({
  format: 'kuager-crowd-check/1',
  at_utc: '2026-11-26T10:00Z',
  network,
  region: null,
  online: true,
  results: Object.entries(outcomes).map(([service, outcome]) => ({
    service,
    outcome,
    tries: [{ document: 'failed', document_ms: 40, image: 'failed', image_ms: 40 }],
  })),
  ...rest,
})
const from = (socket: string): ClientAddress => ({ socket, forwardedFor: undefined })
const BLOCKED = checkOf({ telegram: 'interference' })

describe('Crowd.take()', () => {
  it('keeps a row of each result, with the network of the connection and nothing of the sender', async () => {
    await using world = await openWorld()
    const check = checkOf({ telegram: 'interference', youtube: 'reachable' }, { region: 'KZ-75' })
    assert.deepEqual(await world.crowd.take({ check, token: newToken() }, from('203.0.113.5')), { wait: 0 })
    const rows = (await world.counts()).toSorted((a, b) => (a.service < b.service ? -1 : 1))
    const cell = { slot: START, asn: KCELL, state: 'counted', count: 1 }
    assert.deepEqual(rows, [
      { ...cell, service: 'telegram', outcome: 'interference' },
      { ...cell, service: 'youtube', outcome: 'reachable' },
    ])
    assert.deepEqual(world.logged, [])
  })

  it('tells that something does not open, once for each page that counts', async () => {
    let told = 0
    await using world = await openWorld({ onFailing: () => void told++ })
    const take = (check: CrowdCheck, token: string): Promise<unknown> =>
      world.crowd.take({ check, token }, from('203.0.113.5'))
    await take(checkOf({ telegram: 'reachable', youtube: 'unknown' }), newToken())
    assert.equal(told, 0)
    const token = newToken()
    await take(BLOCKED, token)
    await take(BLOCKED, token)
    assert.equal(told, 1)
  })

  it('does not believe a network that the connection does not show', async () => {
    await using world = await openWorld()
    const networks = async (check: CrowdCheck, socket: string): Promise<readonly Asn[]> => {
      const before = await world.counts()
      await world.crowd.take({ check, token: newToken() }, from(socket))
      const seen = new Set(before.map(({ asn, count }) => `${asn} ${count}`))
      return (await world.counts()).filter(({ asn, count }) => !seen.has(`${asn} ${count}`)).map(({ asn }) => asn)
    }
    assert.deepEqual(
      await networks(checkOf({ telegram: 'black-hole' }, { network: formatAsn(OTHER) }), '203.0.113.1'),
      [0],
    )
    assert.deepEqual(await networks(checkOf({ telegram: 'black-hole' }), '198.51.100.1'), [0])
    assert.deepEqual(await networks(checkOf({ telegram: 'black-hole' }, { network: null }), '203.0.113.2'), [KCELL])
  })

  it('counts a page once an hour for a service, and again when it opens or after the hour', async () => {
    await using world = await openWorld()
    const token = newToken()
    const states = async (): Promise<string> =>
      (await world.counts())
        .map(({ outcome, state, count }) => `${outcome} ${state} ${count}`)
        .toSorted()
        .join(', ')
    const take = (outcome: CrowdOutcome): Promise<unknown> => {
      const at_utc = `${new Date(world.clock.at).toISOString().slice(0, 16)}Z`
      return world.crowd.take({ check: checkOf({ telegram: outcome }, { at_utc }), token }, from('203.0.113.5'))
    }
    await take('interference')
    await take('black-hole')
    assert.equal(await states(), 'black-hole repeat 1, interference counted 1')
    await take('reachable')
    assert.match(await states(), /reachable counted 1/)
    world.clock.at += HOUR_MS
    await take('interference')
    assert.equal(
      (await world.counts()).filter(({ state, outcome }) => state === 'counted' && outcome === 'interference').length,
      2,
    )
  })

  it('counts twenty people behind one address in an hour and holds the others, of whom none is turned away', async () => {
    await using world = await openWorld()
    for (let nth = 0; nth < 60; nth++)
      assert.deepEqual(await world.crowd.take({ check: BLOCKED, token: newToken() }, from('203.0.113.5')), { wait: 0 })
    await world.crowd.take({ check: BLOCKED, token: newToken() }, from('203.0.113.6'))
    const count = async (state: string): Promise<number> =>
      (await world.counts()).filter((one) => one.state === state).reduce((sum, one) => sum + one.count, 0)
    assert.deepEqual([await count('counted'), await count('held')], [MOST_OF_PART + 1, 60 - MOST_OF_PART])
  })

  it('takes all who come without an address for one part', async () => {
    await using world = await openWorld()
    for (let nth = 0; nth < MOST_OF_PART + 5; nth++)
      await world.crowd.take({ check: BLOCKED, token: newToken() }, from('127.0.0.1'))
    const held = (await world.counts()).filter(({ state }) => state === 'held')
    assert.deepEqual(
      held.map(({ count }) => count),
      [5],
    )
  })

  it('says how long to wait where one part sent three hundred, while others go on', async () => {
    await using world = await openWorld()
    const send = (socket: string): Promise<{ readonly wait: number }> =>
      world.crowd.take({ check: BLOCKED, token: newToken() }, from(socket))
    for (let nth = 0; nth < 300; nth++) assert.equal((await send('203.0.113.5')).wait, 0)
    assert.equal((await send('203.0.113.5')).wait, 2)
    assert.equal((await send('203.0.113.6')).wait, 0)
    world.clock.at += 2000
    assert.equal((await send('203.0.113.5')).wait, 0)
  })

  it('takes more from senders that cannot be distinguished, and never so much that nothing is left for others', async () => {
    await using world = await openWorld()
    const send = (socket: string): Promise<{ readonly wait: number }> =>
      world.crowd.take({ check: BLOCKED, token: newToken() }, from(socket))
    // The onion service, and a proxy in a private network that is not configured.
    for (let nth = 0; nth < 500; nth++) assert.equal((await send(nth % 2 === 0 ? '127.0.0.1' : '10.0.0.7')).wait, 0)
    assert.equal((await send('127.0.0.1')).wait, 1)
    assert.equal((await send('203.0.113.6')).wait, 0)
    world.clock.at += 1000
    for (let nth = 0; nth < 25; nth++) assert.equal((await send('127.0.0.1')).wait, 0)
    assert.equal((await send('127.0.0.1')).wait, 1)
  })

  it('refuses what was made offline, long ago, of a service that is not in the plan, or of one twice', async () => {
    await using world = await openWorld()
    const [result] = BLOCKED.results
    assert.ok(result !== undefined)
    const refused: readonly (readonly [string, CrowdCheck])[] = [
      ['check.offline', { ...BLOCKED, online: false }],
      ['check.old', { ...BLOCKED, at_utc: '2026-11-26T08:59Z' }],
      ['check.service', checkOf({ protonvpn: 'interference' })],
      ['check.service', { ...BLOCKED, results: [result, result] }],
    ]
    for (const [code, check] of refused)
      await assert.rejects(
        world.crowd.take({ check, token: newToken() }, from('203.0.113.5')),
        (error: unknown) => error instanceof InputError && error.code === code,
        code,
      )
    assert.deepEqual(await world.counts(), [])
  })
})

describe('Crowd.settle()', () => {
  it('holds what came in a flood before anything of its slot is shown', async () => {
    await using world = await openWorld()
    for (let nth = 0; nth < 8; nth++)
      await world.crowd.take({ check: BLOCKED, token: newToken() }, from(`203.0.113.${nth}`))
    world.clock.at += SLOT_MS
    assert.equal(await world.crowd.settle(), 0, 'a minute is left to what was on its way')
    world.clock.at += 60_000
    world.flood.floods = true
    assert.equal(await world.crowd.settle(), 8)
    assert.equal(world.flood.settled, 8)
    world.clock.at += SETTLE_MS
    assert.deepEqual(await world.crowd.shown(), [])
    assert.match(world.logged.join(''), /"checks":8/)
    assert.doesNotMatch(world.logged.join(''), /203\.0\.113/)
  })

  it('leaves what came in none', async () => {
    await using world = await openWorld()
    for (let nth = 0; nth < 8; nth++)
      await world.crowd.take({ check: BLOCKED, token: newToken() }, from(`203.0.113.${nth}`))
    world.clock.at += SLOT_MS + SETTLE_MS
    assert.equal(await world.crowd.settle(), 0)
    const [shown] = await world.crowd.shown()
    assert.deepEqual([shown?.fails, shown?.asn], [8, KCELL])
  })
})

describe('Crowd.plan()', () => {
  it('is of the form that a page reads, with what is known of each target', async () => {
    await using world = await openWorld()
    const plan = checkPlanSchema.parse(await world.crowd.plan(undefined))
    assert.equal(plan.network, null)
    assert.deepEqual(plan.others, [])
    assert.deepEqual(
      plan.targets.map(({ service, abroad, fresh_at_utc }) => [service, abroad, fresh_at_utc]),
      [
        ['telegram', 'usable', '2026-11-26T09:59:00Z'],
        ['youtube', null, null],
      ],
    )
    await using alone = await openWorld({ reach: () => [] })
    assert.deepEqual((await alone.crowd.plan(undefined)).controls, [])
  })

  it('tells what devices and at least five people see, of people the larger of two numbers', async () => {
    await using world = await openWorld({
      devices: (asn) =>
        Promise.resolve(
          asn === KCELL ? [{ service: 'telegram', failing: 4, of: 5, since: '2026-11-26T09:00:00Z' }] : [],
        ),
      reported: (asn) =>
        Promise.resolve(
          new Map(
            asn === KCELL
              ? [
                  ['telegram', 7],
                  ['youtube', 6],
                ]
              : [],
          ),
        ),
    })
    const others = async (asn: Asn): Promise<unknown> => checkPlanSchema.parse(await world.crowd.plan(asn)).others
    for (let nth = 0; nth < 9; nth++)
      await world.crowd.take(
        { check: checkOf({ telegram: 'interference', youtube: 'reachable' }), token: newToken() },
        from(`203.0.113.${nth}`),
      )
    const device = { service: 'telegram', failing: 4, of: 5, since_utc: '2026-11-26T09:00:00Z', people_open: null }
    const reported = {
      service: 'youtube',
      failing: 0,
      of: 0,
      since_utc: null,
      people: 6,
      people_open: null as number | null,
    }
    assert.deepEqual(await others(KCELL), [{ ...device, people: 7 }, reported])
    world.clock.at += SLOT_MS + SETTLE_MS
    assert.deepEqual(await others(KCELL), [
      { ...device, people: 9 },
      { ...reported, people_open: 9 },
    ])
    assert.deepEqual(await others(OTHER), [])
  })

  it('is made also where nothing can be read of others, which is logged', async () => {
    await using world = await openWorld({ devices: () => Promise.reject(new Error('no warehouse')) })
    const plan = await world.crowd.plan(KCELL)
    assert.deepEqual([plan.others, plan.targets.length], [[], 2])
    assert.match(world.logged.join(''), /what others see could not be read/)
  })
})
