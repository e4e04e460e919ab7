import { DAY_MS } from '../../model/duration.ts'
import type { ObservedItem, CauseInput } from './cause-input.ts'
import { commonest, countedItem, failed, inside } from './inside.ts'

// What a table of a third party tells in addition to single exchanges (docs/methods/cause.md, section 5). Rows seldom
// come in pairs there; how long it lasted, how much of it failed and whether it ended alike is what remains.

/** An incident of more than this is long; of less than a day, short. */
const LONG_DAYS = 3
/** Fewer rows that count as independent say nothing about how much fails; the share from which on nearly all do. */
export const LEAST_INDEPENDENT = 10
export const NEARLY_ALL = 0.85
/** Failures whose ending is known, and the share that must end alike. */
const LEAST_ENDINGS = 5
const ALIKE = 0.9

/** So many rows that count as independent and fail are not those of one device whose share of the rows is unknown. */
const LEAST_SEVERAL = 19

/**
 * Several lines, of rows without devices: with a uniform prior for the share of the rows that one device made, k failures
 * of k rows that count as independent are all its own with probability 1 / (k + 1), from 19 on one in twenty.
 */
export function severalRows({ table }: CauseInput): ObservedItem | undefined {
  const rows = table?.rows
  if (rows === undefined || rows.named || rows.share < NEARLY_ALL) return undefined
  const failed = Math.floor(rows.independent * rows.share)
  if (failed < LEAST_SEVERAL) return undefined
  return {
    item: 'line',
    outcome: 'several',
    count: { k: failed, n: Math.floor(rows.independent), probes: 0 },
    source: 'series',
  }
}

/** From the first failure to the last. If nothing passed before or since, it may be longer: it is not called short then. */
export function persistence({ table }: CauseInput): ObservedItem | undefined {
  const lasted = table?.lasted
  if (lasted === undefined) return undefined
  const days = (lasted.until - lasted.from) / DAY_MS
  const outcome = days > LONG_DAYS ? 'long' : days >= 1 ? 'days' : 'hours'
  if (outcome !== 'long' && !lasted.over) return undefined
  return {
    item: 'persistence',
    outcome,
    count: { k: lasted.daysFailed, n: lasted.daysFailed, probes: 0 },
    source: 'series',
  }
}

/** Whether nearly all rows fail; rows of one device, or of one day where no device is named, count as few. */
export function extent({ table }: CauseInput): ObservedItem | undefined {
  const rows = table?.rows
  if (rows === undefined || rows.independent < LEAST_INDEPENDENT) return undefined
  const n = Math.floor(rows.independent)
  const k = Math.min(n, Math.round(rows.independent * rows.share))
  const all = rows.share >= NEARLY_ALL
  const count = { k: all ? k : n - k, n, probes: 0 }
  return { item: 'extent', outcome: all ? 'nearly-all' : 'part', count, source: 'series' }
}

/** Whether nine in ten failures end in the same mechanism. */
export function endings(input: CauseInput): ObservedItem | undefined {
  if (input.table === undefined) return undefined
  const told = inside(input).filter((reading) => failed(reading) && reading.mechanism !== undefined)
  const kinds = [...new Set(told.map(({ mechanism }) => mechanism ?? ''))].toSorted()
  const most = commonest({ ...input, readings: told }, kinds, ({ mechanism }) => mechanism)
  if (most === undefined || most.of.n < LEAST_ENDINGS) return undefined
  const alike = most.of.readings.length >= ALIKE * most.of.n
  return countedItem('endings', alike ? 'one' : 'mixed', most.of)
}

/** Pages of the same host: two must be measured, each at least twice. */
export function pages({ table }: CauseInput): ObservedItem | undefined {
  const found = table?.pages
  if (found === undefined || found.failing === 0 || found.failing + found.passing < 2) return undefined
  const n = found.failing + found.passing
  const count = { k: found.failing, n, probes: 0 }
  return { item: 'pages', outcome: found.passing === 0 ? 'all' : 'some', count, source: 'series' }
}
