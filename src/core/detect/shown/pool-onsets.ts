import { MINUTE_MS } from '../../model/duration.ts'
import type { Edge, Incident, PooledStart } from '../../model/incident/incident.ts'
import { instant, type Instant } from '../../model/units.ts'
import { actionOf } from './group.ts'

// The start of an incident with those of other networks and services taken into account: docs/methods/pooling.md.

/** What is dated to a longer interval takes no part, and none more than so far from the incident: minutes. */
const LONGEST = 360
/** Minutes in which one onset of each incident by itself, and one onset that several share, are expected: far too many. */
const CHANCE = 120
/** Mean minutes from a shared onset until a network follows; each is as probable as the others. */
const LAGS = [1, 4, 15]
/** Share of networks and services that follow, each as probable as the others. */
const SHARES = Array.from({ length: 10 }, (_, k) => (k + 0.5) / 10)
/** How many others are taken into account: the nearest. */
const MOST = 50
/** Minutes before the earliest onset in which a shared one may be. */
const BEFORE = 3 * Math.max(...LAGS)

/** What pooling reads of an incident. */
export type Pooled = Pick<Incident, 'id' | 'service' | 'asn' | 'mechanism' | 'state' | 'start'>

/** Bounds of an onset in whole minutes: of 95 %, of 50 %, and between them the median. */
export type OnsetBounds = readonly [lo95: number, lo50: number, median: number, hi50: number, hi95: number]

/** An onset with others taken into account, and the probability that it is shared with one of them at least. */
export interface PooledOnset {
  readonly together: number
  readonly bounds: OnsetBounds
}

/**
 * The start of an incident with that of others taken into account: of the same service on other networks, and of the best
 * dated other service on its own network, whose mechanism agrees at layer and action. Undefined where there is none.
 * It never leaves the interval of the incident's own start. Pure: the order given does not matter.
 */
export function pooledStart(own: Omit<Pooled, 'id'>, others: readonly Pooled[]): PooledStart | undefined {
  const bounds = boundsOf(own)
  if (bounds === undefined) return undefined
  const near = others.flatMap((one): readonly Placed[] => {
    const onset = actionOf(one) === actionOf(own) ? boundsOf(one) : undefined
    if (onset === undefined || Math.abs(onset[2] - bounds[2]) > LONGEST) return []
    return [{ id: one.id, onset, service: one.service, asn: one.asn }]
  })
  const chosen = [
    ...near.filter(({ service, asn }) => service === own.service && asn !== own.asn),
    // The same devices measure the services of one network: together they say no more than the best dated one.
    ...near
      .filter(({ service, asn }) => service !== own.service && asn === own.asn)
      .toSorted((a, b) => width(a.onset) - width(b.onset) || order(a.id, b.id))
      .slice(0, 1),
  ]
    .toSorted((a, b) => Math.abs(a.onset[2] - bounds[2]) - Math.abs(b.onset[2] - bounds[2]) || order(a.id, b.id))
    .slice(0, MOST)
  if (chosen.length === 0) return undefined
  const { together, bounds: pooled } = poolOnset(
    bounds,
    chosen.map(({ onset }) => onset),
  )
  const [lo95, lo50, median, hi50, hi95] = pooled
  const at = (minute: number): Instant => instant(minute * MINUTE_MS)
  return {
    together: Math.round(together * 1000) / 1000,
    median: at(median),
    lo50: at(lo50),
    hi50: at(hi50),
    lo95: at(lo95),
    hi95: at(hi95),
    incidents: chosen.map(({ id }) => id).toSorted(order),
  }
}

interface Placed {
  readonly id: string
  readonly onset: OnsetBounds
  readonly service: string
  readonly asn: number
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const width = (onset: OnsetBounds): number => onset[4] - onset[0]

/** Bounds of a start that takes part. */
function boundsOf({ state, start }: Pick<Pooled, 'state' | 'start'>): OnsetBounds | undefined {
  const { kind, lo95, lo50, median, hi50, hi95 } = start satisfies Edge
  if (state === 'insufficient' || kind === 'open') return undefined
  if (median === undefined || lo95 === undefined || hi95 === undefined) return undefined
  if (hi95 < lo95 || hi95 - lo95 > LONGEST * MINUTE_MS) return undefined
  const lo = Math.floor(lo95 / MINUTE_MS)
  const hi = Math.ceil(hi95 / MINUTE_MS)
  const inside = (at: number, from: number, until: number): number =>
    Math.min(Math.max(Math.round(at / MINUTE_MS), from), until)
  const middle = inside(median, lo, hi)
  return [
    lo,
    inside(lo50 ?? (lo95 + median) / 2, lo, middle),
    middle,
    inside(hi50 ?? (hi95 + median) / 2, middle, hi),
    hi,
  ]
}

/**
 * λ(t) = λ₀ + A(t)ρ for the onset of one incident, A being what the others show of a shared onset. Its own interval is
 * the likelihood, straight between its bounds and nothing outside.
 */
export function poolOnset(own: OnsetBounds, others: readonly OnsetBounds[]): PooledOnset {
  const first = Math.min(...[own, ...others].map(([lo]) => lo)) - BEFORE
  const size = Math.max(...[own, ...others].map((onset) => onset[4])) - first + 1
  const density = densityOf(own, { first, size })
  const all = others.map((onset) => densityOf(onset, { first, size }))
  let alone = 1
  const shared = new Float64Array(size)
  for (const lag of LAGS) {
    const ratio = Math.exp(-1 / lag)
    const seen = all.map((one) => explained(one, ratio))
    const weight = new Float64Array(size)
    for (let u = 0; u < size; u++) {
      const at = weigh(seen, u)
      weight[u] = at.withOwn / (LAGS.length * CHANCE)
      alone += at.withoutOwn / (LAGS.length * CHANCE)
    }
    let follows = 0
    for (let t = 0; t < size; t++) {
      follows = ratio * follows + (1 - ratio) * weight[t]! // t is below size, here and below
      shared[t] = shared[t]! + CHANCE * density[t]! * follows
    }
  }
  const joined = shared.reduce((sum, one) => sum + one, 0)
  const together = joined / (alone + joined)
  const at = (share: number): number => quantile({ own: density, shared, joined, together }, share)
  const within = (place: number): number => Math.min(Math.max(first + place, own[0]), own[4])
  return {
    together,
    bounds: [
      within(Math.floor(at(0.025))),
      within(Math.floor(at(0.25))),
      within(Math.round(at(0.5))),
      within(Math.ceil(at(0.75))),
      within(Math.ceil(at(0.975))),
    ],
  }
}

/** Probability of each minute, all within the bounds. */
function densityOf(
  onset: OnsetBounds,
  { first, size }: { readonly first: number; readonly size: number },
): Float64Array {
  const density = new Float64Array(size)
  for (const [k, mass] of [0.225, 0.25, 0.25, 0.225].entries()) {
    const [from, until] = [onset[k]! - first, onset[k + 1]! - first] // five bounds
    const minutes = Math.max(1, until - from)
    for (let t = from; t < from + minutes; t++) density[t] = density[t]! + mass / 0.95 / minutes // within the grid
  }
  return density
}

/** How probable an onset is for each minute of a shared one that it follows, by the minute. */
function explained(density: Float64Array, ratio: number): Float64Array {
  const found = new Float64Array(density.length)
  let next = 0
  for (let u = density.length - 1; u >= 0; u--) found[u] = next = (1 - ratio) * density[u]! + ratio * next // u is a place
  return found
}

/**
 * Weight of a shared onset at one minute, relative to none: with the incident and another one at least, or without it and
 * with two others at least.
 */
function weigh(seen: readonly Float64Array[], u: number): { readonly withOwn: number; readonly withoutOwn: number } {
  let withOwn = 0
  let withoutOwn = 0
  for (const share of SHARES) {
    let product = 1
    let odds = 0
    for (const one of seen) {
      const hit = share * CHANCE * one[u]! // u is a place, here and above
      product *= 1 - share + hit
      odds += hit / (1 - share)
    }
    const none = (1 - share) ** seen.length
    withOwn += share * Math.max(0, product - none)
    withoutOwn += (1 - share) * Math.max(0, product - none * (1 + odds))
  }
  return { withOwn: withOwn / SHARES.length, withoutOwn: withoutOwn / SHARES.length }
}

/** Quantile of the mixture: by itself as dated, a fortieth on each bound; shared with others inside the bounds. */
function quantile(
  mixed: {
    readonly own: Float64Array
    readonly shared: Float64Array
    readonly joined: number
    readonly together: number
  },
  share: number,
): number {
  const { own, shared, joined, together } = mixed
  const begins = own.findIndex((mass) => mass > 0)
  let below = (1 - together) * 0.025
  if (below >= share) return begins
  for (let t = begins; t < own.length; t++) {
    const mass = (1 - together) * 0.95 * own[t]! + (joined === 0 ? 0 : (together * shared[t]!) / joined) // t is a place
    if (below + mass >= share - ROUNDING) return mass === 0 ? t : t + Math.min(1, Math.max(0, (share - below) / mass))
    below += mass
  }
  return own.length - 1
}
/** Sums of a thousand parts are not exact. */
const ROUNDING = 1e-9
