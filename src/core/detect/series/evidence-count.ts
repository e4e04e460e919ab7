import type { DetectedIncident } from '../../model/incident/incident.ts'
import type { Mechanism } from '../../model/measured/mechanism.ts'
import type { Bursts } from './bursts.ts'
import { lowerBound, targetOf, type Columns } from '../chain/columns.ts'
import type { Points } from '../chain/points.ts'
import { createRandom } from '../chain/random.ts'
import type { Chain } from '../chain/transition.ts'
import { countWitnesses, evidenceOfBurst } from './witnesses.ts'
import { meaningOf } from './evidence.ts'
import { wilson } from '../../model/measured/wilson.ts'
import { quantileSorted } from '../statistics/quantile.ts'

/** A series with its bursts at points. */
export interface CountedSeries {
  readonly columns: Columns
  readonly bursts: Bursts
  readonly points: Points
  readonly controlled: boolean
  readonly chain: Chain
}

/** What stands behind an incident, counted between two points, both included. */
export interface EvidenceCounts extends Pick<
  DetectedIncident,
  'probes' | 'probesFailed' | 'readings' | 'bursts' | 'burstsFailed' | 'share'
> {
  readonly mechanism?: Mechanism
  /** Known probes whose own bursts speak for restriction: the evidence floor. */
  readonly witnesses: number
  readonly artefact: boolean
  /** Share of failed readings that were slow rather than failed: the mean over the devices with failed ones. */
  readonly slow: number
}

/** Failed share and number of bursts of one probe. */
interface Cluster {
  failed: number
  bursts: number
}

/** Counts bursts, probes and readings of an incident. Unknown probes count as one, and only where no other is known. */
export function countEvidence(
  series: CountedSeries,
  [from, to]: readonly [number, number],
  seed: number,
): EvidenceCounts {
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

/**
 * Failed share with its 95 % interval: the mean over devices of the failed share of each. A device weighs by its bursts, and at
 * most as the middle one of the devices does. The interval is the wider, on each side, of the bootstrap over devices and
 * Wilson's over devices.
 */
function shareOf(clusters: readonly Cluster[], seed: number): DetectedIncident['share'] {
  const devices = clusters.length
  if (devices === 0) return { value: 0, lo95: 0, hi95: 1 }
  const most = clusters.map(({ bursts }) => bursts).toSorted((a, b) => a - b)[(devices - 1) >> 1]! // one device at least
  const weighed = clusters.map(({ failed, bursts }) => {
    const weight = Math.min(bursts, most)
    return { weight, failed: (failed / bursts) * weight }
  })
  const meanOf = (of: (k: number) => number): number => {
    let failed = 0
    let all = 0
    for (let k = 0; k < devices; k++) {
      const one = weighed[of(k)]! // an index below the number of devices
      failed += one.failed
      all += one.weight
    }
    return failed / all
  }
  const value = meanOf((k) => k)
  const random = createRandom(seed)
  const shares = Float64Array.from({ length: RESAMPLES }, () =>
    meanOf(() => Math.floor(random.next() * devices)),
  ).toSorted()
  const [lo, hi] = wilson(value * devices, devices)
  return {
    value,
    lo95: Math.max(0, Math.min(lo, quantileSorted(shares, 0.025))),
    hi95: Math.min(1, Math.max(hi, quantileSorted(shares, 0.975))),
  }
}

/** What failed of one device inside an incident. */
interface Failures {
  failed: number
  slow: number
  readonly mechanisms: Map<number, number>
}

function countReadings(
  { columns, bursts, points, controlled }: CountedSeries,
  [from, to]: readonly [number, number],
): Pick<EvidenceCounts, 'readings' | 'mechanism' | 'slow'> {
  const start = points.at[from]! // within the points
  const end = points.burst[to]! >= 0 ? bursts.last[points.burst[to]!]! : points.at[to]!
  const devices = new Map<number, Failures>()
  let readings = 0
  // k stays below size
  for (let k = lowerBound(columns.at, start); k < columns.size && columns.at[k]! <= end; k++) {
    readings++
    const outcome = columns.outcome[k]!
    if (!meaningOf(outcome, columns.log10Lr[k]!, controlled).failed) continue // k below size
    const device = columns.probe[k]! // k below size
    const seen: Failures = devices.get(device) ?? { failed: 0, slow: 0, mechanisms: new Map() }
    devices.set(device, seen)
    seen.failed++
    if (targetOf(outcome) === 'slow') seen.slow++
    const mechanism = columns.mechanism[k]! // k below size
    if (mechanism >= 0) seen.mechanisms.set(mechanism, (seen.mechanisms.get(mechanism) ?? 0) + 1)
  }
  const failing = [...devices.values()]
  const commonest = mostFrequent(countAll(failing.flatMap(({ mechanisms }) => mostFrequent(mechanisms) ?? [])))
  const mechanism = commonest === undefined ? undefined : columns.mechanisms[commonest]
  const slow = failing.reduce((sum, one) => sum + one.slow / one.failed, 0)
  return {
    readings,
    slow: failing.length === 0 ? 0 : slow / failing.length,
    ...(mechanism === undefined ? {} : { mechanism }),
  }
}

/** The value that occurs most often; of several the lowest. Each device names its own: none outvotes another by number. */
const mostFrequent = (counts: ReadonlyMap<number, number>): number | undefined =>
  [...counts].toSorted(([a, n], [b, m]) => m - n || a - b)[0]?.[0]

function countAll(values: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
