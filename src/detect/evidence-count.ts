import type { DetectedIncident } from '../model/incident.ts'
import type { Mechanism } from '../model/mechanism.ts'
import type { Bursts } from './bursts.ts'
import { lowerBound, targetOf, type Columns } from './columns.ts'
import type { Points } from './points.ts'
import { createRandom } from './random.ts'
import type { Chain } from './transition.ts'
import { countWitnesses, evidenceOfBurst } from './witnesses.ts'
import { meaningOf } from './evidence.ts'
import { wilson } from './statistics/binomial.ts'
import { quantileSorted } from './statistics/quantile.ts'

/** A series with its bursts at points. */
export interface CountedSeries {
  readonly columns: Columns
  readonly bursts: Bursts
  readonly points: Points
  readonly controlled: boolean
  readonly chain: Chain
}

/** What stands behind an incident, counted between two points, both included. */
export interface Counts extends Pick<
  DetectedIncident,
  'probes' | 'probesFailed' | 'readings' | 'bursts' | 'burstsFailed' | 'share'
> {
  readonly mechanism?: Mechanism
  /** Known probes whose own bursts speak for restriction: the evidence floor. */
  readonly witnesses: number
  readonly artefact: boolean
  /** Share of failed readings that were slow rather than failed. */
  readonly slow: number
}

/** Failed share and number of bursts of one probe. */
interface Cluster {
  failed: number
  bursts: number
}

/** Counts bursts, probes and readings of an incident. Probes nobody knows count as one, and only where no other is known. */
export function countEvidence(series: CountedSeries, [from, to]: readonly [number, number], seed: number): Counts {
  const { bursts, points } = series
  const clusters = new Map<number, Cluster>()
  const failing = new Set<number>()
  const spoken: (readonly [number, readonly number[]])[] = []
  let count = 0
  let burstsFailed = 0
  let artefact = false
  for (let k = from; k <= to; k++) {
    const burst = points.burst[k]! // within the points
    if (burst < 0) continue
    const failed = bursts.failed[burst]! // one for each burst, here and below
    const all = failed + bursts.passed[burst]!
    if (all === 0) continue
    const probe = bursts.probe[burst]!
    const cluster = clusters.get(probe) ?? { failed: 0, bursts: 0 }
    cluster.failed += failed / all
    cluster.bursts++
    clusters.set(probe, cluster)
    count++
    if (probe >= 0) spoken.push([probe, evidenceOfBurst(series.chain, bursts, burst)])
    if (failed > 0) {
      burstsFailed++
      failing.add(probe)
    }
    if (bursts.artefact[burst] === 1) artefact = true
  }
  const known = (probes: Iterable<number>): number => [...probes].filter((probe) => probe >= 0).length
  return {
    probes: known(clusters.keys()) || Math.min(1, clusters.size),
    probesFailed: known(failing) || Math.min(1, failing.size),
    witnesses: countWitnesses(spoken),
    artefact,
    bursts: count,
    burstsFailed,
    share: shareOf([...clusters.values()], seed),
    ...countReadings(series, [from, to]),
  }
}

const RESAMPLES = 200

/** Failed share with its 95 % interval: the wider, on each side, of the bootstrap over probes and Wilson's over bursts. */
function shareOf(clusters: readonly Cluster[], seed: number): DetectedIncident['share'] {
  const bursts = clusters.reduce((sum, cluster) => sum + cluster.bursts, 0)
  if (bursts === 0) return { value: 0, lo95: 0, hi95: 1 }
  const value = clusters.reduce((sum, cluster) => sum + cluster.failed, 0) / bursts
  const random = createRandom(seed)
  const shares = Float64Array.from({ length: RESAMPLES }, () => {
    let failed = 0
    let all = 0
    for (let k = 0; k < clusters.length; k++) {
      const drawn = clusters[Math.floor(random.next() * clusters.length)]! // random.next() < 1
      failed += drawn.failed
      all += drawn.bursts
    }
    return failed / all
  }).toSorted()
  const [lo, hi] = wilson(value * bursts, bursts)
  return {
    value,
    lo95: Math.max(0, Math.min(lo, quantileSorted(shares, 0.025))),
    hi95: Math.min(1, Math.max(hi, quantileSorted(shares, 0.975))),
  }
}

function countReadings(
  { columns, bursts, points, controlled }: CountedSeries,
  [from, to]: readonly [number, number],
): Pick<Counts, 'readings' | 'mechanism' | 'slow'> {
  const start = points.at[from]! // within the points
  const end = points.burst[to]! >= 0 ? bursts.last[points.burst[to]!]! : points.at[to]!
  const seen = new Map<number, number>()
  let readings = 0
  let failed = 0
  let slow = 0
  // k stays below size
  for (let k = lowerBound(columns.at, start); k < columns.size && columns.at[k]! <= end; k++) {
    readings++
    const outcome = columns.outcome[k]!
    if (!meaningOf(outcome, columns.log10Lr[k]!, controlled).failed) continue // k below size
    failed++
    if (targetOf(outcome) === 'slow') slow++
    const mechanism = columns.mechanism[k]! // k below size
    if (mechanism >= 0) seen.set(mechanism, (seen.get(mechanism) ?? 0) + 1)
  }
  const commonest = [...seen].toSorted(([a, n], [b, m]) => m - n || a - b)[0]
  const mechanism = commonest === undefined ? undefined : columns.mechanisms[commonest[0]]
  return { readings, slow: failed === 0 ? 0 : slow / failed, ...(mechanism === undefined ? {} : { mechanism }) }
}
