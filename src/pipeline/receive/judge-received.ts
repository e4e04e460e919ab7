import { setTimeout as pause } from 'node:timers/promises'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { isWarehouseAway } from '../../store/warehouse/away.ts'
import type { EncodedRows, LeafWithoutVerdict, Warehouse } from '../../store/warehouse/contract.ts'
import type { Log } from '../../runtime/log.ts'
import { systemClock } from '../../runtime/clock.ts'
import { durations } from '../../runtime/metrics.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'
import { judgePortion, Portions, type ArchivedValue, type Portion } from '../judge/judge-archived.ts'

/** Measurements, and bytes of rows, inserted at once: many small parts would only be merged again. */
const INSERTED = 4096
const INSERTED_BYTES = 32 * 2 ** 20
/** What arrives in so long is judged together. */
const GATHER_MS = 3000
/** After something broke. */
const AGAIN_MS = 10_000
/** Bytes that wait in memory; what comes on top is read from the archive when its turn comes. */
const MOST_HELD_BYTES = 64 * 2 ** 20

const tookToJudge = durations(
  'kuager_judge_delay_seconds',
  'From the receipt of the oldest measurement of a portion to the verdicts of all of it.',
  [1, 2.5, 5, 10, 30, 60, 300, 1800],
)

export interface JudgeReceivedParts {
  readonly archive: Pick<Archive, 'size' | 'scan' | 'erasedLeaves'>
  readonly warehouse: Pick<Warehouse, 'missingLeaves' | 'insertEncoded' | 'setAside'>
  readonly pool: WorkerPool
  /** Where a measurement is from by now: its sender may be revoked while it waits. */
  readonly provenanceNow: (provenance: Provenance) => Provenance
  readonly log: Log
  readonly signal: AbortSignal
}

/**
 * Judges what is submitted, in the background, for as long as a server runs. The archive is the truth: what a crash
 * leaves unjudged is found by the next start (`catchUp`).
 */
export class JudgeReceived implements AsyncDisposable {
  readonly #parts: JudgeReceivedParts
  readonly #following: Promise<void>
  #held: ArchivedValue[] = []
  #heldBytes = 0
  /** When the first of what is held came. */
  #since = 0
  /** Something archived is not held, or was lost to an error: to be looked for. */
  #behind = false
  #woken = Promise.withResolvers<void>()

  constructor(parts: JudgeReceivedParts) {
    this.#parts = parts
    const { signal } = parts
    const end = (): void => this.#woken.resolve()
    signal.addEventListener('abort', end, { once: true })
    this.#following = this.#follow().finally(() => signal.removeEventListener('abort', end))
  }

  /** Takes what was just archived. */
  add(blobs: readonly ArchivedValue[]): void {
    if (this.#held.length === 0) this.#since = systemClock.monotonic()
    for (const blob of blobs)
      if (this.#heldBytes + blob.bytes.length > MOST_HELD_BYTES) this.#behind = true
      else {
        this.#held.push(blob)
        this.#heldBytes += blob.bytes.length
      }
    this.#woken.resolve()
  }

  /** Measurements that are held to be judged. */
  get waiting(): number {
    return this.#held.length
  }

  /** How long the first of them has waited, in milliseconds; 0 where none waits. */
  get oldestMs(): number {
    return this.#held.length === 0 ? 0 : systemClock.monotonic() - this.#since
  }

  async #follow(): Promise<void> {
    const { signal, log } = this.#parts
    while (!signal.aborted) {
      await this.#woken.promise
      if (signal.aborted) return
      this.#woken = Promise.withResolvers()
      try {
        const [waited, since] = [this.#held.length > 0, this.#since]
        await judgeAndInsert(this.#takeHeld(), this.#parts)
        if (waited) tookToJudge(systemClock.monotonic() - since)
        if (this.#behind) await judgeAndInsert(this.#missing(), this.#parts)
        await pause(GATHER_MS, undefined, { signal }).catch(() => undefined)
      } catch (error) {
        if (signal.aborted) return
        // A warehouse that is away is a reason of the server's health, said once.
        if (!isWarehouseAway(error)) log.error({ error }, 'received measurements could not be judged')
        this.#behind = true
        await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined)
        this.#woken.resolve()
      }
    }
  }

  #takeHeld(): readonly ArchivedValue[] {
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    return held
  }

  /** What memory did not hold: every submitted leaf that the warehouse lacks. An import judges its own. */
  async *#missing(): AsyncGenerator<ArchivedValue> {
    const { archive, warehouse, signal } = this.#parts
    this.#behind = false
    for (const range of await warehouse.missingLeaves(archive.size))
      for await (const archived of archive.scan(range.from)) {
        if (archived.leafIndex >= range.until) break
        signal.throwIfAborted()
        // An erased leaf is set aside by the process that erased it, and by the next start.
        if (archived.kind === 'blob' && archived.provenance.channel === 'collector') yield archived
      }
  }

  /** Resolves when nothing is being judged any longer; to be called after the signal has ended it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#following
  }
}

type Blobs = Iterable<ArchivedValue> | AsyncIterable<ArchivedValue>

/**
 * From archived measurements to rows. Each step says what a crash right after it leaves; after any of them the next
 * start judges the leaves that the warehouse lacks.
 */
async function judgeAndInsert(blobs: Blobs, parts: JudgeReceivedParts): Promise<void> {
  const { archive, warehouse } = parts
  // 1. Judged in threads, in memory. Crash: nothing was changed.
  for await (const { rows, leaves, aside } of judgedPortions(blobs, parts)) {
    // 2. Rows of some thousands at once. Crash: what has no verdict is judged again, to the same end.
    if (rows.length > 0) await warehouse.insertEncoded(rows)

    // 3. Leaves without a verdict, and those that were erased while they were judged: their rows may have come after
    // those of their blob were taken away. Crash before it: the next start takes such rows away.
    const erased = new Set(archive.erasedLeaves)
    await warehouse.setAside([
      ...aside.filter(({ leafIndex }) => !erased.has(leafIndex)),
      ...leaves.filter((leaf) => erased.has(leaf)).map((leafIndex) => ({ leafIndex, state: 'erased' as const })),
    ])
  }
}

/** Measurements that were judged and are inserted together. */
interface Judged {
  readonly rows: EncodedRows[]
  readonly leaves: number[]
  readonly aside: LeafWithoutVerdict[]
}

async function* judgedPortions(blobs: Blobs, parts: JudgeReceivedParts): AsyncGenerator<Judged> {
  let judged: Judged = { rows: [], leaves: [], aside: [] }
  for await (const portion of portionsOf(blobs)) {
    await judgeInto(judged, portion, parts)
    const bytes = judged.rows.reduce((sum, one) => sum + one.verdicts.bytes.length + one.observations.bytes.length, 0)
    if (judged.leaves.length < INSERTED && bytes < INSERTED_BYTES) continue
    yield judged
    judged = { rows: [], leaves: [], aside: [] }
  }
  yield judged
}

/** One portion after another: a buffer is free when the next is asked for. */
async function* portionsOf(blobs: Blobs): AsyncGenerator<Portion> {
  const portions = new Portions()
  const given = function* (portion: Portion | undefined): Generator<Portion> {
    if (portion === undefined) return
    yield portion
    portions.release(portion)
  }
  for await (const blob of blobs) yield* given(portions.add(blob))
  yield* given(portions.finish())
}

/**
 * A measurement that ends its thread, or on which our own code breaks, is set aside like one that says nothing: its bytes
 * are kept, and it is not tried again and again.
 */
async function judgeInto(
  judged: Judged,
  portion: Portion,
  { pool, provenanceNow, log }: JudgeReceivedParts,
): Promise<void> {
  const { rows, leaves, without, lost } = await judgePortion(pool, portion, { provenanceNow })
  judged.rows.push(...rows)
  judged.leaves.push(...leaves)
  for (const { leafIndex, reason } of lost)
    log.warn({ leaf: leafIndex, reason }, 'a received measurement could not be judged')
  for (const { leafIndex } of [...without, ...lost]) judged.aside.push({ leafIndex, state: 'undecoded' })
}
