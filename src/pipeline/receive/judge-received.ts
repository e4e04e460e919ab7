import { setTimeout as pause } from 'node:timers/promises'
import type { Provenance } from '../../model/measurement.ts'
import type { Archive, Archived } from '../../store/archive/contract.ts'
import { placeRows } from '../../store/warehouse/place-rows.ts'
import type { LeafWithoutVerdict, Warehouse } from '../../store/warehouse/contract.ts'
import type { Log } from '../../sys/log.ts'
import type { WorkerPool } from '../../sys/worker-pool.ts'
import { WorkerLost } from '../../sys/worker-pool.ts'
import { decodeJudgeReply } from '../judge-calls.ts'
import type { JudgeCall } from '../judge-calls.ts'

type Blob = Extract<Archived, { kind: 'blob' }>

/** Measurements and bytes judged at once. */
const BATCH = 256
const BATCH_BYTES = 4 * 2 ** 20
/** Insertions are gathered for so long: many small ones would only be merged again. */
const GATHER_MS = 2000
/** After something broke. */
const AGAIN_MS = 10_000

export interface JudgeReceivedParts {
  readonly archive: Pick<Archive, 'size' | 'scan' | 'erasedLeaves'>
  readonly warehouse: Pick<Warehouse, 'missingLeaves' | 'insertEncoded' | 'setAside'>
  readonly pool: WorkerPool
  readonly log: Log
  readonly signal: AbortSignal
}

/** Judges what is archived and not in the warehouse yet, in the background, for as long as a server runs. */
export interface JudgeReceived extends AsyncDisposable {
  /** Something was archived. */
  wake(): void
  /** Resolves when everything archived by now is in the warehouse; for tests and for the end. */
  settled(): Promise<void>
}

/**
 * Follows the archive into the warehouse. The archive is the truth: what a crash leaves unjudged is found by the next
 * start (`catchUp`), and by every look here.
 */
export function openJudgeReceived(parts: JudgeReceivedParts): JudgeReceived {
  const { signal, log } = parts
  let woken = Promise.withResolvers<void>()
  let round = Promise.withResolvers<void>()
  const end = (): void => woken.resolve()
  signal.addEventListener('abort', end, { once: true })
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      await woken.promise
      if (signal.aborted) return
      woken = Promise.withResolvers()
      const done = round
      round = Promise.withResolvers()
      try {
        await judgeMissing(parts)
        done.resolve()
        await pause(GATHER_MS, undefined, { signal }).catch(() => undefined)
      } catch (error) {
        done.reject(error)
        if (signal.aborted) return
        log.error({ error }, 'received measurements could not be judged')
        await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined)
        woken.resolve()
      }
    }
  }
  const following = follow()
  return {
    wake: () => woken.resolve(),
    async settled() {
      const next = round.promise
      next.catch(() => undefined) // awaited below, whatever else rejects first
      woken.resolve()
      await next
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', end)
      await following
    },
  }
}

/** Judges and stores the submitted leaves that the warehouse lacks; what an import archives, it judges itself. */
async function judgeMissing(parts: JudgeReceivedParts): Promise<void> {
  const { archive, warehouse, signal } = parts
  for (const range of await warehouse.missingLeaves(archive.size)) {
    let batch: Blob[] = []
    let bytes = 0
    for await (const archived of archive.scan(range.from)) {
      if (archived.leafIndex >= range.until) break
      if (signal.aborted) return
      // An erased leaf is set aside by whoever erased it, and by the next start.
      if (archived.kind === 'erased' || archived.provenance.channel !== 'collector') continue
      batch.push(archived)
      bytes += archived.bytes.length
      if (batch.length < BATCH && bytes < BATCH_BYTES) continue
      await judgeBatch(batch, parts)
      batch = []
      bytes = 0
    }
    await judgeBatch(batch, parts)
  }
}

async function judgeBatch(blobs: readonly Blob[], parts: JudgeReceivedParts): Promise<void> {
  if (blobs.length === 0) return
  const aside = await parts.pool.lease(async (lease) => judgeBlobs(blobs, lease.call, parts))
  // Erased while it was judged: its rows came after those of its blob were taken away.
  const erased = new Set(parts.archive.erasedLeaves)
  const gone = blobs.filter(({ leafIndex }) => erased.has(leafIndex))
  await parts.warehouse.setAside([
    ...aside.filter(({ leafIndex }) => !erased.has(leafIndex)),
    ...gone.map(({ leafIndex }) => ({ leafIndex, state: 'erased' as const })),
  ])
}

type CallWorker = (name: string, value: unknown) => Promise<unknown>

/** Judges and inserts; gives the leaves that say nothing we decode. One that ends its thread is found by trying each. */
async function judgeBlobs(
  blobs: readonly Blob[],
  call: CallWorker,
  parts: JudgeReceivedParts,
): Promise<readonly LeafWithoutVerdict[]> {
  try {
    const reply = decodeJudgeReply(await call('judge', callOf(blobs)))
    const leaves: number[] = []
    const aside: LeafWithoutVerdict[] = []
    for (const [nth, { leafIndex }] of blobs.entries())
      if (reply.outcomes[nth]?.kind === 'judged') leaves.push(leafIndex)
      else aside.push({ leafIndex, state: 'undecoded' })
    if (leaves.length > 0) await parts.warehouse.insertEncoded([placeRows(reply.rows, leaves)])
    return aside
  } catch (error) {
    if (!(error instanceof WorkerLost)) throw error
    if (!error.served) return judgeBlobs(blobs, call, parts)
    if (blobs.length === 1) return [{ leafIndex: blobs[0]!.leafIndex, state: 'undecoded' }]
    const aside: LeafWithoutVerdict[] = []
    for (const blob of blobs) aside.push(...(await judgeBlobs([blob], call, parts)))
    return aside
  }
}

function callOf(blobs: readonly Blob[]): JudgeCall {
  const buffer = new SharedArrayBuffer(blobs.reduce((sum, { bytes }) => sum + bytes.length, 0))
  const all = new Uint8Array(buffer)
  const [starts, ends]: [number[], number[]] = [[], []]
  let at = 0
  for (const { bytes } of blobs) {
    all.set(bytes, at)
    starts.push(at)
    ends.push((at += bytes.length))
  }
  const provenance = blobs.map(({ provenance: { receivedAt, channel, origin } }): Omit<Provenance, 'id'> => ({
    receivedAt,
    channel,
    origin,
  }))
  return { buffer, starts, ends, ids: blobs.map((blob) => blob.provenance.id), provenance }
}
