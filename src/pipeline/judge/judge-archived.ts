import type { Provenance } from '../../core/model/measured/measurement.ts'
import type { Sighting } from '../../store/seen-values/contract.ts'
import type { EncodedRows } from '../../store/warehouse/contract.ts'
import { placeRows } from '../../store/warehouse/place-rows.ts'
import { callBatch } from '../../runtime/batch-call.ts'
import type { LostReason, WorkerPool } from '../../runtime/worker-pool.ts'
import { decodeJudgeArchivedReply, type JudgeArchivedCall, type Unjudged } from './judge-calls.ts'

/** A measurement that was archived. */
export interface ArchivedValue {
  readonly leafIndex: number
  readonly provenance: Provenance
  readonly bytes: Uint8Array
  /** Where the bytes are its zstd frame: its length. */
  readonly expandsTo?: number
}

/** Where a value is in the buffer of its portion. */
interface Place extends Omit<ArchivedValue, 'bytes'> {
  readonly start: number
  readonly end: number
}

/** Archived measurements that are judged in one call. */
export interface Portion {
  readonly buffer: SharedArrayBuffer
  readonly places: readonly Place[]
}

/** Measurements, bytes and expanded bytes of one portion: the buffer of a portion is used again for another. */
const MOST = 256
const MOST_BYTES = 2 ** 20
const MOST_EXPANDED = 4 * 2 ** 20

/** Fills portions with copies of values. */
export class Portions {
  readonly #free: SharedArrayBuffer[] = []
  #buffer: SharedArrayBuffer | undefined
  #places: Place[] = []
  #used = 0
  #expanded = 0

  /** Takes a value, and gives the portion that is full and does not hold it, if there is one. */
  add({ bytes, ...value }: ArchivedValue): Portion | undefined {
    const isFull =
      this.#places.length >= MOST ||
      this.#expanded >= MOST_EXPANDED ||
      (this.#buffer !== undefined && this.#used + bytes.length > this.#buffer.byteLength)
    const full = isFull ? this.finish() : undefined
    this.#buffer ??=
      bytes.length > MOST_BYTES
        ? new SharedArrayBuffer(bytes.length)
        : (this.#free.pop() ?? new SharedArrayBuffer(MOST_BYTES))
    const start = this.#used
    this.#used += bytes.length
    new Uint8Array(this.#buffer, start, bytes.length).set(bytes)
    this.#places.push({ ...value, start, end: this.#used })
    this.#expanded += value.expandsTo ?? bytes.length
    return full
  }

  /** What was taken and not yet given. */
  finish(): Portion | undefined {
    const [buffer, places] = [this.#buffer, this.#places]
    this.#buffer = undefined
    this.#places = []
    this.#used = 0
    this.#expanded = 0
    return buffer === undefined ? undefined : { buffer, places }
  }

  /** The portion was judged: nothing reads its buffer any longer. */
  release({ buffer }: Portion): void {
    if (buffer.byteLength === MOST_BYTES) this.#free.push(buffer)
  }
}

/** What became of a portion. */
export interface JudgedPortion {
  readonly rows: readonly EncodedRows[]
  /** Leaves that have rows. */
  readonly leaves: readonly number[]
  readonly without: readonly (Unjudged & { readonly leafIndex: number })[]
  /** Measurements that ended their thread. */
  readonly lost: readonly { readonly leafIndex: number; readonly reason: LostReason }[]
  readonly sightings: readonly Sighting[]
}

export interface PortionOptions {
  /** Whether it comes from the disk: then what is not what was archived is `damaged`. */
  readonly isRead?: boolean
  /** Key under which what the values brought is noted; absent: it is not asked for. */
  readonly secret?: Uint8Array
  /** Where a measurement is from by now: its sender may be revoked while it waits. */
  readonly provenanceNow?: (provenance: Provenance) => Provenance
}

/** Judges a portion in one thread. A measurement that ends the thread is left out, and the others are judged. */
export function judgePortion(
  pool: WorkerPool,
  { buffer, places }: Portion,
  options: PortionOptions = {},
): Promise<JudgedPortion> {
  return pool.lease(async (lease) => {
    const [rows, leaves, sightings]: [EncodedRows[], number[], Sighting[]] = [[], [], []]
    const [without, lost]: [JudgedPortion['without'][number][], JudgedPortion['lost'][number][]] = [[], []]
    for (let left = places; left.length > 0;) {
      const tried = await callBatch(left, async (some) =>
        decodeJudgeArchivedReply(await lease.call('judgeArchived', callOf(buffer, some, options))),
      )
      for (const { items, reply } of tried.parts) {
        const judged: number[] = []
        for (const [nth, { leafIndex }] of items.entries()) {
          const outcome = reply.outcomes[nth]! // one for each
          if (outcome.kind === 'judged') judged.push(leafIndex)
          else without.push({ ...outcome, leafIndex })
        }
        rows.push(placeRows(reply.rows, judged))
        leaves.push(...judged)
        sightings.push(...reply.sightings)
      }
      lost.push(...tried.lost.map(({ item, reason }) => ({ leafIndex: item.leafIndex, reason })))
      left = tried.rest
    }
    return { rows, leaves, without, lost, sightings }
  })
}

function callOf(
  buffer: SharedArrayBuffer,
  places: readonly Place[],
  { isRead = false, secret, provenanceNow = (provenance) => provenance }: PortionOptions,
): JudgeArchivedCall {
  return {
    buffer,
    starts: places.map(({ start }) => start),
    ends: places.map(({ end }) => end),
    expandsTo: places.map(({ expandsTo }) => expandsTo),
    provenances: places.map(({ provenance }) => provenanceNow(provenance)),
    isRead,
    ...(secret === undefined ? {} : { noted: { leaves: places.map(({ leafIndex }) => leafIndex), secret } }),
  }
}
