import type { Realm } from '../../core/model/log-entry.ts'
import type { Admitted, Posted, Received } from '../../core/model/measured/submission.ts'
import type { Clock } from '../../runtime/clock.ts'
import { durations } from '../../runtime/metrics.ts'
import type { LostReason, WorkerPool } from '../../runtime/worker-pool.ts'
import { acceptBatch, type AcceptParts } from './accept-batch.ts'
import { BATCH, BatchReader, type ReadBodies } from './batch-reader.ts'
import { expectedLength } from './expand.ts'
import { FairQueue } from './fair-queue.ts'
import type { SeenValues } from '../../store/seen-values/contract.ts'
import type { RateLimit } from '../../runtime/sender/rate.ts'

/** Bodies, and bytes of them, that may wait in all: beyond it senders are asked to come again. */
const MOST_WAITING = 4096
const MOST_WAITING_BYTES = 96 * 2 ** 20
const COME_AGAIN = { kind: 'later', why: 'full', seconds: 5 } as const
/**
 * What a body costs of its sender's rate on top of one submission: by the processor time that it took, and for one that
 * ended its thread. A usual body takes less than a millisecond.
 */
const TOKEN_MS = 2
const LOST_TOKENS = 200

export interface ReceiverParts extends AcceptParts {
  readonly pool: WorkerPool
  readonly rate: RateLimit
  readonly clock: Clock
  /** The one realm whose measurements are taken from now on; undefined: both are. */
  readonly realm: () => Promise<Realm | undefined>
  /** The secret by which values of what servers write are known, and which of them are common. */
  readonly seen: Pick<SeenValues, 'secret' | 'note'>
}

/** Row of those whose address is not known. */
const NO_PREFIX = ''
const LOST = {
  ended: { code: 'too_large', message: 'Reading the measurement needs more memory than a thread has' },
  slow: { code: 'too_costly', message: 'Reading the measurement takes more work than its length allows' },
} as const

/** A body that expands to more is heavy: real ones have some tens of KB, a few some hundred. */
const HEAVY_BYTES = 512 * 1024

const tookToAnswer = durations(
  'kuager_submission_seconds',
  'From the whole body of a submission to its answer: reading, checking, both on disk.',
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
)

interface Waiting {
  readonly posted: Posted
  /** Bytes of the body when expanded. */
  readonly weight: number
  resolve(received: Received): void
  reject(error: unknown): void
}

/**
 * Takes submissions: read and checked in threads, given a standing, appended. An answer resolves only when bytes and
 * leaf are on disk. Rules: docs/formats/collector.md. It keeps no address: a sender's is handed to the thread that
 * looks for it in the document, and to the table of networks.
 */
export class Receiver implements AsyncDisposable {
  readonly #parts: ReceiverParts
  readonly #threads: number
  readonly #open = new Set<Promise<void>>()
  readonly #reader: BatchReader
  readonly #waiting = new FairQueue<Waiting>(
    ({ posted }) => posted.prefix ?? NO_PREFIX,
    (waiting) => waiting.weight > HEAVY_BYTES,
  )
  #reading = 0
  #stopped = false
  #waitingBytes = 0
  #count = 0

  constructor(parts: ReceiverParts, threads: number) {
    this.#parts = parts
    // Two batches for each thread: one is read while the answer of the other is on its way.
    this.#threads = 2 * threads
    this.#reader = new BatchReader(parts)
  }

  /** Whether a sender may send now, before its body is read. */
  admit(sender: string | undefined): Admitted {
    if (this.#stopped || this.#count >= MOST_WAITING || this.#waitingBytes >= MOST_WAITING_BYTES) return COME_AGAIN
    const prefix = sender === undefined ? undefined : this.#parts.rate.prefixOf(sender)
    const seconds = prefix === undefined ? 0 : this.#parts.rate.take(prefix)
    if (seconds > 0) return { kind: 'later', why: 'sender', seconds }
    return prefix === undefined ? { kind: 'admitted' } : { kind: 'admitted', prefix }
  }

  /** Bodies that wait or are being read, and their bytes. */
  get waiting(): { readonly bodies: number; readonly bytes: number } {
    return { bodies: this.#count, bytes: this.#waitingBytes }
  }

  /** Reads, archives and answers. Rejects with what broke: then nothing is promised. */
  submit(posted: Posted): Promise<Received> {
    this.#count++
    this.#waitingBytes += posted.body.length
    const came = this.#parts.clock.monotonic()
    return new Promise<Received>((resolve, reject) => {
      this.#waiting.push({ posted, weight: expectedLength(posted.body, posted.encoding), resolve, reject })
      this.#start()
    }).finally(() => {
      this.#count--
      this.#waitingBytes -= posted.body.length
      tookToAnswer(this.#parts.clock.monotonic() - came)
    })
  }

  #start(): void {
    if (this.#stopped)
      return this.#sendAway(
        this.#waiting.take(() => true),
        COME_AGAIN,
      )
    while (this.#waiting.length > 0 && this.#reading < this.#threads) {
      const run = this.#receive(this.#takeBatch())
      this.#open.add(run)
      void run.finally(() => this.#open.delete(run))
    }
  }

  #sendAway(waiting: readonly Waiting[], answer: Received & { kind: 'later' }): void {
    for (const one of waiting) one.resolve(answer)
  }

  /** Reads, then archives: while this waits for the disk, the thread reads the next batch. Never rejects. */
  async #receive(batch: readonly Waiting[]): Promise<void> {
    for (const read of await this.#readInThread(batch))
      try {
        await acceptBatch(read, this.#parts)
      } catch (error) {
        for (const one of read.batch) one.reject(error)
      }
  }

  /** Bodies that the thread did not come to wait again. Never rejects. */
  async #readInThread(batch: readonly Waiting[]): Promise<readonly ReadBodies<Waiting>[]> {
    this.#reading++
    try {
      const { read, lost, rest } = await this.#reader.read(batch)
      for (const one of read) this.#charge(one)
      this.#waiting.putBack(rest)
      for (const { item, reason } of lost) this.#refuseLost(item, reason)
      return read
    } catch (error) {
      for (const one of batch) one.reject(error)
      return []
    } finally {
      this.#reading--
      this.#start()
    }
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0
    return this.#waiting.take(({ weight }, taken) => {
      bytes += weight
      return taken === 0 || (taken < BATCH.bodies && bytes <= BATCH.bytes)
    })
  }

  #charge({ batch, reply }: ReadBodies<Waiting>): void {
    for (const [nth, { posted }] of batch.entries()) {
      const tokens = Math.floor((reply.spentMs[nth] ?? 0) / TOKEN_MS)
      if (tokens > 0 && posted.prefix !== undefined) this.#parts.rate.charge(posted.prefix, tokens)
    }
  }

  /**
   * Answers a body that ended its thread. A sender whose rate such bodies have used up is asked to wait with all
   * others.
   */
  #refuseLost({ posted, resolve }: Waiting, reason: LostReason): void {
    if (reason === 'late') return resolve(COME_AGAIN)
    resolve({ kind: 'refused', ...LOST[reason] })
    const { prefix } = posted
    if (prefix === undefined) return
    this.#parts.rate.charge(prefix, LOST_TOKENS)
    const seconds = this.#parts.rate.take(prefix, 0)
    if (seconds > 0) this.#sendAway(this.#waiting.takeAllOf(prefix), { kind: 'later', why: 'sender', seconds })
  }

  /** Begins nothing more: what waits is asked to come again, what is being read is answered. */
  stop(): void {
    this.#stopped = true
    this.#start()
  }

  /** Stops, and resolves when everything is answered. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop()
    while (this.#open.size > 0) await Promise.all(this.#open)
  }
}
