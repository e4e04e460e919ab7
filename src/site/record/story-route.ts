import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import { isAlwaysShown, serviceName, type Names } from '../../core/text/names.ts'
import { InputError } from '../../core/model/errors.ts'
import { momentBounds } from '../../core/model/moment.ts'
import { entriesOf, entryBegan, entryGoesOn } from '../../core/model/incident/entries.ts'
import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import type { Order, Reported, Statement } from '../../core/model/tables/record.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { bareEntry, type NamedEntry } from '../../core/text/sentence/episode.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import type { OutsideRecord } from '../../runtime/tables/record.ts'
import { LANGS } from '../../core/text/lang.ts'
import { HOME_ZONE, zonedParts } from '../../core/text/time.ts'
import { homeMidnight } from '../../core/text/home-day.ts'
import { namedEntries } from '../incident/route.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Pictures } from '../cards/pictures.ts'
import { addPageChart, takePageChart, type ChartRoute } from '../take/page-chart.ts'
import { entryDays } from './page/entry-days.ts'
import { incidentsIn } from './page/measured-month.ts'
import { chroniclePage, yearsChart, type ChronicleEntry, type ChronicleView } from './page/chronicle.ts'
import type { Frame } from '../../web/html/frame.ts'
import { coursePage, courseView } from './page/course.ts'
import { ordersPage, type OrdersView } from './page/orders.ts'
import { answerPage } from '../respond.ts'

export interface StoryPagesOptions {
  readonly record: OutsideRecord
  readonly incidents: Pick<IncidentStore, 'current' | 'episodes'>
  /** Tells a year without incidents from one without measurements. */
  readonly warehouse: Pick<Warehouse, 'matrix'>
  readonly names: Names
  readonly frame: Frame
  readonly clock: Pick<Clock, 'now'>
  readonly pictures: Pictures | undefined
}

/** Adds `/kk/chronicle` and `/kk/orders` with their sisters. */
export function addStoryPages(site: Hono, options: StoryPagesOptions): void {
  const { clock, frame, pictures } = options
  const counted = async (c: Context): Promise<ChronicleView> => {
    const [current, episodes] = await Promise.all([options.incidents.current(), options.incidents.episodes()])
    const view = chronicleView(options, { current, episodes }, chosenService(c))
    return { ...view, counts: await measuredYears(view, options) }
  }
  const find: ChartRoute['find'] = async (lang, c) => yearsChart(lang, await counted(c), clock.now())
  addPageChart(site, { pattern: 'years', find }, { frame, pictures })
  for (const lang of LANGS) {
    site.get(`/${lang}/chronicle`, async (c) => {
      const view = await counted(c)
      const takeYears = await takePageChart(lang, yearsChart(lang, view, clock.now()), { frame, pictures })
      return answerPage(c, chroniclePage(lang, { ...view, takeYears }), frame)
    })
    site.get(`/${lang}/chronicle/:id`, (c) => {
      const view = courseView(options.record, c.req.param('id'))
      return view === undefined ? c.notFound() : answerPage(c, coursePage(lang, view), options.frame)
    })
    site.get(`/${lang}/orders`, (c) => answerPage(c, ordersPage(lang, ordersView(options)), options.frame))
  }
}

// What the record calls a service is any text of it; markup in it is shown as text.
const chosenSchema = z.strictObject({
  service: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]*$/u)
    .optional(),
})

function chosenService(c: Context): string | undefined {
  const parsed = chosenSchema.safeParse(c.req.query())
  if (parsed.success) return parsed.data.service
  const known = parsed.error.issues[0]?.path[0] === 'service'
  throw new InputError(`Cannot read query, ${known ? 'service' : 'unknown part'}: not as expected`, {
    code: known ? 'query.invalid' : 'query.unknown',
    path: known ? 'service' : 'query',
    expected: known ? 'a service such as youtube' : 'only service',
  })
}

/** Whether an entry about these services belongs to the chronicle of one: the whole internet holds every service. */
const about = (services: readonly string[], chosen: string | undefined): boolean =>
  chosen === undefined || services.includes(chosen) || services.includes('all')

const servicesOf = ({ claims }: Statement): readonly string[] => claims.flatMap(({ services }) => services)

/** First moment of an entry, by which it is filed; a row of which only the latest moment is known stands by that. */
const filedReported = ({ onset }: Reported): string => onset[0] ?? onset[1] ?? ''

interface Dated {
  readonly at: number
  readonly year: number
  readonly entry: ChronicleEntry
}

/** Year of a moment as it is printed: times by the clock of Kazakhstan, days, months and years as they are. */
function dated(moment: string, entry: ChronicleEntry): readonly Dated[] {
  if (moment === '') return []
  const { from } = momentBounds(moment)
  const year = moment.length > 10 ? zonedParts(from, HOME_ZONE).year : Number(moment.slice(0, 4))
  return [{ at: from, year, entry }]
}

/** Measured entries by the month in which they began by the clock of Kazakhstan. */
function byMonth(entries: readonly NamedEntry[]): readonly Dated[] {
  const months = Map.groupBy(entries, (entry) => {
    const { year, month } = zonedParts(instant(entryBegan(bareEntry(entry))), HOME_ZONE)
    return `${year}-${String(month).padStart(2, '0')}`
  })
  return [...months].map(([month, own]): Dated => ({
    // Where its newest entry is; what is ongoing is before everything else.
    at: Math.max(...own.map(bareEntry).map((one) => (entryGoesOn(one) ? Infinity : entryBegan(one)))),
    year: Number(month.slice(0, 4)),
    entry: { kind: 'measured', measured: { month, entries: own } },
  }))
}

/** Number of entries of one kind; measured ones are counted by incidents, not by month. */
const weightOf = (entry: ChronicleEntry): number => (entry.kind === 'measured' ? incidentsIn(entry.measured).length : 1)

function chronicleView(
  { record, names }: StoryPagesOptions,
  { current: incidents, episodes }: { readonly current: readonly Incident[]; readonly episodes: readonly Episode[] },
  chosen: string | undefined,
): ChronicleView {
  const shown = incidents.filter(
    (one) => one.simulated === record.simulated && !one.withdrawn && anchor(one) !== undefined,
  )
  const measured = shown.filter(({ service }) => about([service], chosen))
  const measuredEntries = namedEntries(
    entriesOf(shown, episodes, ({ service }) => about([service], chosen)),
    names,
  )
  const rows = record.chronicle.filter(({ services }) => about(services, chosen))
  const statements = record.statements.filter((one) => about(servicesOf(one), chosen))
  const orders = record.orders.filter(({ scope }) => about(scope, chosen))
  const entries = [
    ...rows.flatMap((row) => dated(filedReported(row), { kind: 'reported', row })),
    ...statements.flatMap((statement) => dated(statement.at, { kind: 'statement', statement })),
    ...orders.flatMap((order) => dated(order.at ?? '', { kind: 'order', order })),
    ...byMonth(measuredEntries),
  ].toSorted((a, b) => (b.at === a.at ? 0 : b.at - a.at))
  const years = [...new Set(entries.map(({ year }) => year))].toSorted((a, b) => b - a)
  return {
    years: years.map((year) => ({
      year: String(year),
      entries: entries.filter((one) => one.year === year).map(({ entry }) => entry),
    })),
    undated: orders.filter(({ at }) => at === undefined),
    counts: countsOf(entries),
    services: frequent(
      record,
      incidents.filter(({ simulated }) => simulated === record.simulated),
    ),
    ...defined({ chosen }),
    serviceNames: namesOf(names, measured),
    days: entryDays(measuredEntries),
    simulated: record.simulated,
  }
}

/** Entries of every year from the first to the last, empty ones too: a gap must be seen. */
function countsOf(entries: readonly Dated[]): ChronicleView['counts'] {
  if (entries.length === 0) return []
  const years = entries.map(({ year }) => year)
  const [first, last] = [Math.min(...years), Math.max(...years)]
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const of = { reported: 0, statement: 0, order: 0, measured: 0 }
    for (const { year, entry } of entries) if (year === first + index) of[entry.kind] += weightOf(entry)
    return { year: first + index, of, isMeasured: of.measured > 0 }
  })
}

const yearStart = (year: number): Instant => homeMidnight(`${year}-01-01`)

/** Years with whether anything was measured in them, of the chosen service where there is one. */
async function measuredYears(
  { counts, chosen }: ChronicleView,
  { warehouse, record: { simulated } }: StoryPagesOptions,
): Promise<ChronicleView['counts']> {
  const known: ChronicleView['counts'][number][] = []
  for (const one of counts) {
    const period = { since: yearStart(one.year), until: yearStart(one.year + 1) }
    const cells = one.isMeasured ? [] : await warehouse.matrix(period)
    const own = cells.filter(({ service }) => about([service], chosen))
    known.push({ ...one, isMeasured: one.isMeasured || own.some((cell) => cell.simulated === simulated) })
  }
  return known
}

/** Services that can be chosen: those of which more than one entry speaks, the most spoken of first. */
function frequent(record: OutsideRecord, incidents: readonly Incident[]): readonly string[] {
  const counts = new Map<string, number>()
  const lists = [
    ...record.chronicle.map(({ services }) => services),
    ...record.statements.map((one) => [...new Set(servicesOf(one))]),
    ...record.orders.map(({ scope }) => scope),
    ...incidents.map(({ service }) => [service]),
  ]
  for (const id of lists.flat()) counts.set(id, (counts.get(id) ?? 0) + 1)
  counts.delete('all')
  return [...counts]
    .filter(([, count]) => count > 1)
    .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .slice(0, MOST_SERVICES)
    .map(([id]) => id)
}

/** Services offered at most. */
const MOST_SERVICES = 16

const namesOf = (names: Names, incidents: readonly Incident[]): ReadonlyMap<string, string> =>
  new Map([
    ...names.services.map(({ id, name }) => [id, name] as const),
    ...incidents.map(({ service }) => [service, serviceName(names, service)] as const),
  ])

/** What acts name, and which of the listed services none of them names. */
function ordersView({ record, names }: StoryPagesOptions): OrdersView {
  const known = new Map(names.services.map(({ id, name }) => [id, name]))
  const namedBy = new Map<string, Order[]>()
  for (const order of record.orders)
    for (const scope of new Set(order.scope)) {
      const list = namedBy.get(scope)
      if (list === undefined) namedBy.set(scope, [order])
      else list.push(order)
    }
  const idOf = (scope: string): string | undefined => [scope, `web:${scope}`].find((id) => known.has(id))
  return {
    orders: record.orders.toSorted((a, b) => sortKey(b) - sortKey(a)),
    scopes: [...namedBy]
      .map(([scope, orders]) => ({ scope, orders, service: idOf(scope) }))
      .toSorted((a, b) => (a.scope < b.scope ? -1 : 1)),
    unnamed: names.services
      .filter((one) => isAlwaysShown(one) && !namedBy.has(one.id) && !one.id.includes(':'))
      .map(({ name }) => name),
    serviceNames: known,
    simulated: record.simulated,
  }
}

/** Acts with a day come first, the newest of them before the others. */
const sortKey = ({ at }: Order): number => (at === undefined ? -Infinity : momentBounds(at).from)
