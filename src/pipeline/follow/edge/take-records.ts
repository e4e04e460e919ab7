import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { parseLeafRecord, type LeafRecord } from '../../../core/evidence/log/leaf-record.ts'
import type { OtherEntryKind, Realm } from '../../../core/model/log-entry.ts'
import type { Provenance } from '../../../core/model/measured/measurement.ts'
import { parseSubmittedBy, type SubmittedBy } from '../../../core/model/standing.ts'
import { InputError } from '../../../core/model/errors.ts'
import { openRecord } from '../../../store/archive/read-blob.ts'
import { frameOf, provenanceOf, recordBody, saltOf } from '../../../store/archive/record.ts'
import type { StreamedRecord } from '../../../store/archive/stream/archive-stream.ts'
import type { StreamPlace } from '../../../store/archive/stream/find-extent.ts'
import { callBatch } from '../../../runtime/batch-call.ts'
import type { WorkerPool } from '../../../runtime/worker-pool.ts'
import { decodeCheckReply, type CheckCall, type CheckedItem } from './check-calls.ts'

/** A record of an edge as far as it is understood without expanding it. */
export type EdgeRecord = { readonly leaf: number; readonly next: StreamPlace; readonly leafBytes: Uint8Array } & (
  | {
      readonly kind: 'measurement'
      readonly provenance: Provenance
      readonly by: SubmittedBy
      readonly size: number
      readonly frame: Buffer
      readonly salt: Buffer
      readonly logged: LeafRecord
    }
  /** `read` of the kinds that change what is followed: changes of keys, and events of custody. */
  | {
      readonly kind: 'entry'
      readonly read?: { readonly entry: OtherEntryKind; readonly bytes: Uint8Array }
    }
  | { readonly kind: 'erased' }
  /** Not submitted to the edge itself: what it imported, or took from an edge of its own. */
  | { readonly kind: 'foreign' }
  /** Not what the leaf is of: the copy that was read is damaged. */
  | { readonly kind: 'damaged'; readonly why: string }
)

const MOST_ENTRY_BYTES = 2 ** 20

/** Reads a record next to its leaf, which a signed checkpoint holds. Copies what it keeps. Never throws for what it finds. */
export async function readEdgeRecord(streamed: StreamedRecord, leafBytes: Uint8Array): Promise<EdgeRecord> {
  const at = { leaf: streamed.leaf, next: streamed.next, leafBytes }
  const damaged = (why: string): EdgeRecord => ({ kind: 'damaged', ...at, why })
  if (streamed.kind === 'damage') return damaged('its record is damaged')
  const { head, bytes } = streamed
  let logged: LeafRecord
  try {
    logged = parseLeafRecord(leafBytes)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    // It is what the log holds, and another version may know it: no measurement of this one.
    return { kind: 'foreign', ...at }
  }
  if (head.leafCrc !== crc32(leafBytes)) return damaged('its record is of another leaf')
  if (head.state === 'erased') return { kind: 'erased', ...at }
  if (crc32(recordBody(bytes, head)) !== head.bodyCrc) return damaged('its bytes do not have their checksum')
  if ((head.state === 'entry') !== (logged.kind !== 'measurement')) return damaged('its record is of another kind')
  if (head.state === 'entry') {
    // Of the others nothing is used; what an edge says it is long is not expanded.
    const isRead = (logged.kind === 'key-change' || logged.kind === 'custody-event') && head.size <= MOST_ENTRY_BYTES
    if (!isRead) return { kind: 'entry', ...at }
    const opened = await openRecord(head, bytes)
    if (typeof opened === 'string' || opened.kind !== 'entry') return damaged('its bytes do not have their digest')
    if (opened.entry !== logged.kind || hash('sha256', opened.bytes) !== logged.public)
      return damaged('its leaf is of other bytes')
    return { kind: 'entry', ...at, read: { entry: opened.entry, bytes: opened.bytes } }
  }
  const provenance = provenanceOf(bytes, head)
  const by = provenance?.channel === 'collector' ? parseSubmittedBy(provenance.origin) : undefined
  if (provenance === undefined || by === undefined || by.edge !== undefined) return { kind: 'foreign', ...at }
  if (head.size !== logged.size) return damaged('its leaf is of other bytes')
  return {
    ...{ kind: 'measurement', ...at, provenance, by, size: head.size, logged },
    frame: Buffer.from(frameOf(bytes, head)),
    salt: Buffer.from(saltOf(bytes)),
  }
}

type Measured = Extract<EdgeRecord, { kind: 'measurement' }>

/** What became of one measurement, with its frame where it is taken. */
export type CheckedRecord =
  | { readonly record: Measured; readonly found: Exclude<CheckedItem, { kind: 'taken' }> }
  | {
      readonly record: Measured
      readonly found: Extract<CheckedItem, { kind: 'taken' }>
      readonly frame: Uint8Array
    }

export interface CheckParts {
  readonly pool: WorkerPool
  readonly realm: Realm | undefined
  readonly secret: Uint8Array
}

/** Checks measurements in a thread, in their order. One that ends its thread is refused; the others are tried again. */
export async function checkRecords(records: readonly Measured[], parts: CheckParts): Promise<readonly CheckedRecord[]> {
  const checked = new Map<Measured, CheckedRecord>()
  for (let left = records; left.length > 0;) {
    const outcome = await parts.pool.lease((lease) =>
      callBatch(left, async (some) => decodeCheckReply(await lease.call('check', callOf(some, parts)))),
    )
    for (const { items, reply } of outcome.parts) {
      let at = 0
      for (const [nth, record] of items.entries()) {
        const found = reply.checked[nth]! // one for each
        if (found.kind !== 'taken') checked.set(record, { record, found })
        else checked.set(record, { record, found, frame: reply.frames.subarray(at, (at += found.frameBytes)) })
      }
    }
    for (const { item, reason } of outcome.lost)
      checked.set(item, { record: item, found: { kind: 'refused', why: reason === 'ended' ? 'crashed' : reason } })
    left = outcome.rest
  }
  return records.map((record) => checked.get(record)!) // each was answered or lost
}

function callOf(records: readonly Measured[], { realm, secret }: CheckParts): CheckCall {
  const buffer = new SharedArrayBuffer(records.reduce((sum, { frame }) => sum + frame.length, 0))
  const all = new Uint8Array(buffer)
  let at = 0
  const items = records.map(({ frame, size, provenance, salt, logged }) => {
    all.set(frame, at)
    const start = at
    at += frame.length
    return { start, end: at, size, id: provenance.id, salt, original: logged.original }
  })
  return { buffer, items, realm, secret }
}
