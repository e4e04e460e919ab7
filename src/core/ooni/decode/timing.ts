import type { NameRole } from '../../model/measured/observation.ts'
import { seconds, type Seconds } from '../../model/units.ts'
import { listOf, optionalNumber, type JsonRecord, type Writable } from './decoder.ts'

/** Ten days: no measurement lasts longer, so a larger value is a clock reading of an old client, not a duration. */
const LONGEST = 864_000

/** What every row of the archival format carries. Source: OONI data format df-002 … df-008. */
export interface Timing {
  /** JSON pointer to the row. */
  readonly source: string
  readonly startedAt?: Seconds
  readonly endedAt?: Seconds
  readonly transaction?: number
  readonly tags: readonly string[]
  /** Part in a pair and round of pairs, in measurements of our own probe. */
  readonly role?: NameRole
  readonly round?: number
}
/** The tags of a row until some are read. */
export const NO_TAGS: readonly string[] = []

const timeOf = (row: JsonRecord, key: string, source: string): Seconds | undefined => {
  const value = optionalNumber(row, key, source)
  return value === undefined || value < 0 || value > LONGEST ? undefined : seconds(value)
}

/**
 * Adds times, flow and tags of a row to what is made of it. Clients before 2020 call the flow `conn_id`, and some
 * `dial_id` besides; a time outside 0 to 10 days is left out.
 */
export function addTiming(timing: Writable<Timing>, row: JsonRecord): void {
  const { source } = timing
  const startedAt = timeOf(row, 't0', source)
  if (startedAt !== undefined) timing.startedAt = startedAt
  const endedAt = timeOf(row, 't', source)
  if (endedAt !== undefined) timing.endedAt = endedAt
  const transaction = optionalNumber(row, 'transaction_id', source) ?? optionalNumber(row, 'conn_id', source)
  // The format leaves a 0 out, so a written 0 numbers no flow either.
  if (transaction !== undefined && transaction !== 0) timing.transaction = transaction
  const tags = listOf(row, 'tags', source)
  if (tags.length > 0) timing.tags = tags.filter((tag) => typeof tag === 'string').slice(0, 20)
}

/** Times, flow and tags of a row by themselves. */
export function readTiming(row: JsonRecord, source: string): Timing {
  const timing: Writable<Timing> = { source, tags: NO_TAGS }
  addTiming(timing, row)
  return timing
}
