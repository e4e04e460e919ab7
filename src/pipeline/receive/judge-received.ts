import { setTimeout as pause } from 'node:timers/promises'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { placeRows } from '../../store/warehouse/place-rows.ts'
import type { EncodedRows, LeafWithoutVerdict, Warehouse } from '../../store/warehouse/contract.ts'
import type { Log } from '../../runtime/log.ts'
import { callBatch } from '../../runtime/batch-call.ts'
import type { Lease, WorkerPool } from '../../runtime/worker-pool.ts'
import { decodeJudgeArchivedReply, type JudgeArchivedCall, type JudgeArchivedReply } from '../judge/judge-calls.ts'

/** A measurement that was archived, with its bytes: not read back from the disk while memory has it. */
export interface ReceivedBlob {
  readonly leafIndex: number
  readonly provenance: Provenance
  readonly bytes: Uint8Array
  /** Where the bytes are its zstd frame: its length. */
  readonly expandsTo?: number
}

/** Measurements and bytes judged at once. */
const BATCH = 256
const BATCH_BYTES = 4 * 2 ** 20
/** Measurements, and bytes of rows, inserted at once: many small parts would only be merged again. */
const PORTION = 4096
const PORTION_BYTES = 32 * 2 ** 20
/** What arrives in so long is judged together. */
const GATHER_MS = 3000
/** After something broke. */
const AGAIN_MS = 10_000
/** Bytes that wait in memory; what comes on top is read from the archive when its turn comes. */
const MOST_HELD_BYTES = 64 * 2 ** 20

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
  #held: ReceivedBlob[] = []
  #heldBytes = 0
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
  add(blobs: readonly ReceivedBlob[]): void {
    for (const blob of blobs)
      if (this.#heldBytes + blob.bytes.length > MOST_HELD_BYTES) this.#behind = true
      else {
        this.#held.push(blob)
        this.#heldBytes += blob.bytes.length
      }
    this.#woken.resolve()
  }

  async #follow(): Promise<void> {
    const { signal, log } = this.#parts
    while (!signal.aborted) {
      await this.#woken.promise
      if (signal.aborted) return
      this.#woken = Promise.withResolvers()
      try {
        await this.#judgeHeld()
        if (this.#behind) await this.#judgeMissing()
        await pause(GATHER_MS, undefined, { signal }).catch(() => undefined)
      } catch (error) {
        if (signal.aborted) return
        log.error({ error }, 'received measurements could not be judged')
        this.#behind = true
        await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined)
        this.#woken.resolve()
      }
    }
  }

  async #judgeHeld(): Promise<void> {
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    const portion = new Portion(this.#parts)
    for (const blob of held) await portion.add(blob)
    await portion.insert()
  }

  /** What memory did not hold: every submitted leaf that the warehouse lacks. An import judges its own. */
  async #judgeMissing(): Promise<void> {
    const { archive, warehouse, signal } = this.#parts
    this.#behind = false
    const portion = new Portion(this.#parts)
    for (const range of await warehouse.missingLeaves(archive.size))
      for await (const archived of archive.scan(range.from)) {
        if (archived.leafIndex >= range.until) break
        signal.throwIfAborted()
        // An erased leaf is set aside by the process that erased it, and by the next start.
        if (archived.kind === 'blob' && archived.provenance.channel === 'collector') await portion.add(archived)
      }
    await portion.insert()
  }

  /** Resolves when nothing is being judged any longer; to be called after the signal has ended it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#following
  }
}

/** Measurements on their way into the warehouse: judged in batches, inserted together. */
class Portion {
  readonly #parts: JudgeReceivedParts
  #blobs: ReceivedBlob[] = []
  #bytes = 0
  #rows: EncodedRows[] = []
  #rowBytes = 0
  #leaves: number[] = []
  #aside: LeafWithoutVerdict[] = []

  constructor(parts: JudgeReceivedParts) {
    this.#parts = parts
  }

  async add(blob: ReceivedBlob): Promise<void> {
    this.#blobs.push(blob)
    this.#bytes += lengthOf(blob)
    if (this.#blobs.length < BATCH && this.#bytes < BATCH_BYTES) return
    await this.#judge()
    if (this.#leaves.length >= PORTION || this.#rowBytes >= PORTION_BYTES) await this.insert()
  }

  async #judge(): Promise<void> {
    const blobs = this.#blobs
    this.#blobs = []
    this.#bytes = 0
    if (blobs.length > 0) await this.#parts.pool.lease((lease) => this.#judgeIn(lease, blobs))
  }

  /** A measurement that ends its thread is set aside like one that says nothing: it is not tried again and again. */
  async #judgeIn(lease: Lease, blobs: readonly ReceivedBlob[]): Promise<void> {
    for (let left = blobs; left.length > 0;) {
      const { parts, lost, rest } = await callBatch(left, async (some) =>
        decodeJudgeArchivedReply(await lease.call('judgeArchived', callOf(some, this.#parts.provenanceNow))),
      )
      for (const { items, reply } of parts) this.#keep(items, reply)
      for (const { item, reason } of lost) {
        this.#parts.log.warn({ leaf: item.leafIndex, reason }, 'a received measurement could not be judged')
        this.#aside.push({ leafIndex: item.leafIndex, state: 'undecoded' })
      }
      left = rest
    }
  }

  #keep(blobs: readonly ReceivedBlob[], { judged, rows }: JudgeArchivedReply): void {
    const leaves = blobs.filter((_, nth) => judged[nth] === true).map(({ leafIndex }) => leafIndex)
    const others = blobs.filter((_, nth) => judged[nth] !== true)
    this.#rows.push(placeRows(rows, leaves))
    this.#rowBytes += rows.verdicts.bytes.length + rows.observations.bytes.length
    this.#leaves.push(...leaves)
    this.#aside.push(...others.map(({ leafIndex }) => ({ leafIndex, state: 'undecoded' as const })))
  }

  /** Judges what is left and inserts it all. */
  async insert(): Promise<void> {
    await this.#judge()
    const [rows, leaves, aside] = [this.#rows, this.#leaves, this.#aside]
    this.#rows = []
    this.#rowBytes = 0
    this.#leaves = []
    this.#aside = []
    const { archive, warehouse } = this.#parts
    if (rows.length > 0) await warehouse.insertEncoded(rows)
    // Erased while it was judged: its rows may have come after those of its blob were taken away.
    const erased = new Set(archive.erasedLeaves)
    await warehouse.setAside([
      ...aside.filter(({ leafIndex }) => !erased.has(leafIndex)),
      ...leaves.filter((leaf) => erased.has(leaf)).map((leafIndex) => ({ leafIndex, state: 'erased' as const })),
    ])
  }
}

const lengthOf = ({ bytes, expandsTo }: ReceivedBlob): number => expandsTo ?? bytes.length

function callOf(blobs: readonly ReceivedBlob[], now: JudgeReceivedParts['provenanceNow']): JudgeArchivedCall {
  const buffer = new SharedArrayBuffer(blobs.reduce((sum, { bytes }) => sum + bytes.length, 0))
  const all = new Uint8Array(buffer)
  const [starts, ends]: [number[], number[]] = [[], []]
  let at = 0
  for (const { bytes } of blobs) {
    all.set(bytes, at)
    starts.push(at)
    ends.push((at += bytes.length))
  }
  const expandsTo = blobs.map((blob) => blob.expandsTo)
  return { buffer, starts, ends, expandsTo, provenances: blobs.map(({ provenance }) => now(provenance)) }
}
