// Starts with those of other networks and services taken into account, where the truth is known: how often starts that have
// nothing to do with each other are drawn together, and what those that belong together gain.
import { columnsOf } from '../../src/core/detect/chain/columns.ts'
import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import { detectSeries } from '../../src/core/detect/series/detect-series.ts'
import { pooledStart, type Pooled } from '../../src/core/detect/shown/pool-onsets.ts'
import { HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import { instant, parseAsn } from '../../src/core/model/units.ts'
import type { Figure } from '../run.ts'
import { createDraw } from './draw.ts'
import { REPORTING_SEED } from './families.ts'
import { EPOCH, simulate } from './simulate.ts'

/**
 * How starts of one service on several networks came about: one shared, followed after some minutes; by chance within half
 * an hour or an hour of each other; by chance on one evening; on different evenings; or one series under two names, as two
 * services of one network with the same devices are at worst.
 */
const STORIES = ['shared', 'half-hour', 'hour', 'evening', 'evenings', 'copy'] as const
export type Story = (typeof STORIES)[number]

const DAYS = 4
const SETTINGS = defaultSettings({ draws: 1000 })
/** Seeds of this part: none of a family of series is among them. */
const SEEDS = REPORTING_SEED + 5_000_000
const WORLDS = 240

/** A start as it was dated, and when it was. */
interface Dated {
  readonly one: Pooled
  readonly truth: number
}

/** Hours since the beginning at which the restriction of each of the networks begins. */
function onsetsOf(story: Story, seed: number): readonly number[] {
  const draw = createDraw(seed)
  const drawn = 2 + Math.floor(draw.uniform(0, 5))
  const networks = story === 'copy' ? 1 : story === 'evenings' ? Math.min(drawn, DAYS - 1) : drawn
  const evening = 48 + 20 + draw.normal(0, 0.75)
  const lag = draw.pick([[1, 1 / 3], [5, 1 / 3], [20, 1 / 3]] as const) / 60 // prettier-ignore
  return Array.from({ length: networks }, (_, k) => {
    switch (story) {
      case 'shared':
        return evening + draw.exponential(lag)
      case 'half-hour':
        return evening + draw.uniform(0, 0.5)
      case 'hour':
        return evening + draw.uniform(0, 1)
      case 'evening':
        return 48 + 20 + draw.normal(0, 0.75)
      case 'evenings':
        return 24 * k + 20 + draw.normal(0, 0.75)
      case 'copy':
        return evening
    }
  })
}

/** The dated starts of one world; those that were not found, or not dated, are left out. */
export function worldOf(story: Story, seed: number): readonly Dated[] {
  const draw = createDraw(seed + 1)
  const found = onsetsOf(story, seed).flatMap((from, k): readonly Dated[] => {
    const probes = 2 + Math.floor(draw.uniform(1, 10))
    const blocks = [{ from, until: from + draw.logNormal(3, 0.3), long: false }]
    const { readings } = simulate(seed + 2 + k, { days: DAYS, kind: 'evening', blocks, probes, strangers: 0 })
    const truth = EPOCH + from * HOUR_MS
    const { incidents } = detectSeries(columnsOf(readings), SETTINGS, { until: instant(EPOCH + DAYS * 24 * HOUR_MS) })
    const incident = incidents.find(
      ({ state, start, end }) =>
        state !== 'insufficient' &&
        start.kind === 'dated' &&
        (start.median ?? 0) < truth + 2 * HOUR_MS &&
        (end.median ?? Infinity) > truth,
    )
    if (incident === undefined) return []
    const one = { ...incident, id: `${k}`, service: 'target', asn: parseAsn(64_501 + k) }
    return [{ one, truth }]
  })
  return story === 'copy'
    ? found.flatMap((dated) => [dated, { ...dated, one: { ...dated.one, id: 'copy', service: 'copy' } }])
    : found
}

/** What pooling does to the starts of one story. */
interface Scored {
  readonly starts: number
  /** Shares of the starts that have another one near. */
  readonly half: number
  readonly sure: number
  /** Median more than five minutes further from the truth than the own one: drawn to what it has nothing to do with. */
  readonly drawn: number
  readonly covered: number
  readonly ownCovered: number
  /** Median of the length of the interval over that of the own one, and the mean error over the own one's. */
  readonly length: number
  readonly error: number
}

export function scoreOf(worlds: readonly (readonly Dated[])[]): Scored {
  const pairs = worlds.flatMap((world) =>
    world.flatMap(({ one, truth }) => {
      const pooled = pooledStart(
        one,
        world.map((other) => other.one).filter(({ id }) => id !== one.id),
      )
      return pooled === undefined ? [] : [{ pooled, start: one.start, truth }]
    }),
  )
  const share = (holds: (pair: (typeof pairs)[number]) => boolean): number =>
    pairs.length === 0 ? 0 : pairs.filter(holds).length / pairs.length
  const within = (truth: number, lo = -Infinity, hi = Infinity): boolean =>
    truth >= lo - MINUTE_MS && truth <= hi + MINUTE_MS
  const lengths = pairs
    .map(
      ({ pooled, start }) => (pooled.hi95 - pooled.lo95) / Math.max(MINUTE_MS, (start.hi95 ?? 0) - (start.lo95 ?? 0)),
    )
    .toSorted((a, b) => a - b)
  const error = (at: (pair: (typeof pairs)[number]) => number): number =>
    pairs.reduce((sum, pair) => sum + Math.abs(at(pair) - pair.truth), 0)
  return {
    starts: pairs.length,
    half: share(({ pooled }) => pooled.together >= 0.5),
    sure: share(({ pooled }) => pooled.together >= 0.95),
    drawn: share(
      ({ pooled, start, truth }) =>
        Math.abs(pooled.median - truth) > Math.abs((start.median ?? 0) - truth) + 5 * MINUTE_MS,
    ),
    covered: share(({ pooled, truth }) => within(truth, pooled.lo95, pooled.hi95)),
    ownCovered: share(({ start, truth }) => within(truth, start.lo95, start.hi95)),
    length: lengths[Math.floor(lengths.length / 2)] ?? 1,
    error: pairs.length === 0 ? 1 : error(({ pooled }) => pooled.median) / error(({ start }) => start.median ?? 0),
  }
}

/** Runs every story. */
export async function run({ quick }: { readonly quick: boolean }): Promise<{
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, Scored>>
}> {
  const worlds = quick ? 6 : WORLDS
  const scored = Object.fromEntries(
    STORIES.map((story, s) => [
      story,
      scoreOf(Array.from({ length: worlds }, (_, k) => worldOf(story, SEEDS + s * 100_000 + k * 20))),
    ]),
  ) as Record<Story, Scored>
  const row = (label: string, one: Scored): readonly Figure[] => [
    { figure: label, value: `${one.starts} starts` },
    {
      figure: '  shared with probability ≥ .5, ≥ .95; median over 5 min worse',
      value: `${one.half.toFixed(3)}, ${one.sure.toFixed(3)}; ${one.drawn.toFixed(3)}`,
    },
    { figure: '  95 % interval holds the true start, own interval', value: `${one.covered.toFixed(3)}, ${one.ownCovered.toFixed(3)}` }, // prettier-ignore
    { figure: '  length of the interval, error of the median: over those of the own', value: `${one.length.toFixed(2)}, ${one.error.toFixed(2)}` }, // prettier-ignore
  ]
  return {
    table: [
      ...row('One shared start, followed after 1, 5 or 20 minutes', scored.shared),
      ...row('Starts by chance within half an hour', scored['half-hour']),
      ...row('Starts by chance within an hour', scored.hour),
      ...row('Starts by chance on one evening', scored.evening),
      ...row('Starts on different evenings', scored.evenings),
      ...row('One series under two names', scored.copy),
    ],
    json: scored,
  }
}
