import { DAY_MS } from '../../model/duration.ts'
import { CAUSE_ITEMS, type ItemOutcome } from '../../model/incident/cause.ts'
import type { CauseInput, ObservedItem, TableFacts } from './cause-input.ts'
import { commonest, countedItem, failed, inside } from './inside.ts'

// What a table of a third party tells in addition to single exchanges (docs/methods/cause.md, section 5). Rows seldom
// come in pairs there; how long it lasted, how much of it failed and whether it ended alike is what remains.

/** An incident of more than this is long; of less than a day, short. */
const LONG_DAYS = 3
/** Fewer rows that count as independent say nothing about how much fails; the share from which on nearly all do. */
const LEAST_INDEPENDENT = 10
const NEARLY_ALL = 0.85
/** Failures whose ending is known, and the share that must end alike. */
const LEAST_ENDINGS = 5
const ALIKE = 0.9

/** So many rows that count as independent are more than a few days of one device. */
const LEAST_ROWS = 20

/** Rows that count as independent and the share that failed. */
export type CountedRows = Pick<NonNullable<TableFacts['rows']>, 'independent' | 'share'>

/**
 * The share that failed, as one of the outcomes, each as wide as the others: a cause without a row makes every share as
 * probable. Undefined: too few rows to tell.
 */
export function rowsOutcome({ independent, share }: CountedRows): ItemOutcome<'rows'> | undefined {
  if (independent < LEAST_ROWS) return undefined
  const outcomes = CAUSE_ITEMS.rows
  return outcomes[Math.min(outcomes.length - 1, Math.floor(share * outcomes.length))]
}

/**
 * Of a table without devices one item says how many rows there are and how much of them fails: both tell whether they may
 * be one device's, so that two items would count it twice. Its entries are of incidents of more than three days whether
 * or not they were raised: what raises an incident of such a table counts the same rows (bench/detect/nameless-rows.ts).
 */
export function rows({ table }: CauseInput): ObservedItem | undefined {
  if (table?.rows === undefined || table.rows.named) return undefined
  const outcome = rowsOutcome(table.rows)
  return outcome === undefined ? undefined : countedRows('rows', outcome, table.rows)
}

function countedRows<I extends 'rows' | 'extent'>(
  item: I,
  outcome: ItemOutcome<I>,
  counted: CountedRows,
): ObservedItem {
  const n = Math.floor(counted.independent)
  const k = Math.min(n, Math.round(counted.independent * counted.share))
  const count = { k: counted.share >= NEARLY_ALL ? k : n - k, n, probes: 0 }
  return { item, outcome, count, source: 'series' }
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

/** Whether nearly all rows of named devices fail; rows of one device and day count as few. */
export function extent({ table }: CauseInput): ObservedItem | undefined {
  const counted = table?.rows
  if (counted === undefined || !counted.named || counted.independent < LEAST_INDEPENDENT) return undefined
  return countedRows('extent', counted.share >= NEARLY_ALL ? 'nearly-all' : 'part', counted)
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
