import { detectThrottling, type Throttling } from '../../src/core/detect/series/throttle.ts'
import type { Figure } from '../run.ts'
import { type MadePairs, makePairs, type ThrottleWorld } from './throttle-world.ts'

const SETTINGS = { scheduleMinutes: 15, seed: 1 }
/** Nothing is said before a baseline exists: these days of a quiet year are watched for nothing. */
const BLIND_DAYS = 8
const EVENING = 80

interface Counted {
  readonly alarms: number
  readonly years: number
}

/** Slownesses found in worlds where nothing was slowed, or nothing but the server. */
function countAlarms(worlds: readonly ThrottleWorld[]): Counted {
  return worlds.reduce<Counted>(
    ({ alarms, years }, world) => ({
      alarms: alarms + detectThrottling(makePairs(world).pairs, SETTINGS).length,
      years: years + (world.days - BLIND_DAYS) / 365,
    }),
    { alarms: 0, years: 0 },
  )
}

const repeat = (count: number, of: (k: number) => ThrottleWorld): readonly ThrottleWorld[] =>
  Array.from({ length: count }, (_, k) => of(k))

/** Quiet years of 3, 6 and 8 probes, as many of each. */
const quietYears = (each: number, over: Partial<ThrottleWorld>): readonly ThrottleWorld[] =>
  [3, 6, 8].flatMap((probes) => repeat(each, (k) => ({ seed: 1000 * probes + k, probes, days: 373, ...over })))

interface Case {
  readonly probes: number
  readonly factor: number
  readonly hours: number
  readonly share?: number
  readonly mobile?: number
}

interface Found {
  readonly made: MadePairs
  readonly best: Throttling | undefined
}

/** One slowness from 20:00 of the seventeenth day, where load is highest; found if a slowness overlaps it. */
function slowed({ probes, factor, hours, ...over }: Case, seed: number): Found {
  const from = 16 * 96 + EVENING
  const days = 18 + Math.ceil(hours / 24)
  const made = makePairs({ seed, probes, days, slow: [{ from, until: from + 4 * hours, factor }], ...over })
  const truth = made.slow[0]! // one slowness was asked for
  const best = detectThrottling(made.pairs, SETTINGS).find(
    ({ start, end }) => (start.median ?? Infinity) < truth.until && (end.median ?? Infinity) > truth.from,
  )
  return { made, best }
}

const cases = (of: Case, count: number): readonly Found[] =>
  Array.from({ length: count }, (_, k) => slowed(of, 50_000 + k))

const power = (found: readonly Found[]): number => found.filter(({ best }) => best !== undefined).length / found.length

/** Share of 95 % intervals of start and end that hold the truth. */
function coverage(found: readonly Found[]): number {
  const held = found.flatMap(({ made, best }) => {
    const truth = made.slow[0]! // one slowness was asked for
    if (best === undefined) return []
    return (
      [
        [best.start, truth.from],
        [best.end, truth.until],
      ] as const
    ).map(([{ lo95, hi95 }, at]) => lo95 !== undefined && hi95 !== undefined && lo95 <= at && at <= hi95)
  })
  return held.filter(Boolean).length / held.length
}

const round = (value: number): number => Math.round(value * 1000) / 1000

/** Throttling on made-up lines: how often it is found, and how often quiet years raise an alarm. */
export function run({ quick }: { readonly quick: boolean }): Promise<{
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, unknown>>
}> {
  const each = quick ? 1 : 8
  const count = quick ? 20 : 200
  const quiet = countAlarms(quietYears(each, {}))
  const lossy = countAlarms(quietYears(quick ? 1 : 3, { mobile: 1 }))
  const lasting = countAlarms(quietYears(quick ? 1 : 3, { lastingSpread: 0.5 }))
  const headline = cases({ probes: 6, factor: 3, hours: 3 }, count)
  const others: readonly (readonly [string, Case])[] = [
    ['six probes, two-fold, 3 h', { probes: 6, factor: 2, hours: 3 }],
    ['six probes, five-fold, 3 h', { probes: 6, factor: 5, hours: 3 }],
    ['six probes, three-fold, 1 h', { probes: 6, factor: 3, hours: 1 }],
    ['six probes, two-fold, 24 h', { probes: 6, factor: 2, hours: 24 }],
    ['six probes, each hit with chance one half, three-fold, 24 h', { probes: 6, factor: 3, hours: 24, share: 0.5 }],
    ['six mobile probes, three-fold, 3 h', { probes: 6, factor: 3, hours: 3, mobile: 1 }],
    ['three probes, three-fold, 3 h', { probes: 3, factor: 3, hours: 3 }],
    ['three probes, three-fold, 24 h', { probes: 3, factor: 3, hours: 24 }],
    ['eight probes, three-fold, 3 h', { probes: 8, factor: 3, hours: 3 }],
  ]
  const powers = others.map(([name, of]) => [name, power(cases(of, quick ? 10 : 100))] as const)
  const pool = repeat(quick ? 1 : 4, (k) => ({
    seed: 9000 + k,
    probes: 6,
    days: 60,
    slow: Array.from({ length: 40 }, (_, day) => ({
      from: (day + 20) * 96 + 80,
      until: (day + 20) * 96 + 92,
      factor: 4,
    })),
  }))
  const moved = repeat(quick ? 1 : 4, (k) => ({
    seed: 9100 + k,
    probes: 6,
    days: 60,
    slow: [{ from: 20 * 96, until: 60 * 96, factor: 2.5 }],
  }))
  const poolAlarms = countAlarms(pool)
  const movedAlarms = countAlarms(moved)
  const drift = countAlarms(quietYears(quick ? 1 : 2, { dayDrift: 0.3 }))
  const rate = ({ alarms, years }: Counted): number => round(alarms / years)
  const over = ({ years }: Counted): string => `over ${Math.round(years)} target-years`
  const table: Figure[] = [
    {
      figure: 'throttling: power, six probes, three-fold, 3 h',
      value: round(power(headline)),
      target: 'at least .9',
      met: power(headline) >= 0.9,
    },
    {
      figure: `throttling: alarms a quiet target-year, ${over(quiet)}`,
      value: rate(quiet),
      target: 'at most .6',
      met: rate(quiet) <= 0.6,
    },
    { figure: `throttling: the same, mobile lines only, ${over(lossy)}`, value: rate(lossy) },
    { figure: `throttling: the same, names differ lastingly, ${over(lasting)}`, value: rate(lasting) },
    { figure: 'throttling: 95 % intervals of start and end that hold the truth', value: round(coverage(headline)) },
    ...powers.map(([name, value]) => ({ figure: `throttling: power, ${name}`, value: round(value) })),
    { figure: 'not throttling but a slower server, told by the pair abroad:', value: '' },
    {
      figure: '  pool four times slower 20 to 23 h: found a target-month',
      value: round(poolAlarms.alarms / (pool.length * (40 / 30))),
    },
    { figure: '  lasting move, 2.5 times slower: found a move', value: round(movedAlarms.alarms / moved.length) },
    { figure: `  each line drifts by 35 % from day to day, alarms a year, ${over(drift)}`, value: rate(drift) },
  ]
  return Promise.resolve({
    table,
    json: {
      power_6_probes_3x_3h: round(power(headline)),
      alarms_per_quiet_target_year: rate(quiet),
      quiet_target_years: round(quiet.years),
      alarms_per_year_mobile: rate(lossy),
      alarms_per_year_lasting: rate(lasting),
      edge_coverage95: round(coverage(headline)),
      power: Object.fromEntries(powers.map(([name, value]) => [name, round(value)])),
    },
  })
}
