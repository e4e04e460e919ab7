import { dirname } from 'node:path'
import { z } from 'zod'
import { defined } from '../../../core/model/defined.ts'
import { HOUR_MS, MINUTE_MS } from '../../../core/model/duration.ts'
import { instant, type Instant } from '../../../core/model/units.ts'
import { backoff } from '../../../runtime/backoff.ts'
import type { Disk } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'
import { jsonOrUndefined } from '../../../core/model/json-text.ts'

/** What is known of one service outside that is asked again and again. */
export interface AskedState {
  /** Size of the tree of the last answer that was kept; 0 before the first. */
  readonly size: number
  /** When that was, by our clock. */
  readonly at?: Instant
  /** What the other side said the time was, then. */
  readonly theirs?: Instant
  /** Failures one after another since. */
  readonly failures: number
  /** When it is asked again at the earliest. */
  readonly next?: Instant
  /** Why the last time failed: a closed word, and a sentence that may hold words of a third party. */
  readonly problem?: string
  readonly why?: string
}

const count = z.number().int().nonnegative()
const stateSchema = z.strictObject({
  format: z.literal('kuager-outside/1'),
  /** Leaves that say no more than that a stamp was kept: a tree that grew by them alone is not stamped again. */
  own: z.array(count).max(1_000_000),
  asked: z.record(
    z.string(),
    z.strictObject({
      size: count,
      at: z.number().optional(),
      theirs: z.number().optional(),
      failures: count,
      next: z.number().optional(),
      problem: z.string().optional(),
      why: z.string().optional(),
    }),
  ),
})

export const NEVER_ASKED: AskedState = { size: 0, failures: 0 }

/**
 * Memory of the parties asked and what came of it, kept in one file. It is not a source of truth: lost, it is made
 * again by asking.
 */
export class OutsideState {
  readonly #path: string
  readonly #disk: Disk
  readonly #asked: Map<string, AskedState>
  own: readonly number[]

  constructor(path: string, disk: Disk, { asked, own }: { asked: Map<string, AskedState>; own: readonly number[] }) {
    this.#path = path
    this.#disk = disk
    this.#asked = asked
    this.own = own
  }

  get(name: string): AskedState {
    return this.#asked.get(name) ?? NEVER_ASKED
  }

  set(name: string, state: AskedState): void {
    this.#asked.set(name, state)
  }

  async save(): Promise<void> {
    const value = { format: 'kuager-outside/1', own: this.own, asked: Object.fromEntries(this.#asked) }
    await this.#disk.makeFolder(dirname(this.#path))
    await writeDurable(this.#path, Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`), this.#disk)
  }
}

/** Reads the memory of a file; a file that is absent or damaged gives an empty one. */
export async function openOutsideState(path: string, disk: Disk): Promise<OutsideState> {
  const text = (await readWhole(path, disk))?.toString('utf8')
  const parsed = stateSchema.safeParse(jsonOrUndefined(text))
  if (!parsed.success) return new OutsideState(path, disk, { asked: new Map(), own: [] })
  const asked = new Map<string, AskedState>()
  for (const [name, { size, failures, at, theirs, next, problem, why }] of Object.entries(parsed.data.asked))
    asked.set(name, {
      size,
      failures,
      ...(at === undefined ? {} : { at: instant(at) }),
      ...(theirs === undefined ? {} : { theirs: instant(theirs) }),
      ...(next === undefined ? {} : { next: instant(next) }),
      ...defined({ problem, why }),
    })
  return new OutsideState(path, disk, { asked, own: parsed.data.own })
}

const FIRST_PAUSE_MS = MINUTE_MS
const LONGEST_PAUSE_MS = HOUR_MS

/**
 * Whether the time for asking again has come. A time further ahead than any pause was set by a clock that has been put
 * back since: it is not waited for.
 */
export const isTime = ({ next }: AskedState, now: Instant): boolean =>
  next === undefined || now >= next || next - now > LONGEST_PAUSE_MS

/** State after one more failure: the pause is doubled each time, from a minute up to an hour. */
export function afterFailure(before: AskedState, now: Instant, found: { problem: string; why: string }): AskedState {
  const failures = before.failures + 1
  const pause = backoff(failures, { first: FIRST_PAUSE_MS, longest: LONGEST_PAUSE_MS })
  return { ...before, failures, next: instant(now + pause), problem: found.problem, why: found.why.slice(0, 300) }
}
