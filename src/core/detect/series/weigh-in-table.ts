import type {
  CauseInput,
  CauseReading,
  NetworkBeside,
  Onset,
  PairReading,
  ServiceBeside,
  TableFacts,
} from '../cause/cause-input.ts'
import type { CountedRows } from '../cause/items-table.ts'
import { observeItems } from '../cause/observe-items.ts'
import type { CauseTable } from '../cause/table.ts'
import { weighCause } from '../cause/weigh.ts'
import { packOutcome } from '../chain/columns.ts'
import type { DetectSettings } from '../chain/settings.ts'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import type { CauseFinding } from '../../model/incident/cause.ts'
import type { DetectedIncident, Edge } from '../../model/incident/incident.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant, parseAsn, type Asn, type Instant } from '../../model/units.ts'
import type { Kind } from '../../model/measured/verdict.ts'
import { meaningOf } from './evidence.ts'
import { dayName } from './outside-series.ts'
import { serviceOwner, type Owners } from './owners.ts'

// The weight of an incident of a table: what the other series of the table show meanwhile is evidence too.

/** How far the weighing looks back: readings around the span, times at which the series was watched. */
const BEFORE = 3 * HOUR_MS
const WATCHED = 14 * DAY_MS

export interface TableSpan {
  readonly from: Instant
  readonly until: Instant
}

/** A series of a table with its incidents. */
export interface Dated {
  readonly service: string
  readonly network: string
  /** As the detector took them. */
  readonly readings: readonly Reading[]
  readonly pages?: readonly string[]
  /** Some reading has a control: a failure without one is missing. */
  readonly controlled: boolean
  readonly nameless: boolean
  readonly incidents: readonly DetectedIncident[]
  /** One for each incident. */
  readonly windows: readonly TableSpan[]
}

/** From when to when an incident is weighed: its medians, or the measurements nearest to them. */
export function tableSpan({ start, end }: DetectedIncident, readings: readonly Reading[]): TableSpan {
  const first = readings[0]?.at ?? instant(0)
  const last = readings.at(-1)?.at ?? first
  return {
    from: start.median ?? start.bracket[1] ?? start.bracket[0] ?? first,
    until: end.median ?? end.bracket[0] ?? end.bracket[1] ?? last,
  }
}

interface Weighed {
  readonly settings: DetectSettings
  readonly table: CauseTable
  readonly owners?: Owners
  readonly found: DetectedIncident
  readonly span: TableSpan
  /** All series of the table. */
  readonly all: readonly Dated[]
}

/** Weighs one incident of a series of a table. */
export function weighInTable(series: Dated, { settings, table, owners, found, span, all }: Weighed): CauseFinding {
  const { readings, network, service } = series
  const inside = (from: number, until: number) => readings.filter(({ at }) => at >= from && at <= until)
  const canaries = inside(span.from, span.until).filter(({ canary }) => canary !== 'none')
  const onset = onsetOf(found.start)
  const networkOwner = (name: string): { readonly owner: string; readonly assumed?: true } => {
    const owner = owners?.ofNetwork(name)
    return owner === undefined ? { owner: name, assumed: true } : { owner }
  }
  const ours = networkOwner(network)
  const others = all.filter((one) => one !== series && one.network !== '' && one.service !== '')
  const observed = observeItems({
    window: span,
    ...(onset === undefined ? {} : { onset }),
    scheduleMinutes: settings.scheduleMinutes,
    readings: inside(span.from - BEFORE, span.until).map((reading) => causeReadingOf(reading, series)),
    watched: inside(span.from - WATCHED, span.from - 1)
      .filter(({ target }) => target !== 'none')
      .map(({ at }) => at),
    earlier: series.windows.filter(({ from }) => from < span.from),
    ...(network === '' ? {} : { networkOwner: ours.owner }),
    ...(network === '' || ours.assumed !== true ? {} : { networkAssumed: true }),
    ...(service === '' ? {} : { serviceOwner: serviceOwner(service, owners) }),
    services: others
      .filter((one) => one.network === network)
      .map((one): ServiceBeside => ({
        ...beside(one, span),
        service: one.service,
        owner: serviceOwner(one.service, owners),
      })),
    networks: others
      .filter((one) => one.service === service)
      .map((one): NetworkBeside => ({
        ...beside(one, span),
        asn: asnOf(one.network),
        ...networkOwner(one.network),
      })),
    ...(canaries.length === 0 ? {} : { canaries: countCanaries(canaries) }),
    table: factsOf(series, found, span),
    extra: [],
  } satisfies CauseInput)
  return weighCause(observed, table, { seed: found.seed, insufficient: found.state === 'insufficient' })
}

const asnOf = (network: string): Asn => parseAsn(/^AS\d{1,9}$/i.test(network) ? network : 0)

/** When an incident began: its 95 % interval, or the raw bracket. */
function onsetOf({ lo95, hi95, bracket: [low, high] }: Edge): Onset | undefined {
  if (lo95 !== undefined && hi95 !== undefined) return { lo: lo95, hi: hi95 }
  return low === undefined || high === undefined ? undefined : { lo: low, hi: high }
}

/** Share of failures from which on another series counts as restricted, and up to which it counts as open. */
const RESTRICTED = 0.5
const OPEN = 0.15

/** Another series in a span; one of which neither can be said counts as not measured. */
function beside(
  one: Dated,
  { from, until }: TableSpan,
): Pick<ServiceBeside, 'measured' | 'probes' | 'restricted' | 'onset'> {
  const told = one.readings
    .filter(({ at }) => at >= from && at <= until)
    .map((reading) => ({ reading, kind: kindOf(reading, one) }))
  const informative = told.filter(({ kind }) => kind !== 'inconclusive')
  const failed = informative.filter(({ kind }) => kind === 'interfered').length
  const share = informative.length === 0 ? 0 : failed / informative.length
  const overlapping = one.incidents.filter((_, i) => one.windows[i]!.from <= until && one.windows[i]!.until >= from) // one for each incident
  const restricted = share >= RESTRICTED
  const onset = restricted && overlapping[0] !== undefined ? onsetOf(overlapping[0].start) : undefined
  return {
    measured: restricted || share <= OPEN ? informative.length : 0,
    probes: new Set(informative.map(({ reading }) => reading.probe)).size,
    restricted,
    ...(onset === undefined ? {} : { onset }),
  }
}

/**
 * Correlation of two rows of one device, or of one day where no device is named: n of them count as n / (1 + (n − 1) ρ),
 * which is never more than five.
 */
const WITHIN = 0.2

function factsOf(series: Dated, { start, end }: DetectedIncident, { from, until }: TableSpan): TableFacts {
  const told = series.readings.flatMap((reading, i) => {
    const kind = kindOf(reading, series)
    const within = reading.at >= from && reading.at <= until && kind !== 'inconclusive'
    return within ? [{ reading, fails: kind === 'interfered', page: series.pages?.[i] ?? '' }] : []
  })
  const failures = told.filter(({ fails }) => fails)
  const first = start.bracket[1] ?? failures[0]?.reading.at
  const last = end.bracket[0] ?? failures.at(-1)?.reading.at
  const daysFailed = new Set(failures.map(({ reading }) => dayName(reading.at))).size
  const clusters = [...Map.groupBy(told, ({ reading }) => `${reading.probe} ${dayName(reading.at)}`).values()]
  const devices = new Set(told.map(({ reading }) => reading.probe)).size
  return {
    ...(series.readings.some(({ artefact }) => artefact) ? {} : { noArtefacts: true }),
    ...(first === undefined || last === undefined
      ? {}
      : {
          lasted: {
            from: first,
            until: last,
            over: start.bracket[0] !== undefined && end.bracket[1] !== undefined,
            daysFailed,
          },
        }),
    ...(devices < 2 || clusters.length === 0
      ? {}
      : {
          rows: {
            ...independentRows(clusters.map((rows) => rows.map(({ fails }) => fails))),
            named: !series.nameless,
          },
        }),
    ...(series.pages === undefined ? {} : { pages: pagesOf(told) }),
  }
}

/** How many rows count as independent and how much of them fails, each cluster (whether each row fails) by itself. */
export function independentRows(clusters: readonly (readonly boolean[])[]): CountedRows {
  const shares = clusters.map((rows) => rows.filter(Boolean).length / rows.length)
  return {
    independent: clusters.reduce((sum, { length }) => sum + length / (1 + (length - 1) * WITHIN), 0),
    share: shares.reduce((sum, share) => sum + share, 0) / shares.length,
  }
}

/** Pages that were measured twice or more, by whether they mostly failed. */
function pagesOf(
  told: readonly { readonly fails: boolean; readonly page: string }[],
): NonNullable<TableFacts['pages']> {
  const groups = [
    ...Map.groupBy(
      told.filter(({ page }) => page !== ''),
      ({ page }) => page,
    ).values(),
  ]
  const known = groups.filter(({ length }) => length >= 2)
  const failing = known.filter((rows) => rows.filter(({ fails }) => fails).length * 2 >= rows.length).length
  return { failing, passing: known.length - failing }
}

const countCanaries = (readings: readonly Reading[]) => ({
  ok: readings.filter(({ canary }) => canary === 'ok').length,
  failed: readings.filter(({ canary }) => canary === 'fail').length,
  probes: new Set(readings.map(({ probe }) => probe)).size,
})

/**
 * What a reading says of the service, as the detector counted it: what it took for a failure is one here too. Not
 * `unreachable` if the control failed as well: a table's control is a control name, not a check from abroad.
 */
function kindOf(reading: Reading, { controlled }: Pick<Dated, 'controlled'>): Kind {
  const { failed, passed } = meaningOf(packOutcome(reading), reading.log10Lr ?? Number.NaN, controlled)
  return failed ? 'interfered' : passed ? 'reachable' : 'inconclusive'
}

/** The halves as a pair; a table's control is the control name of the pair (docs/formats/series.md). */
function pairOf({ target, control }: Reading): PairReading | undefined {
  if (target === 'none' || control === 'none') return undefined
  return `${target === 'ok' ? 'pass' : 'fail'}-${control === 'ok' ? 'pass' : 'fail'}`
}

function causeReadingOf(reading: Reading, series: Dated): CauseReading {
  const pair = pairOf(reading)
  return {
    at: reading.at,
    // A day is not a device.
    probe: series.nameless ? '' : reading.probe,
    version: '',
    kind: kindOf(reading, series),
    ...(reading.mechanism === undefined ? {} : { mechanism: reading.mechanism }),
    facts: [],
    layers: {},
    ...(pair === undefined ? {} : { pair }),
    artefact: reading.artefact,
    slow: reading.target === 'slow',
    ...(reading.id === undefined ? {} : { id: reading.id }),
  }
}
