// Rows of a table in which no device is named, for every cause: how many of them count as independent and how much fails.
// Gives the entries of the item `rows`. The rows depend on each other: a device has its own share of them and its own
// share of failures, and a day has another.
import { createRandom, type Random } from '../../src/core/detect/chain/random.ts'
import { drawBetaLaw } from '../../src/core/detect/cause/laws.ts'
import { rowsOutcome } from '../../src/core/detect/cause/items-table.ts'
import { independentRows } from '../../src/core/detect/series/weigh-in-table.ts'
import {
  CAUSES,
  CAUSE_ITEMS,
  INTERFERENCE_CAUSES,
  type Cause,
  type ItemOutcome,
} from '../../src/core/model/incident/cause.ts'

/** Correlations of the failures of one device, and of one day: averaged over, none is known. */
const RHO = [0, 0.2, 0.5] as const
const MOST_OTHERS = 9

type Share = (random: Random) => number

const between =
  (low: number, high: number): Share =>
  (random) =>
    low + (high - low) * random.next()

/** Share of a device's rows that fail, drawn once for an incident: the laws of bench/detect/plain.ts where it has one. */
const SHARES: Readonly<Record<Exclude<Cause, 'name-block' | 'address-block' | 'dns-block' | 'interception'>, Share>> = {
  throttling: between(0.3, 0.9),
  'platform-down': between(0.5, 1),
  'regional-edge-down': between(0.4, 1),
  'server-error': between(0.2, 0.9),
  'one-name-at-edge': between(0.6, 1),
  provider: between(0.6, 1),
  transit: between(0.4, 1),
  congestion: between(0.1, 0.3),
  'cdn-node': between(0.4, 1),
  'dns-fault': between(0.6, 1),
  certificate: between(0.95, 1),
  client: between(0.85, 1),
  'one-line': between(0.85, 1),
  ipv6: between(0.85, 1),
  overload: between(0.1, 0.6),
}

/** Which devices the cause does not meet; a restriction by device leaves 20 to 50 % of them, as in simulate.ts. */
function metBy(random: Random, cause: Cause, devices: number): readonly boolean[] {
  const met = (p: number): readonly boolean[] => {
    const drawn = Array.from({ length: devices }, () => random.next() < p)
    return drawn.includes(true) ? drawn : drawn.with(0, true)
  }
  if (cause === 'one-line') return Array.from({ length: devices }, (_, at) => at === 0)
  if (cause === 'client' || cause === 'ipv6') return met(0.1 + 0.6 * random.next())
  if (!INTERFERENCE_CAUSES.some((one) => one === cause)) return met(1)
  return random.next() < 0.15 ? met(0.5 + 0.3 * random.next()) : met(1)
}

/** As in simulate.ts: 2 to 12 % of exchanges pass, and in about one restriction of six 25 to 60 %. */
const blocked: Share = (random) => 1 - (random.next() < 0.18 ? 0.25 + 0.35 * random.next() : 0.02 + 0.1 * random.next())

const shareOf = (cause: Cause): Share =>
  cause === 'name-block' || cause === 'address-block' || cause === 'dns-block' || cause === 'interception'
    ? blocked
    : SHARES[cause]

/**
 * Shares of the rows that each device makes. That of the first is even between 0 and 1: nothing is known of it. The others
 * break the rest evenly.
 */
function rowShares(random: Random, others: number): readonly number[] {
  const first = random.next()
  const drawn = Array.from({ length: others }, () => -Math.log(1 - random.next()))
  const sum = drawn.reduce((total, one) => total + one, 0)
  return [first, ...drawn.map((one) => ((1 - first) * one) / sum)]
}

/** A share of failures with this mean and this correlation between two rows that have it in common. */
function correlated(random: Random, mean: number, rho: number): number {
  if (rho === 0 || mean <= 0 || mean >= 1) return mean
  const size = 1 / rho - 1
  return drawBetaLaw(random, mean * size, (1 - mean) * size)
}

/** What the rows of one incident of more than three days give; undefined: too few count as independent. */
function outcomeOf(random: Random, cause: Cause): ItemOutcome<'rows'> | undefined {
  const rho = RHO[Math.floor(random.next() * RHO.length)]! // next() is below 1
  const shares = rowShares(random, 1 + Math.floor(random.next() * MOST_OTHERS))
  const met = metBy(random, cause, shares.length)
  const fails = shareOf(cause)(random)
  const own = met.map((is) => (is ? correlated(random, fails, rho) : 0))
  const days = Math.ceil(3 + Math.min(20, -8 * Math.log(1 - random.next())))
  const perDay = 4 + 20 * random.next()
  const noise = 0.005 + 0.035 * random.next()
  const clusters = Array.from({ length: days }, () => {
    const today = own.map((p) => correlated(random, p, rho / 2))
    const rows = Array.from({ length: Math.round(perDay * (0.5 + random.next())) }, () => {
      let left = random.next()
      const device = shares.findIndex((share) => (left -= share) < 0)
      return random.next() < Math.max(noise, today[Math.max(0, device)] ?? 0)
    })
    return rows
  }).filter(({ length }) => length > 0)
  return rowsOutcome(independentRows(clusters))
}

/** P(outcome | cause) of `rows` for every cause, from so many incidents each, a half added to each count. */
export function countNamelessRows(
  seed: number,
  each: number,
): Readonly<Record<Cause, Readonly<Record<ItemOutcome<'rows'>, number>>>> {
  const random = createRandom(seed)
  const rowOf = (cause: Cause) => {
    const counts = new Map<ItemOutcome<'rows'>, number>(CAUSE_ITEMS.rows.map((outcome) => [outcome, 0.5]))
    for (let k = 0; k < each; k++) {
      const outcome = outcomeOf(random, cause)
      if (outcome !== undefined) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    }
    const sum = [...counts.values()].reduce((total, one) => total + one, 0)
    return Object.fromEntries([...counts].map(([outcome, count]) => [outcome, count / sum]))
  }
  return Object.fromEntries(CAUSES.map((cause) => [cause, rowOf(cause)])) as ReturnType<typeof countNamelessRows> // every cause
}
