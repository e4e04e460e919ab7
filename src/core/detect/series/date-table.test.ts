import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { makeCauseTable } from '../cause/table.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { createRandom } from '../chain/random.ts'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { loadCauseFile } from '../../../runtime/tables/cause-files.ts'
import { dateSeries, dateTable } from './date-series.ts'
import type { TableSeries } from './series-table.ts'

const BEGIN = Date.UTC(2024, 0, 1)
const day = (n: number): number => BEGIN + n * DAY_MS

const { file, digest } = loadCauseFile()
const table = makeCauseTable(file, digest)
const flat = Array.from({ length: 24 }, () => 1)
const settings = defaultSettings({ zone: 'UTC', onsetHours: flat, loadHours: flat, draws: 500 })

const row = (at: number, fails: boolean, over: Partial<Reading> = {}): Reading => ({
  at: instant(at),
  probe: '',
  target: fails ? 'fail' : 'ok',
  control: 'none',
  canary: 'none',
  artefact: false,
  scheduled: false,
  ...over,
})

interface Shape {
  readonly days: number
  readonly everyHours: number
  readonly fails: (at: number, k: number) => boolean
  readonly probe?: (k: number) => string
  readonly over?: Partial<Reading>
}

const rows = ({ days, everyHours, fails, probe = () => '', over = {} }: Shape): readonly Reading[] =>
  Array.from({ length: Math.floor((days * 24) / everyHours) }, (_, k) => {
    const at = BEGIN + k * everyHours * HOUR_MS
    return row(at, fails(at, k), { probe: probe(k), ...over })
  })

const between = (from: number, until: number) => (at: number) => at >= day(from) && at < day(until)
const named = (service: string, network: string, readings: readonly Reading[]): TableSeries => ({
  service,
  network,
  readings,
})
const dates = (all: readonly TableSeries[], over: Partial<Parameters<typeof dateTable>[1]> = {}) =>
  dateTable(all, { settings, table, ...over })
const dayOf = (at: number | undefined): number | undefined =>
  at === undefined ? undefined : Math.round(((at - BEGIN) / DAY_MS) * 10) / 10

describe('brackets of a table', () => {
  it('hold the last passage before the first failure; the interval begins with the last one left without any one device', () => {
    const tables = fc.record({
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      before: fc.integer({ min: 1, max: 6 }),
      inside: fc.integer({ min: 12, max: 40 }),
      everyHours: fc.constantFrom(1, 6, 20),
      pauseHours: fc.constantFrom(0, 30, 200),
    })
    fc.assert(
      fc.property(tables, ({ seed, before, inside, everyHours, pauseHours }) => {
        const random = createRandom(seed)
        const readings = Array.from({ length: before + inside }, (_, k) => {
          const pause = k >= before - 1 && before > 1 ? pauseHours * HOUR_MS : 0
          const at = Math.floor(BEGIN + pause + (k + random.next() / 2) * everyHours * HOUR_MS)
          return row(at, k >= before, { probe: `p${k % 4}` })
        })
        const passed = readings[before - 1]!.at // one at least
        const failed = readings[before]!.at
        const [incident] = dateSeries(readings, { settings, table }).incidents
        assert.ok(incident !== undefined)
        const { bracket, lo95, kind } = incident.found.start
        assert.deepEqual(bracket, [passed, failed])
        assert.equal(kind, 'dated')
        // Devices take turns: without the device that passed last, the passage before it is the last one.
        const other = readings[before - 2]?.at
        if (other === undefined) assert.equal(lo95, undefined)
        else assert.ok(lo95 !== undefined && lo95 >= other, `${lo95} before ${other}`)
      }),
      { numRuns: 60, seed: 3 },
    )
  })

  it('leave the interval alone where exchanges pass inside too: what passed may be a leak', () => {
    const readings = rows({
      days: 40,
      everyHours: 20,
      fails: (at, k) => between(20, 40)(at) && k % 4 !== 0,
      probe: (k) => `p${k % 4}`,
    })
    const [incident] = dateSeries(readings, { settings, table }).incidents
    assert.ok(incident !== undefined)
    assert.ok((incident.found.start.lo95 ?? 0) < incident.found.start.bracket[0]!)
  })
})

describe('a time without measurements', () => {
  const fails = (at: number): boolean => at >= day(6)
  const probe = (k: number): string => `p${k % 4}`

  it('ends what is claimed where it is far beyond what is usual: two incidents, open to it', () => {
    const readings = rows({ days: 24, everyHours: 2, fails, probe }).filter(({ at }) => !between(8, 21)(at))
    const { incidents } = dateSeries(readings, { settings, table })
    assert.deepEqual(
      incidents.map(({ found }) => [
        dayOf(found.start.median),
        found.end.kind,
        dayOf(found.end.bracket[0]),
        found.running,
      ]),
      [
        [6, 'open', 7.9, false],
        [undefined, 'open', 23.9, true],
      ],
    )
    assert.equal(incidents[0]?.found.end.bracket[1], undefined)
    assert.equal(incidents[1]?.found.start.bracket[0], undefined)
  })

  it('does not where such distances are usual', () => {
    const readings = rows({ days: 400, everyHours: 24 * 6, fails: (at) => at >= day(100), probe })
    assert.equal(dateSeries(readings, { settings, table }).incidents.length, 1)
  })
})

describe('an outage', () => {
  /** Five services every two hours; all fail on day 6 for six hours, the target again from day 9 on. */
  const services = ['target', 'b', 'c', 'd', 'e']
  const shutdown = (at: number): boolean => at >= day(6) && at < day(6.25)
  const probe = (k: number): string => `p${k % 4}`
  const tableOf = (names: readonly string[], passes: readonly string[] = []): readonly TableSeries[] =>
    names.map((name) =>
      named(
        name,
        'AS64501',
        rows({
          days: 14,
          everyHours: 2,
          fails: (at) => (shutdown(at) && !passes.includes(name)) || (name === 'target' && at >= day(9)),
          probe,
        }),
      ),
    )

  it('explains failures while all other services fail too, and the start is not pulled back to it', () => {
    const [target] = dates(tableOf(services))
    assert.deepEqual(
      target?.incidents.map(({ found }) => dayOf(found.start.median)),
      [9],
    )
    assert.equal(target.left.outage, 3)
  })

  it('explains nothing while one of them passes, nor where few others were measured', () => {
    assert.equal(dates(tableOf(services, ['c']))[0]?.left.outage, 0)
    assert.equal(dates(tableOf(services.slice(0, 3)))[0]?.left.outage, 0)
  })

  it('explains nothing where all that fails has one owner: hosts of one domain, or of one listed service', () => {
    const hosts = ['youtube.com', 'www.youtube.com', 'm.youtube.com', 'youtu.be']
    const counted = hosts.map((name) => {
      const cells = rows({ days: 60, everyHours: 24, fails: between(30, 35) })
      return named(
        name,
        'AS64501',
        cells.flatMap((one) => Array.from({ length: 20 }, () => one)),
      )
    })
    const owners = {
      ofNetwork: () => undefined,
      ofService: (name: string) => (hosts.includes(name) ? 'Google' : undefined),
    }
    for (const found of [dates(counted)[0], dates(counted, { owners })[0]]) {
      assert.equal(found?.left.outage, 0)
      assert.equal(found.incidents.length, 1)
    }
    const subdomains = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.example.kz`)
    assert.equal(dates(tableOf(['target', ...subdomains]))[0]?.left.outage, 0)
    assert.equal(dates(tableOf(services), { owners: { ...owners, ofService: () => 'Google' } })[0]?.left.outage, 0)
  })

  it('explains nothing where the network has no name, nor while a control or canary passes of a target not measured', () => {
    for (const network of ['', 'KZ'])
      assert.equal(dates(tableOf(services).map((one) => ({ ...one, network })))[0]?.left.outage, 0)
    for (const half of ['control', 'canary'] as const) {
      const up = rows({ days: 14, everyHours: 2, fails: () => true }).map((one) => ({ ...one, target: 'none' as const, [half]: 'ok' as const })) // prettier-ignore
      assert.equal(dates([...tableOf(services), named('line', 'AS64501', up)])[0]?.left.outage, 0)
    }
  })

  it('explains no failure whose control passed, and a known one explains those of its network', () => {
    const controlled = tableOf(services).map((one) => ({
      ...one,
      readings: one.readings.map((reading) => ({ ...reading, control: 'ok' as const })),
    }))
    assert.equal(dates(controlled)[0]?.left.outage, 0)
    const alone = tableOf(['target'])
    const outage = { from: instant(day(6)), until: instant(day(6.25)), network: 'AS64501' }
    assert.equal(dates(alone, { outages: [outage] })[0]?.left.outage, 3)
    assert.equal(dates(alone, { outages: [{ ...outage, network: 'AS64502' }] })[0]?.left.outage, 0)
  })
})

describe('rows without devices', () => {
  it('show a restriction once three days agree, with no device counted', () => {
    const whole = rows({ days: 20, everyHours: 3, fails: between(8, 13) })
    const states = (readings: readonly Reading[]): readonly string[] =>
      dateSeries(readings, { settings, table }).incidents.map(({ found }) => found.state)
    assert.deepEqual(states(whole), ['restricted'])
    assert.deepEqual(states(rows({ days: 20, everyHours: 3, fails: between(8, 9.9) })), ['insufficient'])
    assert.equal(dateSeries(whole, { settings, table }).incidents[0]?.found.probes, 0)
  })

  it('show none of which a part fails: that part may be one device', () => {
    const readings = rows({ days: 20, everyHours: 2, fails: (at, k) => between(8, 14)(at) && k % 2 === 0 })
    for (const { found } of dateSeries(readings, { settings, table }).incidents)
      assert.equal(found.state, 'insufficient')
  })

  it('show none if all are said to be of one device', () => {
    const readings = rows({ days: 20, everyHours: 3, fails: between(8, 13), probe: () => 'mine' })
    assert.deepEqual(
      dateSeries(readings, { settings, table }).incidents.map(({ found }) => found.state),
      ['insufficient'],
    )
  })
})

describe('the weight in a table', () => {
  const three = (fails: (network: number) => (at: number) => boolean, probe?: (k: number) => string) =>
    [1, 2, 3].map((n) =>
      named('target', `AS6450${n}`, rows({ days: 30, everyHours: 1, fails: fails(n), ...(probe && { probe }) })),
    )
  const itemsOf = (
    all: readonly TableSeries[],
    over: Partial<Parameters<typeof dateTable>[1]> = {},
  ): Readonly<Record<string, string>> =>
    Object.fromEntries(
      dates(all, over)[0]?.incidents[0]?.cause.items.map(({ item, outcome }) => [item, outcome] as const) ?? [],
    )

  it('counts uncontrolled failures as the detector does: several lines, how long, how much, and other networks', () => {
    const never = (): boolean => false
    const blocked = three(
      (n) => (n === 1 ? between(10, 16) : never),
      (k) => `p${k % 4}`,
    )
    const items = itemsOf(blocked)
    assert.equal(items['line'], 'several')
    assert.equal(items['owners'], 'one-of-several')
    assert.equal(items['persistence'], 'long')
    assert.equal(items['extent'], 'nearly-all')
    assert.equal(dates(blocked)[0]?.incidents[0]?.cause.word, 'blocking')
  })

  it('weighs rows without devices once: how much of them fails, and neither lines nor extent', () => {
    const never = (): boolean => false
    const blocked = three((n) => (n === 1 ? between(10, 16) : never))
    const items = itemsOf(blocked)
    assert.equal(items['rows'], '95-100')
    assert.equal(items['line'], undefined)
    assert.equal(items['extent'], undefined)
  })

  it('does not call blocking what all networks show at once, nor what one device shows', () => {
    const everywhere = three(
      () => between(10, 16),
      (k) => `p${k % 4}`,
    )
    assert.notEqual(dates(everywhere)[0]?.incidents[0]?.cause.word, 'blocking')
    const one = three(
      (n) => (at) => n === 1 && between(10, 16)(at) && Math.round((at - BEGIN) / HOUR_MS) % 4 === 0,
      (k) => `p${k % 4}`,
    )
    for (const { cause } of dates(one)[0]?.incidents ?? []) assert.notEqual(cause.word, 'blocking')
  })

  it('calls no length short where the series begins restricted: it may have begun long before', () => {
    const readings = rows({ days: 30, everyHours: 4, fails: (_, k) => k < 10, probe: (k) => `p${k % 4}` })
    const all = [named('a', 'AS64501', readings)]
    assert.equal(dates(all)[0]?.incidents.length, 1)
    assert.equal(itemsOf(all)['persistence'], undefined)
    const later = readings.map((one, k) => ({
      ...one,
      target: k >= 50 && k < 60 ? ('fail' as const) : ('ok' as const),
    }))
    assert.equal(itemsOf([named('a', 'AS64501', later)])['persistence'], 'days')
  })

  it('takes hosts of one domain or one listed service for one owner, and an unknown network for none that fails too', () => {
    const failing = rows({ days: 20, everyHours: 1, fails: between(8, 9), probe: (k) => `p${k % 4}` })
    const hosts = ['www.youtube.com', 'm.youtube.com', 'youtube.com'].map((name) => named(name, 'AS64501', failing))
    assert.equal(itemsOf(hosts)['unrelated'], undefined)
    const listed = [...hosts.slice(0, 1), named('youtu.be', 'AS64501', failing)]
    const owners = { ofNetwork: () => undefined, ofService: () => 'Google' }
    assert.equal(itemsOf(listed, { owners })['unrelated'], undefined)
    assert.equal(itemsOf([...hosts, named('example.kz', 'AS64501', failing)])['unrelated'], 'several')
    const networks = ['AS64501', 'AS64502'].map((name) => named('a', name, failing))
    assert.equal(itemsOf(networks)['owners'], undefined)
    assert.equal(itemsOf(networks, { owners: { ...owners, ofNetwork: (name) => name } })['owners'], 'together')
  })

  it('reads whether failures end alike, and pages of one host', () => {
    const readings = rows({
      days: 20,
      everyHours: 2,
      fails: between(8, 13),
      probe: (k) => `p${k % 4}`,
      over: { mechanism: 'tls.timeout.sni' },
    })
    const pages = readings.map((_, k) => (k % 2 === 0 ? 'https://a.example/' : 'https://a.example/b'))
    const items = itemsOf([{ ...named('a', 'AS64501', readings), pages }])
    assert.equal(items['endings'], 'one')
    assert.equal(items['pages'], 'all')
    assert.equal(itemsOf([named('a', 'AS64501', readings)])['pages'], undefined)
  })
})
