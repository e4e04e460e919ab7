import { defined } from '../../core/model/defined.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import type { Posted } from '../../core/model/measured/submission.ts'
import type { Instant } from '../../core/model/units.ts'
import type { SeenValues } from '../../store/seen-values/contract.ts'
import { callBatch } from '../../runtime/batch-call.ts'
import type { Clock } from '../../runtime/clock.ts'
import { isLocalAddress } from '../../runtime/sender/local-address.ts'
import type { Lease, LostReason, WorkerPool } from '../../runtime/worker-pool.ts'
import { decodeReceiveReply, type ReceiveCall, type ReceiveReply, type SentBody } from './receive-calls.ts'

/** Bodies, and bytes of them, that one thread is given at once. */
export const BATCH = { bodies: 48, bytes: 2 * 2 ** 20 } as const
/** Buffers of the length of a batch that are filled again: made for each, they would be garbage of the costly kind. */
const MOST_SPARE = 8

/** Bodies that were read, with what they were found to be. */
export interface ReadBodies<Body> {
  readonly batch: readonly Body[]
  readonly reply: ReceiveReply
  readonly now: Instant
}

/** What became of a batch. */
export interface ReadBatch<Body> {
  readonly read: readonly ReadBodies<Body>[]
  /** Bodies that ended their thread. */
  readonly lost: readonly { readonly item: Body; readonly reason: LostReason }[]
  /** Bodies that the thread did not come to. */
  readonly rest: readonly Body[]
}

export interface BatchReaderParts {
  readonly pool: WorkerPool
  readonly clock: Clock
  readonly realm: () => Promise<Realm | undefined>
  readonly seen: Pick<SeenValues, 'secret'>
}

/** Reads batches of bodies in threads; a body that ends its thread costs only itself. */
export class BatchReader {
  readonly #parts: BatchReaderParts
  readonly #spare: SharedArrayBuffer[] = []

  constructor(parts: BatchReaderParts) {
    this.#parts = parts
  }

  /** Reads as many bodies of a batch as a thread can at once. Throws what broke. */
  async read<Body extends { readonly posted: Posted }>(batch: readonly Body[]): Promise<ReadBatch<Body>> {
    const now = this.#parts.clock.now()
    const call = (lease: Lease) => (some: readonly Body[]) => this.#call(lease, some, now)
    const outcome = await this.#parts.pool.lease((lease) => callBatch(batch, call(lease)))
    const { lost } = outcome
    const read = outcome.parts.map(({ items, reply }) => ({
      ...{ reply, now },
      batch: items.slice(0, reply.found.length),
    }))
    const notReached = outcome.parts.flatMap(({ items, reply }) => items.slice(reply.found.length))
    return { read, lost, rest: [...notReached, ...outcome.rest] }
  }

  async #call(lease: Lease, batch: readonly { readonly posted: Posted }[], now: Instant): Promise<ReceiveReply> {
    const { buffer, sent } = layOut(batch, (length) => this.#bufferOf(length))
    const { realm, seen } = this.#parts
    const call = { buffer, sent, now, realm: await realm(), secret: seen.secret } satisfies ReceiveCall
    const reply = decodeReceiveReply(await lease.call('receive', call))
    // After an error it is not filled again: a thread that was given up may still read it.
    if (buffer.byteLength === BATCH.bytes && this.#spare.length < MOST_SPARE) this.#spare.push(buffer)
    return reply
  }

  #bufferOf(length: number): SharedArrayBuffer {
    if (length > BATCH.bytes) return new SharedArrayBuffer(length)
    return this.#spare.pop() ?? new SharedArrayBuffer(BATCH.bytes)
  }
}

/** Puts the bodies of a batch one behind the other into one buffer. */
function layOut(
  batch: readonly { readonly posted: Posted }[],
  bufferOf: (length: number) => SharedArrayBuffer,
): Pick<ReceiveCall, 'buffer' | 'sent'> {
  const buffer = bufferOf(batch.reduce((sum, { posted }) => sum + posted.body.length, 0))
  const all = new Uint8Array(buffer)
  let at = 0
  const sent = batch.map(({ posted }): SentBody => {
    const { body, encoding, sender, report } = posted
    all.set(body, at)
    const start = at
    at += body.length
    return {
      start,
      end: at,
      encoding,
      ...(sender === undefined || isLocalAddress(sender) ? {} : { sender }),
      ...defined({ report }),
    }
  })
  return { buffer, sent }
}
