import { defined } from '../../core/model/defined.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { isAlwaysShown, serviceName, type Names } from '../../core/text/names.ts'
import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import { instant, type Asn, type Instant } from '../../core/model/units.ts'
import type { MeasuredDay, RecentSeries } from '../../store/warehouse/contract.ts'
import { dayAfter, homeDay, homeMidnight, midnightBefore } from '../../core/text/home-day.ts'
import { cellAt, covers, presentBefore, type CellAt } from './cell-at.ts'
import { strongestFirst } from './strongest-first.ts'
import type { LastData } from '../last-data.ts'
import { rememberLastFailed, withLastFailed, type LastFailed } from '../last-failed.ts'
import type { SiteOptions } from '../site-options.ts'

/** Days that strips show, today among them. */
export const BOARD_DAYS = 30

export interface BoardNetwork {
  readonly asn: Asn
  readonly name: string
}

export interface BoardService {
  readonly id: string
  readonly name: string
}

/** What is known now of all services on all networks: made once for many readers. */
export interface Board {
  /** The present that the states speak of: now, and of a simulated folder the time of its newest data. */
  readonly asOf: Instant
  readonly simulated: boolean
  /** Time of the newest measurement; absent where there is none. */
  readonly newest?: Instant
  /** Until when running incidents are known to go on, where their revisions do not say it yet. */
  readonly lastFailed: LastFailed
  /** Services that are always shown, in their order, then others that an incident restricts now. */
  readonly services: readonly BoardService[]
  /** Networks measured in the days of the board: most devices now first, then most measurements. */
  readonly networks: readonly BoardNetwork[]
  /** Incidents that restrict something now, the strongest evidence first. */
  readonly running: readonly Incident[]
  /** Episodes of the latest detection. */
  readonly episodes: readonly Episode[]
  cell(service: string, asn: Asn): CellAt
  /** What the devices of a series saw last, in the three hours before; absent where nothing was measured. */
  recent(service: string, asn: Asn): RecentSeries | undefined
  /**
   * Whether nothing of a service, of a network or of all was measured in the three hours before: then nothing is known
   * now.
   */
  isSilent(of?: { readonly service?: string | undefined; readonly asn?: Asn | undefined }): boolean
  /**
   * Services measured on a network in the days of the board, or restricted there by an incident that is not withdrawn,
   * in no order.
   */
  servicesOn(asn: Asn): readonly string[]
  /** First midnight of the days of the strips, in the home zone. */
  readonly since: Instant
  /** Measured hours of a series by day from `since`; empty where nothing was measured. */
  measured(service: string, asn: Asn): readonly MeasuredDay[]
  /** Incidents of a series that are not withdrawn, in no order. */
  incidents(service: string, asn: Asn): readonly Incident[]
}

/** What a board is made from. */
export interface BoardParts {
  readonly asOf: Instant
  readonly simulated: boolean
  readonly newest?: Instant
  readonly since: Instant
  readonly recent: readonly RecentSeries[]
  readonly measured: readonly MeasuredDay[]
  readonly incidents: readonly Incident[]
  /** Absent: none. */
  readonly episodes?: readonly Episode[]
  /** Absent: none is known of but what the revisions say. */
  readonly lastFailed?: LastFailed
  readonly names: Names
}

/** First midnight of the thirty days that end with the day of an instant. */
export const firstMidnight = (at: Instant): Instant => homeMidnight(dayAfter(homeDay(at), 1 - BOARD_DAYS))

const keyOf = (one: { readonly service: string; readonly asn: Asn }): string => `${one.service} ${one.asn}`

/** Arranges what was measured and detected. */
export function makeBoard(parts: BoardParts): Board {
  const { asOf, simulated, names, lastFailed = new Map() } = parts
  const standing = parts.incidents
    .filter((one) => !one.withdrawn && one.simulated === simulated)
    .map((one) => withLastFailed(one, lastFailed))
  const recent = new Map(parts.recent.map((one) => [keyOf(one), one]))
  const measured = Map.groupBy(parts.measured, keyOf)
  const incidents = Map.groupBy(standing, keyOf)
  // Not by the flag of a revision, which speaks of when that was made: by what was seen up to now, as in the cells.
  const running = standing.filter((one) => covers(one, asOf)).toSorted(strongestFirst)
  const cells = new Map<string, CellAt>()
  return {
    asOf,
    simulated,
    ...defined({ newest: parts.newest }),
    lastFailed,
    services: servicesOf(names, running),
    networks: networksOf(parts),
    running,
    episodes: parts.episodes ?? [],
    cell: (service, asn) => {
      const key = keyOf({ service, asn })
      const known = cells.get(key)
      if (known !== undefined) return known
      const cell = cellAt(asOf, { recent: recent.get(key), incidents: incidents.get(key) ?? [] })
      const latest = cell.latest ?? newestOf(measured.get(key) ?? [])
      const full = latest === undefined ? cell : { ...cell, latest }
      if (measured.has(key)) cells.set(key, full)
      return full
    },
    servicesOn: (asn) => [
      ...new Set([...parts.measured, ...standing].filter((one) => one.asn === asn).map(({ service }) => service)),
    ],
    recent: (service, asn) => recent.get(keyOf({ service, asn })),
    isSilent: ({ service, asn } = {}) =>
      !parts.recent.some(
        (one) => (service === undefined || one.service === service) && (asn === undefined || one.asn === asn),
      ),
    since: parts.since,
    measured: (service, asn) => measured.get(keyOf({ service, asn })) ?? [],
    incidents: (service, asn) => incidents.get(keyOf({ service, asn })) ?? [],
  }
}

const newestOf = (days: readonly MeasuredDay[]): Instant | undefined =>
  days.length === 0 ? undefined : instant(Math.max(...days.map(({ latest }) => latest)))

function servicesOf(names: Names, running: readonly Incident[]): readonly BoardService[] {
  const listed = names.services.filter(isAlwaysShown).map(({ id, name }) => ({ id, name }))
  const known = new Set(listed.map(({ id }) => id))
  const others = new Set(running.map(({ service }) => service).filter((service) => !known.has(service)))
  return [...listed, ...[...others].map((id) => ({ id, name: serviceName(names, id) }))]
}

function networksOf({ recent, measured, names }: BoardParts): readonly BoardNetwork[] {
  const devices = new Map<Asn, number>()
  for (const one of recent) devices.set(one.asn, Math.max(devices.get(one.asn) ?? 0, one.devices))
  const counts = new Map<Asn, number>()
  for (const one of measured) counts.set(one.asn, (counts.get(one.asn) ?? 0) + one.measurements)
  return [...new Set([...devices.keys(), ...counts.keys()])]
    .filter((asn) => asn !== 0)
    .toSorted(
      (a, b) => (devices.get(b) ?? 0) - (devices.get(a) ?? 0) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a - b,
    )
    .map((asn) => ({ asn, name: names.networkName(asn) ?? '' }))
}

/** How long a board is given out without looking again. */
const FRESH_MS = 30_000
/** How old it may be while the next one is made; then readers wait for it. */
const MOST_STALE_MS = 120_000
/** Days before today are read less often: only late measurements change them. */
const PAST_MS = 600_000

type BoardOptions = Pick<SiteOptions, 'warehouse' | 'incidents' | 'names' | 'clock' | 'log'>

/**
 * Gives the board, made at most every half minute for all readers together: while the next one is made, the last one
 * is given out. Where it cannot be made, the last one is used for two minutes; then the error goes to the caller.
 */
export function openBoard(options: BoardOptions, lastData: LastData): () => Promise<Board> {
  const { clock, log } = options
  const read = readBoard(options, lastData)
  let known: { readonly board: Board; readonly at: number } | undefined
  let making: Promise<Board> | undefined
  const make = (): Promise<Board> =>
    (making ??= read()
      .then((board) => {
        known = { board, at: clock.monotonic() }
        return board
      })
      .finally(() => (making = undefined)))
  return async () => {
    const age = known === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() - known.at
    if (known === undefined || age > MOST_STALE_MS) return make()
    if (age > FRESH_MS) make().catch((error: unknown) => log.error({ error }, 'the first screen could not be rebuilt'))
    return known.board
  }
}

/** Reads what a board needs. Measured hours of the days before today are remembered for a while. */
function readBoard(options: BoardOptions, lastData: LastData): () => Promise<Board> {
  const { warehouse, incidents, names, clock } = options
  const failed = rememberLastFailed(warehouse, clock)
  let past: { readonly key: string; readonly days: readonly MeasuredDay[]; readonly until: number } | undefined
  const measuredSince = async (since: Instant, asOf: Instant, simulated: boolean): Promise<readonly MeasuredDay[]> => {
    const today = midnightBefore(asOf)
    const key = `${since} ${today} ${simulated}`
    if (past?.key !== key || clock.monotonic() >= past.until) {
      const days = await warehouse.measuredHours({ since, until: today, simulated })
      past = { key, days, until: clock.monotonic() + PAST_MS }
    }
    const offset = Math.round((today - since) / DAY_MS)
    const own = await warehouse.measuredHours({ since: today, until: asOf, simulated })
    return [...past.days, ...own.map((one) => ({ ...one, day: one.day + offset }))]
  }
  return async () => {
    const { asOf, simulated, newest } = await presentOf(options, lastData)
    const since = firstMidnight(asOf)
    const [recent, measured, current, episodes] = await Promise.all([
      warehouse.recent({ ...presentBefore(asOf), simulated }),
      measuredSince(since, asOf, simulated),
      incidents?.current() ?? [],
      incidents?.episodes() ?? [],
    ])
    const lastFailed = await failed(current, asOf)
    const parts = { asOf, simulated, since, recent, measured, incidents: current, episodes, lastFailed, names }
    return makeBoard(newest === undefined ? parts : { ...parts, newest })
  }
}

/**
 * Real data speak of now, however old they are; simulated ones of their own time, and only where no real ones are
 * newer.
 */
async function presentOf(
  { warehouse, clock }: BoardOptions,
  lastData: LastData,
): Promise<{ readonly asOf: Instant; readonly simulated: boolean; readonly newest?: Instant }> {
  const now = clock.now()
  const real = await warehouse.recent({ ...presentBefore(now), simulated: false })
  if (real.length > 0)
    return { asOf: now, simulated: false, newest: instant(Math.max(...real.map(({ latest }) => latest))) }
  const last = await lastData()
  const after = instant(last + 1)
  const cells = await warehouse.matrix({ since: last, until: after })
  if (cells.length === 0) return { asOf: now, simulated: false }
  return cells.some((cell) => !cell.simulated)
    ? { asOf: now, simulated: false, newest: last }
    : { asOf: after, simulated: true, newest: last }
}
