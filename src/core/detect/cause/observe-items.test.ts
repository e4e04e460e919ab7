import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CauseItem, ItemOutcome } from '../../model/incident/cause.ts'
import { instant, parseAsn, type Instant } from '../../model/units.ts'
import type { CauseInput, CauseReading, NetworkBeside, ServiceBeside } from './cause-input.ts'
import { observeItems } from './observe-items.ts'

const START = Date.UTC(2025, 0, 15, 15)
const minute = (n: number): Instant => instant(START + n * 60_000)

const ok = (at: number, over: Partial<CauseReading> = {}): CauseReading => ({
  at: minute(at),
  probe: 'a',
  version: 'probe 1',
  kind: 'reachable',
  facts: [],
  layers: {},
  artefact: false,
  slow: false,
  ...over,
})
const bad = (at: number, over: Partial<CauseReading> = {}): CauseReading =>
  ok(at, { kind: 'interfered', mechanism: 'tls.timeout', layer: 'tls', ...over })

const input = (over: Partial<CauseInput>): CauseInput => ({
  window: { from: minute(0), until: minute(120) },
  scheduleMinutes: 15,
  readings: [],
  watched: [],
  earlier: [],
  services: [],
  networks: [],
  extra: [],
  ...over,
})

const outcome = (item: CauseItem, over: Partial<CauseInput>): ItemOutcome | undefined =>
  observeItems(input(over)).find((one) => one.item === item)?.outcome

const many = (n: number, make: (at: number) => CauseReading): CauseReading[] =>
  Array.from({ length: n }, (_, at) => make(at * 11 + 1))

describe('observeItems()', () => {
  it('sees nothing where nothing was measured', () => {
    assert.deepEqual(observeItems(input({})), [])
  })

  it('passing measurements alone show no item of a failure', () => {
    assert.deepEqual(observeItems(input({ readings: many(6, ok) })), [])
  })

  it('counts of a device that measures without end no more than 1.5 devices on schedule', () => {
    const honest = ['a', 'b', 'c'].flatMap((probe) => [5, 20, 35].map((at) => bad(at, { probe, pair: 'fail-pass' })))
    const flood = Array.from({ length: 400 }, (_, k) => bad(5 + k / 10, { probe: 'x', pair: 'fail-fail' }))
    const pair = observeItems(input({ readings: [...honest, ...flood] })).find(({ item }) => item === 'pair')
    assert.equal(pair?.outcome, 'fail-pass')
    assert.deepEqual(pair.count, { k: 9, n: 13, probes: 3 })
  })

  it('looks only inside the window', () => {
    assert.deepEqual(observeItems(input({ readings: [bad(-10), bad(200)] })), [])
  })

  it('our own probe tells the neighbour, the crossed name and an address in one place', () => {
    const fallen = (facts: CauseReading['facts'], over: Partial<CauseReading> = {}) =>
      many(3, (at) => bad(at, { layer: 'tcp', mechanism: 'tcp.timeout.ip', facts, ...over }))
    const passes = fallen(['tcp.failed', 'tcp.control-connected', 'tcp.neighbour-connected', 'tcp.one-place'])
    assert.equal(outcome('neighbour', { readings: passes }), 'passes')
    assert.equal(outcome('same-address-abroad', { readings: passes }), 'passes')
    const path = fallen(['tcp.failed', 'tcp.neighbour-failed'], { kind: 'inconclusive', mechanism: 'fault.path' })
    assert.equal(outcome('neighbour', { readings: path }), 'fails')
    const dead = fallen(['tcp.control-failed', 'tcp.one-place'], { kind: 'unreachable' })
    assert.equal(outcome('same-address-abroad', { readings: dead }), 'fails')
    const anycast = fallen(['tcp.failed', 'tcp.control-connected'])
    assert.equal(outcome('same-address-abroad', { readings: anycast }), undefined)
    assert.equal(outcome('other-name', { readings: fallen(['pair.crossed-failed']) }), 'cures')
    assert.equal(outcome('other-name', { readings: fallen(['pair.crossed-passed']) }), 'no')
  })

  it('an item given from a file replaces ours', () => {
    const extra = [
      { item: 'stage', outcome: 'tcp', count: { k: 1, n: 1, probes: 1 }, source: 'file' },
      { item: 'ttl', outcome: 'in-country', count: { k: 1, n: 1, probes: 1 }, source: 'file' },
    ] as const
    assert.equal(outcome('stage', { readings: many(3, bad), extra }), 'tcp')
    assert.equal(outcome('ttl', { readings: many(3, bad), extra }), 'in-country')
  })
})

describe('items of the exchange', () => {
  it('pair: the commonest of the pairs, as one item with its count', () => {
    const readings = [
      ...many(4, (at) => bad(at, { pair: 'fail-pass' })),
      bad(60, { pair: 'fail-fail' }),
      ok(70, { pair: 'pass-fail' }),
    ]
    const item = observeItems(input({ readings })).find((one) => one.item === 'pair')
    assert.equal(item?.outcome, 'fail-pass')
    assert.deepEqual(item.count, { k: 4, n: 5, probes: 1 })
  })

  it('pair: not checked without a control name, nor if most targets passed and the other half is not given', () => {
    assert.equal(outcome('pair', { readings: many(5, bad) }), undefined)
    const readings = [bad(1, { pair: 'fail-pass' }), ok(12, { pair: 'pass' }), ok(23, { pair: 'pass' })]
    assert.equal(outcome('pair', { readings }), undefined)
  })

  it('stage: how most failures ended, measurements without a control included, own trouble not', () => {
    const readings = [
      bad(1, { kind: 'inconclusive', mechanism: 'tls.reset.sni' }),
      bad(2, { kind: 'inconclusive', mechanism: 'fault.client', layer: 'dns' }),
      bad(3, { mechanism: 'tls.timeout' }),
      bad(4, { mechanism: 'tcp.timeout', layer: 'tcp' }),
    ]
    assert.equal(outcome('stage', { readings }), 'tls-silence-reset')
    assert.equal(outcome('stage', { readings: [readings[1]!] }), undefined) // four readings
  })

  it('stage: an alert and another certificate stand apart from silence, HTTP answers from HTTP silence', () => {
    const of = (mechanism: NonNullable<CauseReading['mechanism']>): ItemOutcome | undefined =>
      outcome('stage', { readings: [bad(1, { mechanism })] })
    assert.equal(of('tls.alert.sni'), 'alert-certificate')
    assert.equal(of('tls.mitm'), 'alert-certificate')
    assert.equal(of('quic.timeout'), 'tls-silence-reset')
    assert.equal(of('http.reset.host'), 'tls-silence-reset')
    assert.equal(of('http.blockpage'), 'http')
    assert.equal(outcome('stage', { readings: many(3, (at) => ok(at, { slow: true })) }), 'slow')
  })

  it('direct evidence: one device of several that fail shows nothing, all unknown ones are one, a second one does', () => {
    const others = many(5, (at) => bad(at, { probe: 'b' }))
    const shown = (probe: string): CauseReading => bad(50, { probe, artefact: true })
    assert.equal(outcome('artefact', { readings: [...others, shown('a')] }), undefined)
    assert.equal(outcome('artefact', { readings: [...others, shown('a'), shown('b')] }), 'seen')
    assert.equal(outcome('artefact', { readings: [...others, shown(''), shown('')] }), undefined)
    assert.equal(outcome('artefact', { readings: [...others, shown(''), shown('a')] }), 'seen')
  })

  it('direct evidence: one piece is enough, and its absence is reported only if something failed', () => {
    assert.equal(outcome('artefact', { readings: [...many(5, bad), bad(50, { artefact: true })] }), 'seen')
    assert.equal(outcome('artefact', { readings: many(5, bad) }), 'none')
    assert.equal(outcome('artefact', { readings: many(5, ok) }), undefined)
  })

  it('dns: a denial needs other names beside it to be of one name or of all', () => {
    const readings = many(3, (at) => bad(at, { mechanism: 'dns.nxdomain', layer: 'dns' }))
    assert.equal(outcome('dns', { readings }), undefined)
    assert.equal(outcome('dns', { readings, canaries: { ok: 9, failed: 1, probes: 2 } }), 'negative-one-name')
    assert.equal(outcome('dns', { readings, canaries: { ok: 1, failed: 9, probes: 2 } }), 'all-fail')
    const odd = many(3, (at) => bad(at, { mechanism: 'dns.bogon', layer: 'dns' }))
    assert.equal(outcome('dns', { readings: odd }), 'odd')
    assert.equal(outcome('dns', { readings: many(3, (at) => bad(at, { layers: { dns: 'reachable' } })) }), 'right')
  })

  it('abroad: two thirds of the controls must agree, and a control name is not a control abroad', () => {
    const passed = (at: number): CauseReading => bad(at, { facts: ['tls.silent', 'tls.control-completed'] })
    const down = (at: number): CauseReading => bad(at, { kind: 'unreachable' })
    assert.equal(outcome('abroad', { readings: [passed(1), passed(12), down(23)] }), 'passes')
    assert.equal(outcome('abroad', { readings: [passed(1), down(12)] }), undefined)
    assert.equal(outcome('abroad', { readings: [down(1), down(2)] }), 'fails')
    assert.equal(outcome('abroad', { readings: [bad(1, { facts: ['tls.innocent-passed'] })] }), undefined)
  })
})

const network = (asn: number, over: Partial<NetworkBeside>): NetworkBeside => ({
  asn: parseAsn(asn),
  owner: `owner ${asn}`,
  measured: 10,
  probes: 2,
  restricted: false,
  ...over,
})
const service = (name: string, over: Partial<ServiceBeside>): ServiceBeside => ({
  service: name,
  owner: name,
  measured: 10,
  probes: 2,
  restricted: false,
  ...over,
})
const onset = { lo: minute(0), hi: minute(15) }

describe('items beside the series', () => {
  it('owners: a second network of the same owner, or of an unknown one, is no second owner', () => {
    const over = { networkOwner: 'owner 1', onset }
    assert.equal(outcome('owners', { ...over, networks: [network(1, { restricted: true, onset })] }), undefined)
    const { owner: _, ...unknown } = network(2, { restricted: true, onset })
    assert.equal(outcome('owners', { ...over, networks: [unknown] }), undefined)
    assert.equal(outcome('owners', { networks: [network(2, {})], onset }), undefined)
  })

  it('owners: together within half an hour, apart beyond it, one of several where others were measured and passed', () => {
    const over = { networkOwner: 'owner 1', onset }
    const at = (from: number): Partial<NetworkBeside> => ({
      restricted: true,
      onset: { lo: minute(from), hi: minute(from + 15) },
    })
    assert.equal(outcome('owners', { ...over, networks: [network(2, at(30)), network(3, {})] }), 'together')
    assert.equal(outcome('owners', { ...over, networks: [network(2, at(90))] }), 'apart')
    assert.equal(outcome('owners', { ...over, networks: [network(2, {}), network(3, {})] }), 'one-of-several')
    assert.equal(outcome('owners', { ...over, networks: [network(2, { measured: 2 })] }), undefined)
    assert.equal(outcome('owners', { ...over, networks: [network(2, { restricted: true })] }), undefined)
  })

  it('unrelated: another service of the same owner is related; one restricted for long says nothing', () => {
    const over = { serviceOwner: 'Google', onset }
    const hit = { restricted: true, onset }
    assert.equal(
      outcome('unrelated', { ...over, services: [service('google', { owner: 'Google', ...hit })] }),
      undefined,
    )
    assert.equal(outcome('unrelated', { ...over, services: [service('telegram', hit)] }), 'several')
    const old = { restricted: true, onset: { lo: minute(-9000), hi: minute(-8990) } }
    assert.equal(outcome('unrelated', { ...over, services: [service('x', old), service('y', {})] }), 'no')
    assert.equal(outcome('unrelated', { ...over, services: [service('x', {})] }), undefined)
  })

  it('canary: stray failures among many are none, and a middle is neither', () => {
    const of = (good: number, failed: number): ItemOutcome | undefined =>
      outcome('canary', { canaries: { ok: good, failed, probes: 3 } })
    assert.equal(of(40, 1), 'passes')
    assert.equal(of(8, 2), 'fails')
    assert.equal(of(85, 15), undefined)
    assert.equal(of(2, 0), undefined)
  })

  it('line: a device that changes its pseudonym at the turn of a month is no second one', () => {
    const turn = Date.UTC(2025, 0, 31, 19) // midnight in Almaty
    const at = (minutes: number, probe: string): CauseReading => bad(0, { at: instant(turn + minutes * 60_000), probe })
    const window = { from: instant(turn - 3_600_000), until: instant(turn + 3_600_000) }
    const renamed = [at(-30, 'a'), at(-15, 'a'), at(15, 'b'), at(30, 'b')]
    assert.equal(outcome('line', { window, readings: renamed }), undefined)
    assert.equal(outcome('line', { window, readings: [...renamed, at(-20, 'c'), at(20, 'd')] }), 'several')
  })

  it('line: two failing devices are several, unknown ones are none, a stray failure makes no device fail', () => {
    assert.equal(outcome('line', { readings: [bad(1, { probe: 'a' }), bad(2, { probe: 'b' })] }), 'several')
    assert.equal(outcome('line', { readings: many(6, (at) => bad(at, { probe: '' })) }), undefined)
    assert.equal(outcome('line', { readings: many(6, bad) }), undefined)
    const others = many(9, (at) => ok(at, { probe: 'b' }))
    assert.equal(outcome('line', { readings: [bad(1), bad(12), ...others, bad(60, { probe: 'b' })] }), 'one')
  })
})

describe('items of the pattern', () => {
  const before = [-40, -25, -10].map((at) => ok(at))
  const after = [20, 35, 50].map((at) => bad(at))

  it('onset: sharp where failures set in within a few intervals, gradual where they mingle for hours', () => {
    assert.equal(
      outcome('onset', { readings: [...before, ...after], onset: { lo: minute(0), hi: minute(15) } }),
      'sharp',
    )
    const slowly = { lo: minute(0), hi: minute(110) }
    const mixed = [ok(10), bad(30), ok(50), bad(70), ok(90)]
    const late = [115, 118, 120].map((at) => bad(at, { probe: `${at}` }))
    assert.equal(outcome('onset', { readings: [...before, ...mixed, ...late], onset: slowly }), 'gradual')
  })

  it('onset: not looked at where a side was not measured or most exchanges pass on both', () => {
    const edge = { lo: minute(0), hi: minute(15) }
    assert.equal(outcome('onset', { readings: after, onset: edge }), undefined)
    assert.equal(outcome('onset', { readings: [...before, ...after] }), undefined)
    const partial = [20, 35, 50].map((at, nth) => (nth === 0 ? bad(at) : ok(at)))
    assert.equal(outcome('onset', { readings: [...before, ...partial], onset: edge }), undefined)
  })

  it('daily: half of at least five measured days, some of them, or none', () => {
    const day = 24 * 60
    const days = [1, 2, 3, 4, 5, 6]
    const watched = days.map((n) => minute(-n * day))
    const earlier = days.slice(0, 3).map((n) => ({ from: minute(-n * day), until: minute(-n * day + 60) }))
    const edge = { lo: minute(0), hi: minute(10) }
    assert.equal(outcome('daily', { watched, earlier, onset: edge }), 'same-hours')
    assert.equal(outcome('daily', { watched, earlier: earlier.slice(1), onset: edge }), 'some-days')
    assert.equal(outcome('daily', { watched, earlier: [], onset: edge }), 'no')
    assert.equal(outcome('daily', { watched: watched.slice(2), earlier, onset: edge }), undefined)
  })

  it('version: one alone while another passes, several where two fail', () => {
    const older = many(4, bad)
    const newer = many(4, (at) => ok(at, { version: 'probe 2' }))
    assert.equal(outcome('version', { readings: [...older, ...newer] }), 'one')
    assert.equal(outcome('version', { readings: [...older, bad(3, { version: 'probe 2' })] }), 'several')
    assert.equal(outcome('version', { readings: older }), undefined)
  })

  it('ipv6: only, where IPv4 passes; no, where IPv4 fails; unknown families tell nothing', () => {
    const six = many(3, (at) => bad(at, { family: 6 }))
    assert.equal(outcome('ipv6', { readings: [...six, ...many(3, (at) => ok(at, { family: 4 }))] }), 'only')
    assert.equal(outcome('ipv6', { readings: [...six, bad(3, { family: 4 })] }), 'no')
    assert.equal(outcome('ipv6', { readings: six }), undefined)
    assert.equal(outcome('ipv6', { readings: many(3, bad) }), undefined)
  })

  it('items of a table: not looked at without one, nor where it does not tell enough', () => {
    const day = 24 * 60
    const lasted = (days: number, over: boolean) => ({
      table: { lasted: { from: minute(0), until: minute(days * day), over, daysFailed: 1 } },
    })
    assert.equal(outcome('persistence', {}), undefined)
    assert.equal(outcome('persistence', lasted(0.5, true)), 'hours')
    assert.equal(outcome('persistence', lasted(2, true)), 'days')
    assert.equal(outcome('persistence', lasted(2, false)), undefined, 'it may still last')
    assert.equal(outcome('persistence', lasted(3.5, false)), 'long')
    const rows = (independent: number, share: number, named = true) => ({
      table: { rows: { independent, share, named } },
    })
    assert.equal(outcome('extent', rows(9.9, 1)), undefined)
    assert.equal(outcome('extent', rows(10, 0.9)), 'nearly-all')
    assert.equal(outcome('extent', rows(10, 0.8)), 'part')
    assert.equal(outcome('rows', rows(40, 1)), undefined, 'devices are named')
    assert.equal(outcome('rows', rows(19.9, 1, false)), undefined)
    assert.equal(outcome('rows', rows(20, 1, false)), '95-100')
    assert.equal(outcome('rows', rows(40, 0.89, false)), '85-90')
    assert.equal(outcome('rows', rows(40, 0.04, false)), '0-5')
    assert.equal(outcome('extent', rows(40, 1, false)), undefined, 'the same rows are not weighed twice')
    assert.equal(outcome('line', rows(40, 1, false)), undefined)
    assert.equal(outcome('artefact', { readings: many(3, bad), table: { noArtefacts: true } }), undefined)
    const pages = (failing: number, passing: number) => ({ table: { pages: { failing, passing } } })
    assert.equal(outcome('pages', pages(1, 0)), undefined)
    assert.equal(outcome('pages', pages(2, 0)), 'all')
    assert.equal(outcome('pages', pages(2, 1)), 'some')
    const ends = many(9, bad)
    assert.equal(outcome('endings', { readings: ends }), undefined, 'our own series')
    assert.equal(outcome('endings', { readings: ends, table: {} }), 'one')
    const mixed = many(9, (at) => bad(at, at > 50 ? {} : { mechanism: 'tls.reset' }))
    assert.equal(outcome('endings', { readings: mixed, table: {} }), 'mixed')
    assert.equal(outcome('endings', { readings: ends.slice(0, 4), table: {} }), undefined)
  })
})
