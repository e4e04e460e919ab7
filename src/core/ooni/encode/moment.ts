import { HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import type { OperationFailure } from '../../model/measured/operation.ts'
import { formatInstantUtc, instant, millis, type Instant, type Millis } from '../../model/units.ts'

/** From here on the clock is not corrected but reported as wrong: no verdict rests on it. */
export const CLOCK_WRONG_FROM = 12 * HOUR_MS

const QUARTER = 15 * MINUTE_MS
/** Steps in which the round trip to a time server is written. */
const TRIP_STEP = 10

/**
 * The offset of the owner's clock as it is written: a clock drifts by milliseconds of its own, and who reads them knows
 * the device in every network. Below an hour whole quarters, from there on whole hours, towards zero: what judges ask
 * (an hour, twelve hours) is answered the same.
 */
export function coarseOffset(offset: Millis): Millis {
  const step = Math.abs(offset) < HOUR_MS ? QUARTER : HOUR_MS
  return millis(Math.trunc(offset / step) * step + 0)
}

/** The round trip to a time server in steps of ten milliseconds. */
export const coarseTrip = (trip: Millis): Millis => millis(Math.round(trip / TRIP_STEP) * TRIP_STEP)

/** Moments of a run as the document writes them: seconds since its true start, three decimals. */
export class Frame {
  readonly #base: Millis
  #flows = 0

  constructor(base: Millis) {
    this.#base = base
  }

  /** Seconds since the start; a moment before it (a lookup shared with another endpoint) is 0. */
  seconds(at: Millis): number {
    return Math.max(0, Math.round(at - this.#base)) / 1000
  }

  /** Number of the next flow: rows of one connection share it. */
  nextFlow(): number {
    return ++this.#flows
  }
}

/**
 * The start as written: UTC, corrected by the offset of the owner's clock where one of more than a minute was learnt
 * (below twelve hours: beyond, the line is not judged), and rounded down to the minute, because the second would tell
 * who measured.
 */
export function writtenStart(startedAt: Instant, clockOffset: Millis | undefined): string {
  const offset = clockOffset ?? 0
  const known = Math.abs(offset) > MINUTE_MS && Math.abs(offset) < CLOCK_WRONG_FROM ? offset : 0
  const minute = Math.floor((startedAt + known) / MINUTE_MS) * MINUTE_MS
  return formatInstantUtc(instant(minute)).replace('T', ' ').replace('Z', '')
}

/** OONI's word for a failure, null for success. Source: OONI data format df-007. */
export const failureWord = (failure: OperationFailure | undefined): string | null =>
  failure === undefined
    ? null
    : failure.code === 'unknown_failure'
      ? `unknown_failure: ${failure.detail}`.slice(0, 300)
      : failure.code

/** What OONI's word does not say of a failure: where it happened, in whose words, after which limit of ours. */
export const failureNotes = (failure: OperationFailure | undefined): Readonly<Record<string, unknown>> =>
  failure === undefined
    ? {}
    : {
        x_failure_stage: failure.stage,
        ...(failure.detail === '' ? {} : { x_failure_detail: failure.detail.slice(0, 300) }),
        ...(failure.limit === undefined ? {} : { x_limit: failure.limit / 1000 }),
      }
