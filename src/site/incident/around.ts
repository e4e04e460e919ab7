import { DAY_MS, WEEK_MS } from '../../core/model/duration.ts'
import { axisWindow, anchor, goesOn, lastKnown } from '../../core/model/incident/bounds.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import type { JudgedClaim } from '../../core/model/incident/claim.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { encodeIncident } from '../../core/model/incident/incident-wire.ts'
import { momentBounds, type MomentBounds } from '../../core/model/moment.ts'
import type { OthersRecord } from '../../core/model/tables/others.ts'
import type { Order, OutsideEvent, Statement } from '../../core/model/tables/record.ts'
import { parseSha256, type Instant, type Sha256 } from '../../core/model/units.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { quote } from '../../core/text/sentence/verdict.ts'
import { formatDate, formatDateTime, HOME_ZONE } from '../../core/text/time.ts'
import { axisPicture, type AxisView } from '../charts/axis-marks.ts'
import type { Draw } from '../charts/drawings.ts'
import { slowMarked } from '../last-failed.ts'
import { AXIS_SHAPES, axisNaming } from './page/figure.ts'
import type { StatementEntry } from './page/shown.ts'
import type { Reading } from '../../core/model/measured/reading.ts'

// What surrounds an incident on its page: its canonical bytes, its time axis, the record of those days.

/** The bytes of `/api/v1/incident/<id>`: RFC 8785, so that their SHA-256 can be cited and checked by anyone. */
export const canonicalIncident = (incident: Incident): string => encodeCanonical(encodeIncident(incident))

/** SHA-256 of the canonical bytes of one revision. */
export async function digestOf(incident: Incident): Promise<Sha256> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonicalIncident(incident)))
  return parseSha256(Buffer.from(digest).toString('hex'))
}

/** The record next to the measurements; simulated and real ones are never mixed on one page. */
export interface SiteRecord {
  readonly events: readonly OutsideEvent[]
  readonly statements: readonly Statement[]
  /** Acts on restriction as lists have them; they are real even if the measurements are simulated. */
  readonly orders?: readonly Order[]
  /** What OONI and IODA measured, from files. */
  readonly others?: OthersRecord
  readonly simulated: boolean
  /** Whether its files are damaged, so that an earlier version is shown; absent: they are not. */
  readonly isDamaged?: () => boolean
  /** Whether a file of `others` is set aside; absent: none is. */
  readonly lacksOthers?: () => boolean
}

/** How claims of statements stand against the measurements and for which reason, by id of the claim. */
export type Findings = ReadonlyMap<string, Pick<JudgedClaim, 'finding' | 'reason'>>

/** Measurements around an incident from unknown senders: counted separately, and in nothing else. */
export const apartOf = (
  { service, asn, simulated }: Incident,
  { from, until }: { readonly from: Instant; readonly until: Instant },
  warehouse: Pick<Warehouse, 'apart'>,
): Promise<number> => warehouse.apart(service, asn, { since: from, until, simulated })

/** Whether a statement may be about a service at a time: it makes no claim of other services or other days alone. */
function concerns(
  { claims }: Statement,
  service: string,
  span: { readonly from: number; readonly until: number },
): boolean {
  if (claims.length === 0) return true
  return claims.some(({ services, since, until }) => {
    // Days of a claim are local ones, which begin before those of UTC; a few hours too many do no harm here.
    const from = since === undefined ? -Infinity : momentBounds(since).from - DAY_MS / 4
    const end = until === undefined ? Infinity : momentBounds(until).until
    return (services.length === 0 || services.includes(service)) && from <= span.until && end >= span.from
  })
}

interface NearStatement {
  readonly statement: Statement
  readonly bounds: MomentBounds
}

/** Statements of a day before to a week after an incident, oldest first, as the chronicle lists them. */
export function statementsOfDays(incident: Incident, record: SiteRecord | undefined): readonly NearStatement[] {
  const [first, last] = [anchor(incident), lastKnown(incident)]
  if (record === undefined || first === undefined || record.simulated !== incident.simulated) return []
  return record.statements
    .map((statement) => ({ statement, bounds: momentBounds(statement.at) }))
    .filter(({ bounds }) => bounds.until >= first - DAY_MS && bounds.from <= (last ?? first) + WEEK_MS)
    .filter(({ bounds }) => bounds.until - bounds.from <= DAY_MS)
    .toSorted((a, b) => a.bounds.from - b.bounds.from)
}

/** Those of them that may be about the incident; the ones with an hour are numbered. */
export function statementsAround(
  lang: Lang,
  incident: Incident,
  { record, findings }: { readonly record: SiteRecord | undefined; readonly findings?: Findings },
): readonly (StatementEntry & { readonly at: Instant })[] {
  const [first, last] = [anchor(incident), lastKnown(incident)]
  if (first === undefined) return []
  const near = statementsOfDays(incident, record).filter(({ statement }) =>
    concerns(statement, incident.service, { from: first, until: last ?? first }),
  )
  let numbered = 0
  return near.map(({ statement, bounds }) => {
    const exact = bounds.until - bounds.from < DAY_MS
    if (exact) numbered++
    return {
      at: bounds.from,
      ...(exact ? { number: numbered } : {}),
      when: exact ? formatDateTime(lang, bounds.from) : formatDate(lang, bounds.from, 'UTC'),
      who: statement.who[lang],
      words: wordsOf(lang, statement),
      checked: statement.source.checked,
      claims: statement.claims.flatMap((claim) => {
        const judged = findings?.get(claim.id)
        if (judged === undefined) return []
        const { finding, reason } = judged
        return [{ text: claim.text[lang], finding, reason, ofActing: claim.test === 'no-measures' }]
      }),
    }
  })
}

/** The words of a speaker as they were said; in another language than the page's, with what they say in short. */
function wordsOf(lang: Lang, { quote: said, summary }: Statement): string {
  if (said === undefined) return summary[lang]
  const words = quote(said.lang, said.text)
  return said.lang === lang ? words : say(lang, 'incident.statement-original', { quote: words, summary: summary[lang] })
}

/**
 * What an axis is drawn from; `of` is the revision as published and whether it is the newest, by default the incident.
 */
export interface AxisSources {
  readonly readings: Warehouse['readings']
  readonly record: SiteRecord | undefined
  readonly of?: { readonly published: Incident; readonly isNewest: boolean }
}

/** Everything on the time axis; undefined where the incident has no time. */
export async function axisOf(
  lang: Lang,
  incident: Incident,
  { readings, record, of = { published: incident, isNewest: true } }: AxisSources,
): Promise<AxisView | undefined> {
  const window = axisWindow(incident)
  if (window === undefined) return undefined
  const { from, until } = window
  const held = await readings(incident.service, incident.asn, { since: from, until, simulated: incident.simulated })
  const drawn = drawnOf(of.published, held, of.isNewest)
  const events = record === undefined || record.simulated !== incident.simulated ? [] : record.events
  return {
    from,
    until,
    zone: HOME_ZONE,
    start: incident.start,
    end: incident.end,
    running: goesOn(incident),
    ...(incident.state === 'throttled' ? { slowed: true } : {}),
    readings: slowMarked(drawn.readings, incident),
    later: drawn.later,
    curve: incident.curve,
    events: events.flatMap((event) => {
      const bounds = momentBounds(event.start)
      // A day without an hour has no place on an axis of hours.
      if (bounds.until - bounds.from >= DAY_MS) return []
      const end = event.end === undefined ? bounds.until : momentBounds(event.end).from
      return end < from || bounds.from > until ? [] : [{ label: event.label[lang], from: bounds.from, until: end }]
    }),
    statements: statementsAround(lang, incident, { record }).flatMap(({ number, at }) =>
      number === undefined || at < from || at > until ? [] : [{ number, at }],
    ),
  }
}

/** Both renderings of an axis as SVG; none where there is nothing to draw. */
export async function drawingsOf(
  lang: Lang,
  axis: AxisView,
  { simulated, draw }: { readonly simulated: boolean; readonly draw: Draw },
): Promise<readonly string[]> {
  if (axis.readings.length === 0) return []
  return Promise.all(
    AXIS_SHAPES.map((shape) =>
      draw({
        kind: 'axis',
        lang,
        picture: axisPicture(axis, shape),
        naming: axisNaming(lang, axis, { simulated, shape }),
      }),
    ),
  )
}

/** An incident names at most so many measurements; of more it names a sample, which tells nothing of the others. */
const MOST_NAMED = 2000

/** What the axis of one revision draws. */
interface DrawnAxis {
  readonly readings: readonly Reading[]
  /** Measurements of the time of the incident that the revision does not count: they arrived after it. */
  readonly later: number
}

/**
 * Tells the measurements that a revision counts from those that arrived after it. The newest revision draws all that are
 * held; an earlier one only what it was made from, so that its figures and its drawing say the same.
 */
function drawnOf(published: Incident, held: readonly Reading[], isNewest: boolean): DrawnAxis {
  const named = new Set<string>(published.measurements)
  if (named.size === 0 || named.size >= MOST_NAMED) return { readings: held, later: 0 }
  const { from, until } = entrySpan(published)
  const isLater = ({ at, id }: Reading): boolean => at >= from && at <= until && id !== undefined && !named.has(id)
  const later = held.filter(isLater).length
  if (isNewest) return { readings: held, later }
  return { readings: held.filter((one) => one.at <= published.revisedAt && !isLater(one)), later }
}

/** From when to when a measurement counts in an incident, by the outermost of its bounds; one that runs has no end. */
function entrySpan({ start, end, running }: Incident): { readonly from: number; readonly until: number } {
  const known = (times: readonly (number | undefined)[]): readonly number[] => times.filter((one) => one !== undefined)
  return {
    from: Math.min(...known([start.lo95, start.bracket[0], start.median, start.bracket[1]])),
    until: running ? Infinity : Math.max(...known([end.median, end.bracket[0], end.bracket[1], end.hi95])),
  }
}
