import { COUNTED_STANDINGS } from '../../core/model/standing.ts'
import type { Received } from '../../core/model/measured/submission.ts'
import type { Instant } from '../../core/model/units.ts'
import type { HealthReason } from '../../core/model/health.ts'
import type { FreeSpace } from '../../runtime/files/free-space.ts'
import type { Allowance, Spender } from './standing/allowance.ts'
import type { ClockGuard } from './clock-guard.ts'

/** An answer that is not final: the same measurement is accepted later. */
export type NotNow = Received & { readonly kind: 'later' }

/** What a measurement takes beyond its frame: its leaf, its place in the index, its rows in the warehouse. */
const OVERHEAD_BYTES = 1024
/** A frame that packs repetition well still becomes rows: they take about a sixteenth of what they are made from. */
const ROWS_SHARE = 1 / 16

const FULL_AGAIN_SECONDS = 600
const RESERVED_AGAIN_SECONDS = 3600
const CLOCK_AGAIN_SECONDS = 600

export interface CollectorLimitParts {
  readonly space: Pick<FreeSpace, 'level' | 'add'>
  readonly allowance: Pick<Allowance, 'take' | 'giveBack'>
  readonly clock: Pick<ClockGuard, 'isBack' | 'note'>
}

/** Bytes that a measurement is counted as: `frame` as archived, `size` as received. */
export const costOf = ({ frame, size }: { readonly frame: number; readonly size: number }): number =>
  Math.max(frame, Math.ceil(size * ROWS_SHARE)) + OVERHEAD_BYTES

/**
 * Decides whether a collector can accept a measurement now: by the clock, by the space that is left, and by what its
 * sender has added today. Nothing that it refuses is lost: every answer is 503 with `retry-after`
 * (docs/formats/collector.md, "Space and clock").
 */
export class CollectorLimits {
  readonly #parts: CollectorLimitParts

  constructor(parts: CollectorLimitParts) {
    this.#parts = parts
  }

  /** Why nothing at all is accepted now; asked before a body is read. */
  closed(): NotNow | undefined {
    if (this.#parts.clock.isBack) return CLOCK_IS_BACK
    return this.#parts.space.level() === 'none' ? NO_SPACE : undefined
  }

  /** Takes the space of one measurement; gives the answer where there is none for its sender. */
  take(spender: Spender, bytes: number, at: Instant): NotNow | undefined {
    const { space, allowance, clock } = this.#parts
    const level = space.level()
    if (level === 'none') return NO_SPACE
    if (level === 'reserved' && !COUNTED_STANDINGS.some((counted) => counted === spender.standing)) return RESERVED
    const seconds = allowance.take(spender, bytes, at)
    if (seconds > 0) return { ...USED_UP, seconds }
    space.add(bytes)
    clock.note(at)
    return undefined
  }

  /** Gives back what was taken for a measurement that could not be archived. */
  giveBack(spender: Spender, bytes: number): void {
    this.#parts.allowance.giveBack(spender, bytes)
  }

  /** What of it people and monitors should know. */
  reasons(): readonly HealthReason[] {
    const level = this.#parts.space.level()
    return [
      ...(this.#parts.clock.isBack ? (['clock_back'] as const) : []),
      ...(level === 'none' ? (['space_none'] as const) : level === 'reserved' ? (['space_reserved'] as const) : []),
    ]
  }
}

const CLOCK_IS_BACK: NotNow = {
  kind: 'later',
  why: 'clock',
  message: 'The clock of the collector is wrong: send again later',
  seconds: CLOCK_AGAIN_SECONDS,
}
const NO_SPACE: NotNow = {
  kind: 'later',
  why: 'no_room',
  message: 'The disk of the collector is full: send again later',
  seconds: FULL_AGAIN_SECONDS,
}
const RESERVED: NotNow = {
  kind: 'later',
  why: 'no_room',
  message: 'The disk of the collector is nearly full: what is left is for invited and known keys. Send again later',
  seconds: RESERVED_AGAIN_SECONDS,
}
const USED_UP: NotNow = {
  kind: 'later',
  why: 'no_room',
  message: 'Today’s space for senders like this one is used up: send again tomorrow',
  seconds: 0,
}
