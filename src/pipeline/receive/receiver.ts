import type { Realm } from '../../model/log-entry.ts'
import { formatSubmittedBy, type Standing, type SubmittedBy } from '../../model/standing.ts'
import type { Admitted, Posted, Received } from '../../model/submission.ts'
import { instant, type Asn, type Instant } from '../../model/units.ts'
import { isLocalAddress } from '../../sys/sender/local-address.ts'
import type { Appended, Archive, SealedItem } from '../../store/archive/contract.ts'
import { SALT_BYTES } from '../../store/archive/record.ts'
import type { Clock } from '../../sys/clock.ts'
import type { Lease, WorkerPool } from '../../sys/worker-pool.ts'
import { WorkerLost } from '../../sys/worker-pool.ts'
import type { ReceivedBlob } from './judge-received.ts'
import { decodeReceiveReply } from './receive-calls.ts'
import type { Found, ReceiveCall, ReceiveReply, Sent } from './receive-calls.ts'
import type { RateLimit } from '../../sys/sender/rate.ts'
import { costOf, type CollectorLimits } from './collector-limits.ts'
import type { Spender } from './allowance.ts'
import { formatReportId, measurementUidOf } from './report-id.ts'
import type { Standings } from './standings.ts'

/** Bodies, and bytes of them, that one thread is given at once. */
const BATCH = 48
const BATCH_BYTES = 2 * 2 ** 20
/** Bodies, and bytes of them, that may wait in all: beyond it senders are asked to come again. */
const MOST_WAITING = 4096
const MOST_WAITING_BYTES = 96 * 2 ** 20
const COME_AGAIN_SECONDS = 5
/** Buffers of the length of a batch that are filled again: made anew for each, they would be garbage of the costly kind. */
const MOST_SPARE = 8

/**
 * The moment of receipt as it is kept and published. To the millisecond it would tell whoever watches the collector's
 * connections which of them brought a measurement, and so whose it is.
 */
const minuteOf = (at: Instant): Instant => instant(Math.floor(at / 60_000) * 60_000)

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
}

interface Waiting {
  readonly posted: Posted
  resolve(received: Received): void
  reject(error: unknown): void
}

/** A batch that was read. */
interface Read {
  readonly batch: readonly Waiting[]
  readonly reply: ReceiveReply
  readonly now: Instant
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
  readonly #spare: SharedArrayBuffer[] = []
  #reading = 0
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #count = 0

  constructor(parts: ReceiverParts, threads: number) {
    this.#parts = parts
    // Two batches for each thread: one is read while the answer of the other is on its way.
    this.#threads = 2 * threads
  }

  /** Whether a sender may send now, before its body is read. */
  admit(sender: string | undefined): Admitted {
    if (this.#count >= MOST_WAITING || this.#waitingBytes >= MOST_WAITING_BYTES)
      return { kind: 'later', why: 'full', seconds: COME_AGAIN_SECONDS }
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
      this.#waiting.push({ posted, resolve, reject })
      this.#start()
    }).finally(() => {
      this.#count--
      this.#waitingBytes -= posted.body.length
    })
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#reading < this.#threads) {
      const run = this.#receive(this.#takeBatch())
      this.#open.add(run)
      void run.finally(() => this.#open.delete(run))
    }
  }

  /** Reads, then archives: while this waits for the disk, the thread reads the next batch. Never rejects. */
  async #receive(batch: readonly Waiting[]): Promise<void> {
    try {
      for (const read of await this.#readInThread(batch)) await this.#archive(read)
    } catch (error) {
      for (const one of batch) one.reject(error)
    }
  }

  async #readInThread(batch: readonly Waiting[]): Promise<readonly Read[]> {
    this.#reading++
    try {
      return await this.#parts.pool.lease((lease) => this.#read(lease, batch))
    } finally {
      this.#reading--
      this.#start()
    }
  }

  #takeBatch(): readonly Waiting[] {
    let count = 0
    for (let bytes = 0; count < Math.min(BATCH, this.#waiting.length); count++) {
      bytes += this.#waiting[count]!.posted.body.length // count is below the length
      if (count > 0 && bytes > BATCH_BYTES) break
    }
    const batch = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    return batch
  }

  /** Reads a batch in a thread; a body that ends its thread is found by trying each alone. */
  async #read(lease: Lease, batch: readonly Waiting[]): Promise<readonly Read[]> {
    const now = this.#parts.clock.now()
    try {
      const { buffer, sent } = layOut(batch, (length) => this.#bufferOf(length))
      const call = { buffer, sent, now, realm: await this.#parts.realm() } satisfies ReceiveCall
      const reply = decodeReceiveReply(await lease.call('receive', call))
      if (buffer.byteLength === BATCH_BYTES && this.#spare.length < MOST_SPARE) this.#spare.push(buffer)
      return [{ batch, now, reply }]
    } catch (error) {
      if (!(error instanceof WorkerLost)) throw error
      if (!error.served) return this.#read(lease, batch)
      if (batch.length > 1) {
        const all: Read[] = []
        for (const one of batch) all.push(...(await this.#read(lease, [one])))
        return all
      }
      const message = 'Reading the measurement needs more memory than a thread has'
      batch[0]?.resolve({ kind: 'refused', code: 'too_large', message })
      return []
    }
  }

  #bufferOf(length: number): SharedArrayBuffer {
    if (length > BATCH_BYTES) return new SharedArrayBuffer(length)
    return this.#spare.pop() ?? new SharedArrayBuffer(BATCH_BYTES)
  }

  async #archive({ batch, reply, now }: Read): Promise<void> {
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
      const refused = this.#parts.archive.has(id) ? undefined : this.#parts.limits.take(spender, bytes, now)
      if (refused !== undefined) {
        waiting.resolve(refused)
        continue
      }
      taken.push({ spender, bytes })
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

  /** Resolves when everything taken is answered. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open)
  }
}

/** Puts the bodies of a batch one behind the other into one buffer. */
function layOut(
  batch: readonly Waiting[],
  bufferOf: (length: number) => SharedArrayBuffer,
): Pick<ReceiveCall, 'buffer' | 'sent'> {
  const buffer = bufferOf(batch.reduce((sum, { posted }) => sum + posted.body.length, 0))
  const all = new Uint8Array(buffer)
  let at = 0
  const sent = batch.map(({ posted }): Sent => {
    const { body, encoding, sender, report } = posted
    all.set(body, at)
    const start = at
    at += body.length
    return {
      start,
      end: at,
      encoding,
      ...(sender === undefined || isLocalAddress(sender) ? {} : { sender }),
      ...(report === undefined ? {} : { report }),
    }
  })
  return { buffer, sent }
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
