import { HOUR_MS, WEEK_MS } from '../../core/model/duration.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import { instant, type Asn, type Instant } from '../../core/model/units.ts'
import type { WeekBar } from '../charts/weeks.ts'

// How much was restricted since a day. Nothing is counted twice: stretches of time that overlap are one.

/** More bars than this are not read: beyond it four weeks are one. */
const MOST_WEEKS = 106

/** A span of time, half open. */
interface Stretch {
  readonly from: number
  readonly until: number
}

/** Hours by the middles of the edges, and with every edge at its inner or outer 95 % bound. */
export interface HoursBounds {
  readonly least: number
  readonly middle: number
  readonly most: number
}

export interface HoursTally {
  readonly incidents: number
  readonly hours: HoursBounds
}

/** Conclusions about the cause that are counted, each separately; `insufficient` is not. */
export const COUNTED_WORDS = ['blocking', 'not-determined', 'fault'] as const
export type CountedWord = (typeof COUNTED_WORDS)[number]

export interface HoursQuestion {
  readonly since: Instant
  readonly until: Instant
  /** Restrictions: words `blocking` and `not-determined`; a technical fault is none. */
  readonly restricted: HoursTally
  readonly byWord: Readonly<Record<CountedWord, HoursTally>>
  /** Of the restrictions; most hours first. */
  readonly byService: readonly (HoursTally & { readonly service: string })[]
  readonly byNetwork: readonly (HoursTally & { readonly asn: Asn })[]
  readonly weeks: readonly WeekBar[]
  /** Restrictions whose start or end is not known: only the time between first and last failed measurement counts. */
  readonly openEdges: number
  readonly insufficient: number
  readonly withdrawn: number
}

/** Length of spans of time in hours, each point in time once. */
export function totalHours(stretches: readonly Stretch[]): number {
  let [sum, reached] = [0, -Infinity]
  for (const { from, until } of stretches.toSorted((a, b) => a.from - b.from)) {
    sum += Math.max(0, until - Math.max(from, reached))
    reached = Math.max(reached, until)
  }
  return sum / HOUR_MS
}

const BOUNDS = ['least', 'middle', 'most'] as const
type Bounded = Readonly<Record<(typeof BOUNDS)[number], Stretch>>

/**
 * Where an edge is at the earliest, in the middle and at the latest; for an open one the measurement nearest to it.
 */
function edgeOf(edge: Edge, side: 'start' | 'end', running: boolean): readonly [number, number, number] | undefined {
  const [before, after] = edge.bracket
  if (edge.kind === 'open' || edge.median === undefined || (side === 'end' && running)) {
    const known = side === 'start' ? (after ?? before) : (before ?? after)
    return known === undefined ? undefined : [known, known, known]
  }
  return [edge.lo95 ?? before ?? edge.median, edge.median, edge.hi95 ?? after ?? edge.median]
}

/** An incident as three spans, each within the period; undefined where its time is not known. */
function boundedOf(incident: Incident, { since, until }: Period): Bounded | undefined {
  const start = edgeOf(incident.start, 'start', incident.running)
  const end = edgeOf(incident.end, 'end', incident.running)
  if (start === undefined || end === undefined) return undefined
  const within = (from: number, to: number): Stretch => {
    const first = Math.min(Math.max(from, since), until)
    return { from: first, until: Math.max(first, Math.min(to, until)) }
  }
  return { least: within(start[2], end[0]), middle: within(start[1], end[1]), most: within(start[0], end[2]) }
}

interface Period {
  readonly since: Instant
  readonly until: Instant
}

interface Counted {
  readonly incident: Incident
  readonly word: CountedWord
  readonly spans: Bounded
}

const tallyOf = (list: readonly Counted[]): HoursTally => {
  const [least, middle, most] = BOUNDS.map((bound) => totalHours(list.map(({ spans }) => spans[bound])))
  return { incidents: list.length, hours: { least: least ?? 0, middle: middle ?? 0, most: most ?? 0 } }
}

/** Whether an incident was there after the beginning of a period: it began in it, or lasted into it. */
const touches = ({ most }: Bounded, { since, until }: Period): boolean => most.until > since && most.from < until

const isInsufficient = ({ state, cause }: Incident): boolean =>
  state === 'insufficient' || cause.word === 'insufficient'

/**
 * Counts incidents and hours of a period: those of the given services, or of all. An incident that lasts into the
 * period counts from its beginning on. Hours of several networks or services at one time are counted once. The bounds
 * take every edge at its 95 % bound at once, so that they are wider than 95 %.
 */
export function reckon(
  incidents: readonly Incident[],
  { services, ...period }: Period & { readonly services?: readonly string[] | undefined },
): HoursQuestion {
  const about = incidents.flatMap((incident) => {
    if (services !== undefined && !services.includes(incident.service)) return []
    const spans = boundedOf(incident, period)
    return spans !== undefined && touches(spans, period) ? [{ incident, spans }] : []
  })
  const standing = about.filter(({ incident }) => !incident.withdrawn)
  const counted = standing.flatMap(({ incident, spans }): Counted[] => {
    const { word } = incident.cause
    return isInsufficient(incident) || word === 'insufficient' ? [] : [{ incident, spans, word }]
  })
  const restricted = counted.filter(({ word }) => word !== 'fault')
  const ofWord = (word: CountedWord): readonly Counted[] => counted.filter((one) => one.word === word)
  return {
    ...period,
    restricted: tallyOf(restricted),
    byWord: {
      blocking: tallyOf(ofWord('blocking')),
      'not-determined': tallyOf(ofWord('not-determined')),
      fault: tallyOf(ofWord('fault')),
    },
    byService: grouped(restricted, ({ incident }) => incident.service).map(([service, own]) => ({
      service,
      ...tallyOf(own),
    })),
    byNetwork: grouped(restricted, ({ incident }) => incident.asn).map(([asn, own]) => ({ asn, ...tallyOf(own) })),
    weeks: weeksOf(restricted, period),
    openEdges: restricted.filter(({ incident }) => incident.start.kind === 'open' || incident.end.kind === 'open')
      .length,
    insufficient: standing.filter(({ incident }) => isInsufficient(incident)).length,
    withdrawn: about.length - standing.length,
  }
}

/** Groups with the most hours first. */
function grouped<Key>(
  list: readonly Counted[],
  keyOf: (one: Counted) => Key,
): readonly (readonly [Key, readonly Counted[]])[] {
  const groups = new Map<Key, Counted[]>()
  for (const one of list) {
    const known = groups.get(keyOf(one))
    if (known === undefined) groups.set(keyOf(one), [one])
    else known.push(one)
  }
  const hours = (own: readonly Counted[]): number => totalHours(own.map(({ spans }) => spans.middle))
  return [...groups].toSorted(([, a], [, b]) => hours(b) - hours(a))
}

function weeksOf(list: readonly Counted[], { since, until }: Period): readonly WeekBar[] {
  const count = Math.max(0, Math.ceil((until - since) / WEEK_MS))
  const step = count > MOST_WEEKS ? 4 * WEEK_MS : WEEK_MS
  return Array.from({ length: Math.ceil((count * WEEK_MS) / step) }, (_, index) => {
    const bin = { from: since + index * step, until: Math.min(until, since + (index + 1) * step) }
    const inside = (bound: (typeof BOUNDS)[number], chosen: readonly Counted[]): number =>
      totalHours(
        chosen.flatMap(({ spans }) => {
          const from = Math.max(spans[bound].from, bin.from)
          const end = Math.min(spans[bound].until, bin.until)
          return end > from ? [{ from, until: end }] : []
        }),
      )
    const blocking = inside(
      'middle',
      list.filter(({ word }) => word === 'blocking'),
    )
    return {
      from: instant(bin.from),
      until: instant(bin.until),
      blocking,
      other: inside('middle', list) - blocking,
      most: inside('most', list),
      measured: list.some(({ spans }) => spans.most.from < bin.until && spans.most.until > bin.from),
    }
  })
}
