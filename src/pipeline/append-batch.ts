import type { Provenance } from '../model/measurement.ts'
import type { Archive, ArchiveItem } from '../store/archive/contract.ts'
import type { Lease } from '../sys/worker-pool.ts'
import { WorkerLost } from '../sys/worker-pool.ts'
import { decodeEncodedRows, decodeJudgeReply } from './judge-calls.ts'
import type { EncodeCall, JudgeCall, JudgeReply } from './judge-calls.ts'
import type { RowInserter } from './row-inserter.ts'

/** What became of one value; `added` and `known` with their place in the log. */
export type Settled =
  | { readonly kind: 'added' | 'known'; readonly leafIndex: number }
  | { readonly kind: 'barred' }
  | { readonly kind: 'aside' | 'reject'; readonly code: string; readonly detail: string }

export interface AppendTools {
  readonly archive: Archive
  readonly rows: RowInserter
  readonly provenance: Omit<Provenance, 'id'>
  /** Resolves when every earlier batch is in the archive: leaves stand in the order of the values. */
  readonly turn: Promise<void>
  /** Called where a thread died with rows of leaves that exist: they are to be made again. */
  onRowsLost(): void
}

let lastBatch = 0

/**
 * Judges values in the worker of a lease, appends them to the archive (durable when this resolves) and hands their
 * rows on to the warehouse. A value that kills its thread is found by trying each alone, and rejected as
 * `value.crashed`. The lease is taken by the caller, in the order of the batches: one that waits for its turn while an
 * earlier one waits for a lease would wait for ever.
 */
export async function appendBatch(
  lease: Lease,
  values: readonly Uint8Array[],
  tools: AppendTools,
): Promise<readonly Settled[]> {
  try {
    return await appendWith(lease, values, tools)
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error
    if (values.length === 1) {
      await tools.turn
      return [{ kind: 'reject', code: 'value.crashed', detail: 'its judgement needs more memory than a thread has' }]
    }
    const settled: Settled[] = []
    for (const value of values) settled.push(...(await appendBatch(lease, [value], tools)))
    return settled
  }
}

async function appendWith(
  lease: Lease,
  values: readonly Uint8Array[],
  tools: AppendTools,
): Promise<readonly Settled[]> {
  const { archive, provenance } = tools
  const batch = ++lastBatch
  const { buffer, ends } = pack(values)
  const call = { batch, buffer, ends, provenance } satisfies JudgeCall
  const reply = decodeJudgeReply(await lease.call('judge', call, [buffer]))
  await tools.turn
  const appended = await archive.append(archiveItems(values, reply, provenance))
  let next = 0
  const leaves: number[] = []
  const settled = reply.outcomes.map((outcome): Settled => {
    if (outcome.kind !== 'judged') return outcome
    const place = appended[next++]! // one for each item, in their order
    leaves.push(place.kind === 'added' ? place.leafIndex : -1)
    return place
  })
  if (leaves.length > 0) await encode(lease, { batch, leaves }, tools)
  return settled
}

async function encode(lease: Lease, call: EncodeCall, tools: AppendTools): Promise<void> {
  try {
    const rows = decodeEncodedRows(await lease.call('encode', call))
    if (rows.keys.length > 0) await tools.rows.add(rows)
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error
    tools.onRowsLost()
  }
}

function pack(values: readonly Uint8Array[]): { buffer: ArrayBuffer; ends: number[] } {
  const all = new Uint8Array(values.reduce((sum, value) => sum + value.length, 0))
  const ends: number[] = []
  let at = 0
  for (const value of values) {
    all.set(value, at)
    at += value.length
    ends.push(at)
  }
  return { buffer: all.buffer, ends }
}

function archiveItems(
  values: readonly Uint8Array[],
  reply: JudgeReply,
  provenance: Omit<Provenance, 'id'>,
): ArchiveItem[] {
  const items: ArchiveItem[] = []
  let at = 0
  for (const [i, outcome] of reply.outcomes.entries()) {
    if (outcome.kind !== 'judged') continue
    const frame = reply.frames.subarray(at, at + outcome.frameBytes)
    at += outcome.frameBytes
    const bytes = outcome.bytes ?? values[i]! // an outcome for each value
    items.push({ provenance: { ...provenance, id: outcome.id }, bytes, publicSha256: outcome.publicSha256, frame })
  }
  return items
}
