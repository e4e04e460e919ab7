import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Demand } from '../model/demand.ts'
import { InputError } from '../model/errors.ts'
import { momentBounds } from '../model/moment.ts'
import { formatAsn, formatInstantUtc, instant, type Instant } from '../model/units.ts'
import type { IncidentStore } from '../store/incidents/contract.ts'
import type { Clock } from '../sys/clock.ts'
import type { OutsideRecord } from '../sys/record.ts'
import { LANGS } from '../text/lang.ts'
import { HOME_ZONE, zonedParts } from '../text/time.ts'
import type { LastData } from './last-data.ts'
import { serviceName, type Names } from './matrix-view.ts'
import type { Frame } from './pages/frame.ts'
import { ifItContinuesPage, type DemandsView, type ReckonedDemand } from './pages/if-it-continues.ts'
import { answerPage } from './respond.ts'
import { COUNTED_WORDS, reckon, type Tally } from './restricted-hours.ts'

export interface DemandPagesOptions {
  readonly record: OutsideRecord
  readonly incidents: Pick<IncidentStore, 'current'>
  readonly names: Names
  readonly frame: Frame
  readonly clock: Clock
  readonly lastData: LastData
}

/** Adds `/kk/if-it-continues` with its sisters, and the same figures for programs. */
export function addDemandPages(site: Hono, options: DemandPagesOptions): void {
  for (const lang of LANGS)
    site.get(`/${lang}/if-it-continues`, async (c) =>
      answerPage(c, ifItContinuesPage(lang, await demandsView(options)), options.frame),
    )
  site.get('/api/v1/demands', async (c) => {
    const format = formatOf(c)
    const view = await demandsView(options)
    return format === 'csv'
      ? c.body(demandsCsv(view), 200, {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': 'attachment; filename="kuager-demands.csv"',
        })
      : c.json(demandsBody(view))
  })
}

const querySchema = z.strictObject({ format: z.enum(['json', 'csv']).optional() })

function formatOf(c: Context): 'json' | 'csv' {
  const parsed = querySchema.safeParse(c.req.query())
  if (parsed.success) return parsed.data.format ?? 'json'
  const known = parsed.error.issues[0]?.path[0] === 'format'
  throw new InputError(`Cannot read query, ${known ? 'format' : 'unknown part'}: not as expected`, {
    code: known ? 'query.invalid' : 'query.unknown',
    path: known ? 'format' : 'query',
    expected: known ? 'json or csv' : 'only format',
  })
}

const DAY = 86_400_000

/** First instant of a day of Kazakhstan, `2026-03-05`. */
function localMidnight(day: string): Instant {
  const utc = momentBounds(day).from
  const { year, month, day: date, hour, minute, second } = zonedParts(utc, HOME_ZONE)
  return instant(utc - (Date.UTC(year, month - 1, date, hour, minute, second) - utc))
}

/**
 * From when is counted: the time of the demand; of one known by its day alone the end of that day in Kazakhstan, so that
 * nothing counts that may have happened before.
 */
export const countedSince = ({ at }: Demand): Instant =>
  at.length > 10
    ? momentBounds(at).from
    : localMidnight(new Date(momentBounds(at).from + DAY).toISOString().slice(0, 10))

async function demandsView(options: DemandPagesOptions): Promise<DemandsView> {
  const { record, names, clock } = options
  const { simulated } = record
  const all = record.demands.length === 0 ? [] : await options.incidents.current()
  const incidents = all.filter((one) => one.simulated === simulated)
  const measuredUntil = record.demands.length === 0 ? undefined : await options.lastData()
  // A simulated world ends with its data; the real one goes on whether it is measured or not.
  const until = simulated && measuredUntil !== undefined ? measuredUntil : clock.now()
  return {
    demands: record.demands.toReversed().map((demand): ReckonedDemand => {
      const since = instant(Math.min(countedSince(demand), until))
      return { demand, reckoning: reckon(incidents, { since, until, services: demand.services }) }
    }),
    ...(measuredUntil === undefined ? {} : { measuredUntil }),
    serviceNames: new Map([
      ...names.services.map(({ id, name }) => [id, name] as const),
      ...incidents.map(({ service }) => [service, serviceName(names, service)] as const),
    ]),
    networkName: (asn) => names.networkName(asn),
    simulated,
  }
}

const encodeTally = ({ incidents, hours }: Tally): Record<string, unknown> => ({
  incidents,
  hours: hours.middle,
  hours_least: hours.least,
  hours_most: hours.most,
})

/** Body of `/api/v1/demands`: snake_case, times in UTC, hours with their bounds. */
const demandsBody = ({ demands, measuredUntil, simulated }: DemandsView): object => ({
  simulated,
  measured_until_utc: measuredUntil === undefined ? null : formatInstantUtc(measuredUntil),
  demands: demands.map(({ demand, reckoning }) => ({
    id: demand.id,
    at: demand.at,
    who: demand.who,
    text: demand.text,
    quote: demand.quote ?? null,
    services: demand.services ?? null,
    source: demand.source,
    counted_since_utc: formatInstantUtc(reckoning.since),
    counted_until_utc: formatInstantUtc(reckoning.until),
    restricted: encodeTally(reckoning.restricted),
    by_word: Object.fromEntries(COUNTED_WORDS.map((word) => [word, encodeTally(reckoning.byWord[word])])),
    by_service: reckoning.byService.map(({ service, ...tally }) => ({ service, ...encodeTally(tally) })),
    by_network: reckoning.byNetwork.map(({ asn, ...tally }) => ({ network: formatAsn(asn), ...encodeTally(tally) })),
    weeks: reckoning.weeks.map(({ from, until, blocking, other, most }) => ({
      from_utc: formatInstantUtc(from),
      until_utc: formatInstantUtc(until),
      hours_blocking: blocking,
      hours_not_determined: other,
      hours_most: most,
    })),
    not_counted: { insufficient: reckoning.insufficient, withdrawn: reckoning.withdrawn },
    open_edges: reckoning.openEdges,
  })),
})

/** A cell of RFC 4180. What a table program would take for a formula gets an apostrophe before it. */
function cell(value: string | number): string {
  const text = typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : value
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const COLUMNS = ['simulated', 'demand', 'since_utc', 'until_utc', 'group', 'name', 'incidents', 'hours', 'hours_least']

function demandsCsv({ demands, simulated }: DemandsView): string {
  const rows = demands.flatMap(({ demand, reckoning }) => {
    const span = [formatInstantUtc(reckoning.since), formatInstantUtc(reckoning.until)]
    const line = (group: string, name: string, { incidents, hours }: Tally): readonly (string | number)[] => [
      String(simulated),
      demand.id,
      ...span,
      group,
      name,
      incidents,
      hours.middle,
      hours.least,
      hours.most,
    ]
    return [
      line('all', '', reckoning.restricted),
      ...COUNTED_WORDS.map((word) => line('word', word, reckoning.byWord[word])),
      ...reckoning.byService.map((one) => line('service', one.service, one)),
      ...reckoning.byNetwork.map((one) => line('network', formatAsn(one.asn), one)),
    ]
  })
  return [[...COLUMNS, 'hours_most'], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}
