import { MINUTE_MS } from '../../core/model/duration.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import { formatSubmittedBy, type Standing, type SubmittedBy } from '../../core/model/standing.ts'
import type { Admitted, Posted, Received } from '../../core/model/measured/submission.ts'
import { instant, type Asn, type Instant } from '../../core/model/units.ts'
import type { Appended, Archive, SealedItem } from '../../store/archive/contract.ts'
import { SALT_BYTES } from '../../store/archive/record.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { LostReason, WorkerPool } from '../../runtime/worker-pool.ts'
import { BATCH, BatchReader, type ReadBodies } from './batch-reader.ts'
import { expectedLength } from './expand.ts'
import { FairQueue } from './fair-queue.ts'
import type { SeenValues } from '../../store/seen-values/contract.ts'
import { sightingOf } from '../publish/sighting.ts'
import type { ReceivedBlob } from './judge-received.ts'
import type { Found } from './receive-calls.ts'
import type { RateLimit } from '../../runtime/sender/rate.ts'
import { costOf, type CollectorLimits } from './collector-limits.ts'
import type { Spender } from './standing/allowance.ts'
import { formatReportId, measurementUidOf } from './report-id.ts'
import type { Standings } from './standing/standings.ts'

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

/**
 * The moment of receipt as it is kept and published. To the millisecond it would tell whoever watches the collector's
 * connections which of them brought a measurement, and so whose it is.
 */
const minuteOf = (at: Instant): Instant => instant(Math.floor(at / MINUTE_MS) * MINUTE_MS)

export interface ReceiverParts {
  readonly archive: Pick<Archive, 'append' | 'has'>
  readonly limits: Pick<CollectorLimits, 'take' | 'giveBack'>
  readonly pool: WorkerPool
  readonly standings: Pick<Standings, 'of'>
  readonly rate: RateLimit
  /** Network of an address, where a table knows it. */
  readonly networkOf: (address: string) => Asn | undefined
  readonly clock: Clock
  /** The one realm whose measurements are taken from now on; undefined: both are. */
  readonly realm: () => Promise<Realm | undefined>
  /** Told of what was added to the archive. */
  readonly onAdded: (added: readonly ReceivedBlob[]) => void
  /** Which values of what servers write are common. */
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

interface Waiting {
  readonly posted: Posted
  /** Bytes of the body when expanded. */
  readonly weight: number
  resolve(received: Received): void
  reject(error: unknown): void
}

/**
 * Takes submissions: read and checked in threads, given a standing, appended. An answer resolves only when bytes and
 * leaf are on disk. Rules: docs/formats/collector.md. It keeps no address: a sender's is handed to the thread that looks
 * for it in the document, and to the table of networks.
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

  /** Reads, archives and answers. Rejects with what broke: then nothing is promised. */
  submit(posted: Posted): Promise<Received> {
    this.#count++
    this.#waitingBytes += posted.body.length
    return new Promise<Received>((resolve, reject) => {
      this.#waiting.push({ posted, weight: expectedLength(posted.body, posted.encoding), resolve, reject })
      this.#start()
    }).finally(() => {
      this.#count--
      this.#waitingBytes -= posted.body.length
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
        await this.#archive(read)
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

  /** Answers a body that ended its thread. A sender who has used up his rate with such is asked to wait with all others. */
  #refuseLost({ posted, resolve }: Waiting, reason: LostReason): void {
    if (reason === 'late') return resolve(COME_AGAIN)
    resolve({ kind: 'refused', ...LOST[reason] })
    const { prefix } = posted
    if (prefix === undefined) return
    this.#parts.rate.charge(prefix, LOST_TOKENS)
    const seconds = this.#parts.rate.take(prefix, 0)
    if (seconds > 0) this.#sendAway(this.#waiting.takeAllOf(prefix), { kind: 'later', why: 'sender', seconds })
  }

  async #archive({ batch, reply, now }: ReadBodies<Waiting>): Promise<void> {
    const items: { waiting: Waiting; found: Found & { kind: 'taken' }; standing: Standing; item: SealedItem }[] = []
    const taken: { readonly spender: Spender; readonly bytes: number }[] = []
    let at = 0
    for (const [nth, found] of reply.found.entries()) {
      const waiting = batch[nth]! // one for each body
      if (found.kind === 'refused') {
        waiting.resolve(found)
        continue
      }
      const salt = reply.sealed.subarray(at, (at += SALT_BYTES))
      const frame = reply.sealed.subarray(at, (at += found.frameBytes))
      const by = this.#senderOf(found, waiting, now)
      if (by === undefined) {
        waiting.resolve({
          kind: 'refused',
          code: 'bad_invitation',
          message: 'The invitation is unknown, used up or too old',
        })
        continue
      }
      const { id, publicSha256, size, original } = found
      const { prefix } = waiting.posted
      const spender: Spender = prefix === undefined ? by : { ...by, prefix }
      const bytes = costOf({ frame: frame.length, size })
      // What is archived already takes no space again: its sender only did not hear the answer.
      const isNew = !this.#parts.archive.has(id)
      const refused = isNew ? this.#parts.limits.take(spender, bytes, now) : undefined
      if (refused !== undefined) {
        waiting.resolve(refused)
        continue
      }
      if (isNew) taken.push({ spender, bytes })
      const provenance = { id, receivedAt: minuteOf(now), channel: 'collector', origin: formatSubmittedBy(by) } as const
      items.push({
        waiting,
        found,
        standing: by.standing,
        item: { provenance, publicSha256, size, frame, salt, original },
      })
    }
    if (items.length === 0) return
    const appended = await this.#parts.archive.append(items.map(({ item }) => item)).catch((error: unknown) => {
      for (const { spender, bytes } of taken) this.#parts.limits.giveBack(spender, bytes)
      throw error
    })
    for (const [nth, { waiting, found, standing }] of items.entries())
      waiting.resolve(answerOf(found, standing, appended[nth]!)) // one for each item, in their order
    const added = items.flatMap(({ item }, nth): ReceivedBlob[] => {
      const place = appended[nth]
      const { provenance, frame, size } = item
      return place?.kind === 'added' ? [{ leafIndex: place.leafIndex, provenance, bytes: frame, expandsTo: size }] : []
    })
    if (added.length > 0) this.#parts.onAdded(added)
    const sightings = items.flatMap(({ item, found }, nth) => {
      const place = appended[nth]
      return place?.kind === 'added' ? sightingOf({ ...item, leafIndex: place.leafIndex }, found.brought) : []
    })
    if (sightings.length > 0) this.#parts.seen.note(sightings)
  }

  /** Who sent it, which is kept with the bytes; undefined for a false invitation. */
  #senderOf(found: Found & { kind: 'taken' }, { posted }: Waiting, now: Instant): SubmittedBy | undefined {
    const { sender, prefix, invitation, vouch } = posted
    const senderAsn = sender === undefined ? undefined : this.#parts.networkOf(sender)
    return this.#parts.standings.of(
      {
        asn: found.asn,
        ...(found.key === undefined || found.pseudonym === undefined
          ? {}
          : { key: found.key, pseudonym: found.pseudonym }),
        ...(senderAsn === undefined ? {} : { senderAsn }),
        ...(prefix === undefined ? {} : { senderPrefix: prefix }),
        ...(invitation === undefined ? {} : { invitation }),
        ...(vouch === undefined ? {} : { vouch }),
      },
      now,
    )
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

function answerOf(found: Found & { kind: 'taken' }, standing: Standing, appended: Appended): Received {
  if (appended.kind === 'barred')
    return { kind: 'refused', code: 'erased', message: 'This measurement was erased here and is not taken again' }
  return {
    kind: appended.kind,
    id: found.id,
    leafIndex: appended.leafIndex,
    measurementUid: measurementUidOf(found, found.id),
    reportId: formatReportId(found, found.id.slice(0, 16)),
    verification: found.verification,
    standing,
  }
}
