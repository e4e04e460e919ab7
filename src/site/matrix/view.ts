import { defined } from '../../core/model/defined.ts'
import { isAlwaysShown, serviceName, type Names } from '../../core/text/names.ts'
import { instant, type Asn, type Instant } from '../../core/model/units.ts'
import { KINDS, type Kind } from '../../core/model/measured/verdict.ts'
import type { MatrixCell } from '../../store/warehouse/contract.ts'
import type { NamedEntry } from '../../core/text/sentence/episode.ts'
import type { MatrixView, LatestMeasurement, MatrixEntry, MatrixRow } from './page.ts'
import { entriesOf, entryGoesOn, type IncidentEntry } from '../../core/model/incident/entries.ts'
import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import { isRestriction, periodState } from '../now/period-state.ts'
import type { MarkName } from '../parts/mark.ts'
import { lastDays, type ChosenPeriod } from '../query.ts'

/** Rows and columns of the matrix on the page; the data of the page has them all. */
const MOST_WEB_ROWS = 12
const MOST_NETWORKS = 60

const RESTRICTED: readonly MarkName[] = ['shut', 'part', 'slow']
const keyOf = (one: { readonly service: string; readonly asn: Asn }): string => `${one.service} ${one.asn}`

const noKinds = (): Record<Kind, number> => ({
  reachable: 0,
  interfered: 0,
  unreachable: 0,
  inconclusive: 0,
  'not-judged': 0,
})

const judgedOf = (kinds: Readonly<Record<Kind, number>>): number =>
  kinds.reachable + kinds.interfered + kinds.unreachable + kinds.inconclusive

/** What is known of one service on one network: its counts, and the incidents that restricted it in the period. */
interface Measured {
  readonly cell: MatrixCell
  readonly state: MarkName
}

const entryOf = (found: Measured | undefined): MatrixEntry =>
  found === undefined
    ? { state: 'none', judged: 0, interfered: 0 }
    : { state: found.state, judged: judgedOf(found.cell.kinds), interfered: found.cell.kinds.interfered }

/** Networks with a judged measurement, in the order of the page: most measurements first, the unknown one last. */
function networksOf(cells: readonly MatrixCell[]): readonly Asn[] {
  const counts = new Map<Asn, number>()
  for (const cell of cells) counts.set(cell.asn, (counts.get(cell.asn) ?? 0) + judgedOf(cell.kinds))
  return [...counts]
    .filter(([, judged]) => judged > 0)
    .toSorted(([a, left], [b, right]) => Number(a === 0) - Number(b === 0) || right - left || a - b)
    .map(([asn]) => asn)
}

/** Services in the order of the page: the listed ones, then other sites with most measurements. */
function servicesOf(cells: readonly MatrixCell[], names: Names): { shown: readonly string[]; hidden: number } {
  const measured = new Set(cells.filter((cell) => judgedOf(cell.kinds) > 0).map((cell) => cell.service))
  const always = (one: Names['services'][number]): boolean => isAlwaysShown(one) || measured.has(one.id)
  const listed = new Set(names.services.filter(always).map(({ id }) => id))
  const others = new Map<string, number>()
  for (const cell of cells)
    if (!listed.has(cell.service)) others.set(cell.service, (others.get(cell.service) ?? 0) + judgedOf(cell.kinds))
  const ranked = [...others]
    .filter(([, judged]) => judged > 0)
    .toSorted(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .map(([service]) => service)
  return { shown: [...listed, ...ranked.slice(0, MOST_WEB_ROWS)], hidden: Math.max(0, others.size - MOST_WEB_ROWS) }
}

const isRestricted = ({ state }: Measured): boolean => RESTRICTED.includes(state)

/** State over all networks: the worst restriction on any of them, else what two of three of all measurements saw. */
function rowState(own: readonly Measured[], period: ChosenPeriod): MarkName {
  const kinds = noKinds()
  for (const { cell } of own) for (const kind of KINDS) kinds[kind] += cell.kinds[kind]
  return RESTRICTED.find((state) => own.some((one) => one.state === state)) ?? periodState(kinds, [], period)
}

function rowOf(
  service: string,
  own: readonly Measured[],
  context: { names: Names; networks: readonly Asn[]; chosen: ChosenPeriod },
): MatrixRow {
  const byNetwork = new Map(own.map((one) => [one.cell.asn, one]))
  const latest = own.reduce((newest, { cell }) => Math.max(newest, cell.latest), 0)
  return {
    service,
    name: serviceName(context.names, service),
    state: rowState(own, context.chosen),
    restrictedNetworks: own.filter(isRestricted).length,
    measuredNetworks: own.filter(({ cell }) => judgedOf(cell.kinds) > 0).length,
    // Devices of several networks may be one person's, so that their sum could count one person five times.
    devices: own.reduce((most, { cell }) => Math.max(most, cell.probes), 0),
    ...(latest === 0 ? {} : { latest: instant(latest) }),
    entries: context.networks.map((asn) => entryOf(byNetwork.get(asn))),
  }
}

export interface MatrixContext {
  readonly chosen: ChosenPeriod
  readonly names: Names
  readonly latest: readonly LatestMeasurement[]
  /** Every incident as it is spoken of now; absent: none is kept. */
  readonly incidents?: readonly Incident[]
  /** Entries of the page, newest start first. */
  readonly entries?: readonly NamedEntry[]
  /** Nothing was measured in the three hours before. */
  readonly silent: boolean
  /** Last instant of all data, for the offered periods. */
  readonly lastData: Instant
}

type ShownDays = Pick<MatrixContext, 'chosen' | 'lastData'>

/** Whether the chosen days ended before the newest data. */
const isOver = ({ chosen, lastData }: ShownDays): boolean => chosen.until <= lastData

/** What the page lists: of days that are over their restrictions, else what goes on now. */
export const listedEntries = (
  incidents: readonly Incident[],
  episodes: readonly Episode[],
  days: ShownDays,
): readonly IncidentEntry[] =>
  isOver(days)
    ? entriesOf(incidents, episodes, (one) => isRestriction(one, days.chosen))
    : entriesOf(incidents, episodes).filter(entryGoesOn)

/** Arranges the cells of a period for the page of the matrix. */
export function matrixView(cells: readonly MatrixCell[], context: MatrixContext): MatrixView {
  const { chosen, names } = context
  const all = networksOf(cells)
  const networks = all.slice(0, MOST_NETWORKS)
  const { shown, hidden } = servicesOf(cells, names)
  const incidents = Map.groupBy(context.incidents ?? [], keyOf)
  const measured = cells.map((cell): Measured => {
    const own = (incidents.get(keyOf(cell)) ?? []).filter((one) => one.simulated === cell.simulated)
    return { cell, state: periodState(cell.kinds, own, chosen) }
  })
  const byService = Map.groupBy(measured, ({ cell }) => cell.service)
  return {
    days: chosen.days,
    period: { first: chosen.since, last: instant(chosen.until - 1) },
    networks: networks.map((asn) => ({ asn, name: names.networkName(asn) ?? '' })),
    rows: shown.map((service) => rowOf(service, byService.get(service) ?? [], { names, networks, chosen })),
    hiddenServices: hidden,
    restrictedNetworks: all.filter((asn) => measured.some((one) => one.cell.asn === asn && isRestricted(one))).length,
    measuredNetworks: all.length,
    measurements: cells.reduce((sum, cell) => sum + judgedOf(cell.kinds), 0),
    latest: context.latest,
    choices: [1, 7, 30].map((count) => ({ count, days: lastDays(context.lastData, count).days })),
    isOver: isOver(context),
    ...defined({ entries: context.entries }),
    silent: context.silent,
    simulated:
      cells.some((cell) => cell.simulated) ||
      (context.entries ?? []).some(({ incidents }) => incidents.some(({ incident }) => incident.simulated)),
  }
}
