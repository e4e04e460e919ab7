import type { Realm } from '../../core/model/log-entry.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import type { Sha256 } from '../../core/model/units.ts'
import type { Archive, ArchiveItem } from '../../store/archive/contract.ts'
import { placeRows } from '../../store/warehouse/place-rows.ts'
import { callBatch } from '../../runtime/batch-call.ts'
import { WorkerLost, type Lease, type LostReason } from '../../runtime/worker-pool.ts'
import { decodeJudgeReply, type JudgeCall, type JudgeReply } from '../judge/judge-calls.ts'
import type { RowInserter } from '../judge/row-inserter.ts'

/** What became of one value; `added` and `known` with their place in the log. */
export type SettledValue =
  | { readonly kind: 'added' | 'known'; readonly leafIndex: number }
  | { readonly kind: 'barred' }
  | { readonly kind: 'aside' | 'reject'; readonly code: string; readonly detail: string }

/** A value that the archive does not know yet, with its digest. */
export interface Fresh {
  readonly id: Sha256
  /** In the buffer of its batch. */
  readonly bytes: Uint8Array<SharedArrayBuffer>
}

export interface AppendTools {
  readonly archive: Archive
  readonly rows: RowInserter
  readonly provenance: Omit<Provenance, 'id'>
  /** The one realm whose measurements are taken; undefined: both are. */
  readonly realm?: Realm | undefined
  /** Resolves when every earlier batch is in the archive: leaves are in the order of the values. */
  readonly turn: Promise<void>
  /** Called where a thread died with rows of leaves that exist: they are to be made again. */
  onRowsLost(): void
}

/**
 * Judges values in the worker of a lease, appends them to the archive (durable when this resolves) and hands their
 * rows on to the warehouse. A value that ends its thread is rejected, as `value.crashed` or `value.slow`, and costs no
 * other. The lease is taken by the caller, in the order of the batches: one that waits for its turn while an earlier
 * one waits for a lease would never return.
 */
export async function appendBatch(
  lease: Lease,
  values: readonly Fresh[],
  tools: AppendTools,
): Promise<readonly SettledValue[]> {
  const settled = new Map<Fresh, SettledValue>()
  for (let left = values; left.length > 0;) {
    const { parts, lost, rest } = await callBatch(left, (some) => appendWith(lease, some, tools))
    for (const { items, reply } of parts) for (const [nth, value] of items.entries()) settled.set(value, reply[nth]!) // one for each value
    for (const { item, reason } of lost) settled.set(item, LOST[reason])
    left = rest
  }
  await tools.turn
  return values.map((value) => settled.get(value)!) // each was answered or lost
}

const LOST: Record<LostReason, SettledValue> = {
  ended: { kind: 'reject', code: 'value.crashed', detail: 'its judgement needs more memory than a thread has' },
  slow: { kind: 'reject', code: 'value.slow', detail: 'its judgement takes more work than its length allows' },
  late: { kind: 'reject', code: 'value.late', detail: 'its judgement took too long on this machine; import it again' },
}

/**
 * The steps of one batch. Each says what a crash right after it leaves. The record of the resumed import
 * (resume-record.ts) is written by the caller after all of them, so a batch that was cut off is read again and found as
 * known.
 */
async function appendWith(
  lease: Lease,
  values: readonly Fresh[],
  tools: AppendTools,
): Promise<readonly SettledValue[]> {
  const { archive, provenance } = tools
  // 1. Judged in a thread, in memory. Crash: nothing.
  const reply = await judgeIn(lease, values, tools)
  // 2. After every earlier batch, so that leaves are in the order of the values.
  await tools.turn
  // 3. Bytes and leaves, synced. Crash: measurements without rows; the next start judges the leaves that the warehouse
  // lacks.
  const appended = await archive.append(archiveItems(values, reply, provenance))
  let next = 0
  const leaves: number[] = []
  const added: Fresh[] = []
  const settled = reply.outcomes.map((outcome, i): SettledValue => {
    if (outcome.kind !== 'judged') return outcome
    const place = appended[next++]! // one for each item, in their order
    if (place.kind === 'added') {
      leaves.push(place.leafIndex)
      added.push(values[i]!) // an outcome for each value
    }
    return place
  })
  // 4. Rows, to be inserted with those of other batches. Crash: as after 3.
  if (added.length > 0) await insertRows(lease, added, { ...tools, reply, leaves, whole: added.length === next })
  return settled
}

interface RowTools extends AppendTools {
  readonly reply: JudgeReply
  readonly leaves: readonly number[]
  /** Whether every judged value of the reply was added. */
  readonly whole: boolean
}

/** Where some of a batch were known already, the others are judged again: their rows are among those. */
async function insertRows(lease: Lease, added: readonly Fresh[], tools: RowTools): Promise<void> {
  const { whole, leaves, rows, onRowsLost } = tools
  try {
    const reply = whole ? tools.reply : await judgeIn(lease, added, tools)
    await rows.add(placeRows(reply.rows, leaves))
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error
    onRowsLost()
  }
}

async function judgeIn(
  lease: Lease,
  values: readonly Fresh[],
  { provenance, realm }: Pick<AppendTools, 'provenance' | 'realm'>,
): Promise<JudgeReply> {
  const call = {
    buffer: values[0]!.bytes.buffer, // called with at least one value, all of one batch
    starts: values.map(({ bytes }) => bytes.byteOffset),
    ends: values.map(({ bytes }) => bytes.byteOffset + bytes.length),
    ids: values.map(({ id }) => id),
    provenance,
    realm,
  } satisfies JudgeCall
  return decodeJudgeReply(await lease.call('judge', call))
}

function archiveItems(values: readonly Fresh[], reply: JudgeReply, provenance: Omit<Provenance, 'id'>): ArchiveItem[] {
  const items: ArchiveItem[] = []
  let at = 0
  for (const [i, outcome] of reply.outcomes.entries()) {
    if (outcome.kind !== 'judged') continue
    const frame = reply.frames.subarray(at, at + outcome.frameBytes)
    at += outcome.frameBytes
    const bytes = outcome.bytes ?? values[i]!.bytes // an outcome for each value
    items.push({ provenance: { ...provenance, id: outcome.id }, bytes, publicSha256: outcome.publicSha256, frame })
  }
  return items
}
