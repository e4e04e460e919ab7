import type { Realm } from '../../core/model/log-entry.ts'
import type { Admitted, Posted, Received } from '../../core/model/measured/submission.ts'
import { COUNTED_STANDINGS } from '../../core/model/standing.ts'
import type { Clock } from '../../runtime/clock.ts'
import { durations } from '../../runtime/metrics.ts'
import type { LostReason, WorkerPool } from '../../runtime/worker-pool.ts'
import { acceptBatch, type AcceptParts } from './accept-batch.ts'
import { BATCH, BatchReader, type ReadBodies } from './batch-reader.ts'
import { expectedLength } from './expand.ts'
import { FairQueue } from './fair-queue.ts'
import type { SeenValues } from '../../store/seen-values/contract.ts'
import { isLocalAddress } from '../../runtime/sender/local-address.ts'
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
  /** One thread, only for senders from whom a measurement of an invited or known key came today. */
  readonly knownPool: WorkerPool
  readonly rate: RateLimit
  readonly clock: Clock
  /** The one realm whose measurements are taken from now on; undefined: both are. */
  readonly realm: () => Promise<Realm | undefined>
  /** The secret by which values of what servers write are known, and which of them are common. */
  readonly seen: Pick<SeenValues, 'secret' | 'note'>
}

/** Parts of the network with a known sender that are remembered at once. */
const MOST_KNOWN = 50_000

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
  /** Whether it comes from where a known sender is. */
  readonly known: boolean
  resolve(received: Received): void
  reject(error: unknown): void
}

/** Bodies that wait for the threads of one pool. */
class Lane {
  readonly queue = new FairQueue<Waiting>(({ posted }) => posted.prefix ?? NO_PREFIX, isHeavy)
  readonly reader: BatchReader
  readonly threads: number
  /** Batches that are being read, and those of heavy bodies among them. */
  reading = 0
  heavy = 0

  constructor(reader: BatchReader, threads: number) {
    this.reader = reader
    this.threads = threads
  }
}

const isHeavy = ({ weight }: Waiting): boolean => weight > HEAVY_BYTES

/**
 * Takes submissions: read and checked in threads, given a standing, appended. An answer resolves only when bytes and
 * leaf are on disk. Rules: docs/formats/collector.md. It keeps no address: a sender's is handed to the thread that
 * looks for it in the document, and to the table of networks.
 *
 * Who sends is known only when a body has been read. So a sender counts as known by what came from the same part of the
 * network before, never by what it claims: a claim costs a hostile sender nothing.
 */
export class Receiver implements AsyncDisposable {
  readonly #parts: ReceiverParts
  readonly #open = new Set<Promise<void>>()
  readonly #unknown: Lane
  readonly #known: Lane
  /** Stand for parts of the network today, as in `Posted`. */
  readonly #knownPrefixes = new Set<string>()
  #stopped = false
  #waitingBytes = 0
  #count = 0

  constructor(parts: ReceiverParts, threads: number) {
    this.#parts = parts
    this.#unknown = new Lane(new BatchReader(parts), threads)
    this.#known = new Lane(new BatchReader({ ...parts, pool: parts.knownPool }), 1)
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
  async submit(posted: Posted): Promise<Received> {
    this.#count++
    this.#waitingBytes += posted.body.length
    const came = this.#parts.clock.monotonic()
    try {
      const received = await new Promise<Received>((resolve, reject) => {
        const known = posted.prefix !== undefined && this.#knownPrefixes.has(posted.prefix)
        const weight = expectedLength(posted.body, posted.encoding)
        this.#laneOf({ known }).queue.push({ posted, weight, known, resolve, reject })
        this.#start()
      })
      this.#learn(posted, received)
      return received
    } finally {
      this.#count--
      this.#waitingBytes -= posted.body.length
      tookToAnswer(this.#parts.clock.monotonic() - came)
    }
  }

  /** Bytes that were here before teach nothing: anyone who has them can send them. Neither does Tor's one address. */
  #learn({ prefix, sender }: Posted, received: Received): void {
    if (received.kind !== 'added' || prefix === undefined || this.#knownPrefixes.has(prefix)) return
    if (sender === undefined || isLocalAddress(sender)) return
    if (!COUNTED_STANDINGS.some((one) => one === received.standing)) return
    if (this.#knownPrefixes.size >= MOST_KNOWN) this.#knownPrefixes.clear()
    this.#knownPrefixes.add(prefix)
    // Its thread starts before it is needed; that it cannot start is an error of the next submission.
    void this.#parts.knownPool.ready().catch(() => undefined)
  }

  #laneOf({ known }: Pick<Waiting, 'known'>): Lane {
    return known ? this.#known : this.#unknown
  }

  #start(): void {
    for (const lane of [this.#known, this.#unknown]) {
      while (this.#stopped && lane.queue.length > 0)
        this.#sendAway(
          lane.queue.take(() => true),
          COME_AGAIN,
        )
      for (let batch = this.#batchFor(lane); batch.length > 0; batch = this.#batchFor(lane)) {
        const run = this.#receive(batch, lane)
        this.#open.add(run)
        void run.finally(() => this.#open.delete(run))
      }
    }
  }

  #batchFor(lane: Lane): readonly Waiting[] {
    // Two batches for each thread: one is read while the answer of the other is on its way. Not two of heavy bodies, or
    // a light one would wait for both.
    if (lane.reading >= 2 * lane.threads) return []
    const limits = { heavy: lane.heavy < lane.threads }
    const batch = takeBatch(lane.queue, limits)
    // Threads that have nothing else to do help with the known senders.
    return batch.length > 0 || lane === this.#known ? batch : takeBatch(this.#known.queue, limits)
  }

  #sendAway(waiting: readonly Waiting[], answer: Received & { kind: 'later' }): void {
    for (const one of waiting) one.resolve(answer)
  }

  /** Reads, then archives: while this waits for the disk, the thread reads the next batch. Never rejects. */
  async #receive(batch: readonly Waiting[], lane: Lane): Promise<void> {
    for (const read of await this.#readInThread(batch, lane))
      try {
        await acceptBatch(read, this.#parts)
      } catch (error) {
        for (const one of read.batch) one.reject(error)
      }
  }

  /** Bodies that the thread did not come to wait again. Never rejects. */
  async #readInThread(batch: readonly Waiting[], lane: Lane): Promise<readonly ReadBodies<Waiting>[]> {
    const heavy = batch.some(isHeavy) ? 1 : 0
    lane.reading++
    lane.heavy += heavy
    try {
      const { read, lost, rest } = await lane.reader.read(batch)
      for (const one of read) this.#charge(one)
      for (const each of [this.#known, this.#unknown])
        each.queue.putBack(rest.filter((one) => this.#laneOf(one) === each))
      for (const { item, reason } of lost) this.#refuseLost(item, reason)
      return read
    } catch (error) {
      for (const one of batch) one.reject(error)
      return []
    } finally {
      lane.reading--
      lane.heavy -= heavy
      this.#start()
    }
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
    if (seconds === 0) return
    for (const { queue } of [this.#known, this.#unknown])
      this.#sendAway(queue.takeAllOf(prefix), { kind: 'later', why: 'sender', seconds })
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

function takeBatch(queue: FairQueue<Waiting>, limits: { readonly heavy: boolean }): readonly Waiting[] {
  let bytes = 0
  return queue.take(({ weight }, taken) => {
    bytes += weight
    return taken === 0 || (taken < BATCH.bodies && bytes <= BATCH.bytes)
  }, limits)
}
