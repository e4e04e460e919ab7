import { MINUTE_MS } from '../../model/duration.ts'
import type { Edge, Episode, Incident } from '../../model/incident/incident.ts'
import type { Asn } from '../../model/units.ts'
import { createRandom, type Random } from '../chain/random.ts'

/** Onsets this near to each other in half of the joint draws are one onset. */
const NEAR = 30 * MINUTE_MS
const LEAST_SHARE = 0.5
const DRAWS = 400
/** Beyond this distance of onsets nothing is chained: only a direct overlap of intervals joins. */
const CHAIN = 360 * MINUTE_MS

/** What grouping reads of an incident. */
export type Grouped = Pick<
  Incident,
  'id' | 'service' | 'asn' | 'mechanism' | 'state' | 'start' | 'end' | 'running' | 'seed' | 'withdrawn'
>

/** The onset of one incident, or of a group: bounds of its 95 % interval and draws from its quantiles. */
interface Onset {
  readonly lo: number
  readonly hi: number
  readonly middle: number
  /** Drawn when first asked for: most pairs of onsets are distinguished by their bounds. */
  readonly draws: () => Float64Array
}

/** Incidents that are one restriction so far, with the onset of each. */
interface Group {
  readonly members: readonly Grouped[]
  readonly onsets: readonly Onset[]
  readonly mechanism: string
}

/**
 * Groups incidents of one time into episodes: first one service over networks, then services. Two incidents belong
 * together when their mechanism agrees at layer and action and their onset intervals overlap, or their onsets lie within
 * 30 minutes in at least half of the joint draws; a chain of such pairs never joins onsets more than six hours apart
 * that do not overlap themselves. Withdrawn and insufficient incidents and those without a dated onset belong to no
 * episode. Episodes by start; ids and contents do not depend on the order given. Method: docs/methods/episodes.md.
 */
export function groupEpisodes(incidents: readonly Grouped[]): readonly Episode[] {
  const singles = incidents
    .filter(({ withdrawn, state, start }) => !withdrawn && state !== 'insufficient' && start.median !== undefined)
    .toSorted((a, b) => byTime(a, b) || order(a.id, b.id))
    .map(single)
  const byService = [...Map.groupBy(singles, ({ members }) => members[0]?.service).values()].flatMap(joinNear)
  return joinNear(byService.toSorted(byOnset))
    .map(episodeOf)
    .toSorted((a, b) => order(a.id, b.id))
    .toSorted(byStart)
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byTime = (a: Pick<Grouped, 'start'>, b: Pick<Grouped, 'start'>): number =>
  (a.start.median ?? 0) - (b.start.median ?? 0)
const byStart = (a: Episode, b: Episode): number => byTime(a, b)
const earliest = ({ onsets }: Group): number => Math.min(...onsets.map(({ middle }) => middle))
const byOnset = (a: Group, b: Group): number =>
  earliest(a) - earliest(b) || order(a.members[0]?.id ?? '', b.members[0]?.id ?? '')

/** Layer and action of a mechanism (`tls.timeout` of `tls.timeout.sni`); throttling has one of its own. */
export function actionOf({ mechanism, state }: Pick<Grouped, 'mechanism' | 'state'>): string {
  if (mechanism !== undefined) return mechanism.split('.').slice(0, 2).join('.')
  return state === 'throttled' ? 'throttle' : ''
}

function single(incident: Grouped): Group {
  return { members: [incident], onsets: [onsetOf(incident)], mechanism: actionOf(incident) }
}

/** The seed of an incident's own draws: of its seed and id, so that two incidents draw independently. */
function seedOf({ id, seed }: Grouped): number {
  let hash = seed >>> 0
  for (const letter of id) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x0100_0193) >>> 0
  return hash
}

function onsetOf(incident: Grouped): Onset {
  const { median, lo95, hi95, lo50, hi50 } = incident.start
  const middle = median ?? 0 // groupEpisodes() keeps dated onsets alone
  const [lo, hi] = [Math.min(lo95 ?? middle, middle), Math.max(hi95 ?? middle, middle)]
  const points = [
    [0.025, lo],
    [0.25, Math.min(Math.max(lo50 ?? (lo + middle) / 2, lo), middle)],
    [0.5, middle],
    [0.75, Math.max(Math.min(hi50 ?? (hi + middle) / 2, hi), middle)],
    [0.975, hi],
  ] as const
  let known: Float64Array | undefined
  const draws = (): Float64Array => {
    const random = createRandom(seedOf(incident))
    return (known ??= Float64Array.from({ length: DRAWS }, () => drawn(points, random)))
  }
  return { lo, hi, middle, draws }
}

/** A draw from five quantiles, straight between them; the two outer fortieths lie on the bounds. */
function drawn(points: readonly (readonly [number, number])[], random: Random): number {
  const u = random.next()
  const place = points.findIndex(([p]) => p >= u)
  const above = points[place] ?? points[points.length - 1]! // there are five
  const below = points[place - 1]
  if (below === undefined || place < 0) return above[1]
  return below[1] + ((u - below[0]) / (above[0] - below[0])) * (above[1] - below[1])
}

const overlap = (a: Onset, b: Onset): boolean => a.lo <= b.hi && b.lo <= a.hi

function near(a: Onset, b: Onset): boolean {
  if (overlap(a, b)) return true
  if (Math.max(a.lo - b.hi, b.lo - a.hi) > NEAR) return false
  const [first, second] = [a.draws(), b.draws()]
  let count = 0
  for (let k = 0; k < DRAWS; k++) if (Math.abs(first[k]! - second[k]!) <= NEAR) count++ // both hold all draws
  return count >= LEAST_SHARE * DRAWS
}

/** Whether two groups are one: some pair of onsets is near, and no pair beyond six hours lacks a direct overlap. */
function belong(a: Group, b: Group): boolean {
  if (a.mechanism !== b.mechanism) return false
  const pairs = a.onsets.flatMap((first) => b.onsets.map((second) => [first, second] as const))
  return (
    pairs.some(([first, second]) => near(first, second)) &&
    pairs.every(([first, second]) => Math.abs(first.middle - second.middle) <= CHAIN || overlap(first, second))
  )
}

/** Joins groups, sorted by onset: each goes to the earliest group it belongs to. */
function joinNear(sorted: readonly Group[]): readonly Group[] {
  const joined: Group[] = []
  let open = 0
  for (const next of sorted) {
    // Groups whose last bound lies further back than the chain can reach are closed.
    while (open < joined.length && latest(joined[open]!) < earliestBound(next) - CHAIN) open++
    let place = open
    while (place < joined.length && !belong(joined[place]!, next)) place++
    const group = joined[place]
    if (group === undefined) joined.push(next)
    else
      joined[place] = {
        mechanism: group.mechanism,
        members: [...group.members, ...next.members],
        onsets: [...group.onsets, ...next.onsets],
      }
  }
  return joined
}

const latest = ({ onsets }: Group): number => Math.max(...onsets.map(({ hi }) => hi))
const earliestBound = ({ onsets }: Group): number => Math.min(...onsets.map(({ lo }) => lo))

function episodeOf({ members, mechanism }: Group): Episode {
  const sorted = members.toSorted((a, b) => byTime(a, b) || order(a.id, b.id))
  const services = [...new Set(sorted.map(({ service }) => service))].toSorted(order)
  const asns = [...new Set(sorted.map(({ asn }) => asn))].toSorted((a, b) => a - b)
  const first = sorted[0]! // a group holds at least one incident
  return {
    // Named after its earliest incident, which is named after its own first failure.
    id: `episode-${first.id}`,
    incidents: sorted.map(({ id }) => id),
    services,
    asns,
    start: first.start,
    end: lastEnd(sorted),
    ...(mechanism !== '' && { mechanism }),
    rule: ruleOf(sorted, { services, asns }),
  }
}

/** The end of the incident that ends last; open while one of them goes on. */
function lastEnd(members: readonly Grouped[]): Edge {
  const running = members.find(({ running, end }) => running || end.median === undefined)
  if (running !== undefined) return running.end
  return members.reduce((last, { end }) => ((end.median ?? 0) > (last.median ?? 0) ? end : last), members[0]!.end) // one at least
}

interface Matrix {
  readonly services: readonly string[]
  readonly asns: readonly Asn[]
}

/**
 * The plain rule "services on networks": a tree of depth two over the matrix network × service. Exact where every
 * service of the episode is restricted on every network of it; else the largest full rectangle that starts from the
 * networks of one service, and the rest is said not to fit.
 */
function ruleOf(members: readonly Grouped[], { services, asns }: Matrix): Episode['rule'] {
  const cells = new Set(members.map(({ service, asn }) => `${service} ${asn}`))
  const has = (service: string, asn: Asn): boolean => cells.has(`${service} ${asn}`)
  if (cells.size === services.length * asns.length) return { services, asns, exact: true }
  const rectangles = services.flatMap((service) => {
    const its = asns.filter((asn) => has(service, asn))
    const full = services.filter((other) => its.every((asn) => has(other, asn)))
    return [{ services: full, asns: its }]
  })
  const columns = asns.map((asn) => {
    const its = services.filter((service) => has(service, asn))
    return { services: its, asns: asns.filter((other) => its.every((service) => has(service, other))) }
  })
  const size = (rule: Matrix): number => rule.services.length * rule.asns.length
  const best = [...rectangles, ...columns].reduce((most, rule) => (size(rule) > size(most) ? rule : most))
  return { ...best, exact: false }
}
