import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { ENTRY_KINDS, type OtherEntryKind } from '../../core/model/log-entry.ts'
import { CHANNELS, type Provenance } from '../../core/model/measured/measurement.ts'
import { instant, parseSha256, type Instant } from '../../core/model/units.ts'

/** Fixed part of a record; origin and frame follow it. Layout: docs/formats/archive.md, "Record". */
export const HEADER_BYTES = 112
export const NONCE_BYTES = 8
export const SALT_BYTES = 16
export const ID_BYTES = 32

const AT = {
  crc: 8,
  state: 12,
  channel: 13,
  origin: 14,
  frame: 16,
  size: 20,
  leaf: 24,
  batch: 32,
  received: 40,
} as const
const AT_SALT = 48
const AT_ID = 64
const AT_BODY_CRC = 96
const AT_LEAF_CRC = 100
const AT_LEAF_BYTES = 104
const STATES = ['blob', 'erased', 'entry'] as const
type State = (typeof STATES)[number]
const stateByte = (state: State): number => STATES.indexOf(state) + 1

/** What always stays of a record, also when its content is gone: enough to overwrite it without reading it. */
export interface RecordFrame {
  readonly leafIndex: number
  /** First leaf of the group that was committed together: a later group proves that this one was acknowledged. */
  readonly batchLeaf: number
  readonly originBytes: number
  readonly frameBytes: number
  readonly leafBytes: number
  readonly leafCrc: number
}

export interface RecordHead extends RecordFrame {
  readonly state: State
  /** Length of the measurement or entry as received; 0 when erased. */
  readonly size: number
  readonly bodyCrc: number
}

export const recordBytes = (frame: RecordFrame): number => HEADER_BYTES + frame.originBytes + frame.frameBytes

/** Writes a 48-bit number at the low end of a 64-bit field. */
const put48 = (buffer: Buffer, value: number, at: number): unknown => buffer.writeUIntBE(value, at + 2, 6)
const get48 = (buffer: Buffer, at: number): number => buffer.readUIntBE(at + 2, 6)

const seal = (head: Buffer): number => crc32(head.subarray(AT.state, HEADER_BYTES))

export interface Content {
  /** Where a measurement came from; of an entry, what it is and since when it is here. */
  readonly source:
    | ({ readonly kind: 'blob' } & Pick<Provenance, 'channel' | 'origin' | 'receivedAt'>)
    | { readonly kind: 'entry'; readonly entry: OtherEntryKind; readonly receivedAt: Instant }
  readonly id: Uint8Array
  readonly salt: Uint8Array
  readonly size: number
  readonly frame: Uint8Array
  readonly leaf: Uint8Array
}

/** Head and origin of a new record; `placeRecord` completes it when its place in the log is known. */
export function encodeHead(content: Content): Buffer {
  const { source } = content
  const origin = Buffer.from(source.kind === 'blob' ? source.origin : '')
  const head = Buffer.alloc(HEADER_BYTES + origin.length)
  head[AT.state] = stateByte(source.kind)
  head[AT.channel] = source.kind === 'blob' ? CHANNELS.indexOf(source.channel) : ENTRY_KINDS.indexOf(source.entry)
  head.writeUInt16BE(origin.length, AT.origin)
  head.writeUInt32BE(content.frame.length, AT.frame)
  head.writeUInt32BE(content.size, AT.size)
  put48(head, source.receivedAt, AT.received)
  head.set(content.salt, AT_SALT)
  head.set(content.id, AT_ID)
  head.writeUInt32BE(crc32(content.frame, crc32(origin)), AT_BODY_CRC)
  head.writeUInt32BE(crc32(content.leaf), AT_LEAF_CRC)
  head.writeUInt16BE(content.leaf.length, AT_LEAF_BYTES)
  head.set(origin, HEADER_BYTES)
  return head
}

/** Gives a head its place: the segment's nonce, leaf, first leaf of its group, and the checksum over all of it. */
export function placeRecord(head: Buffer, nonce: Uint8Array, place: { leafIndex: number; batchLeaf: number }): void {
  head.set(nonce, 0)
  put48(head, place.leafIndex, AT.leaf)
  put48(head, place.batchLeaf, AT.batch)
  head.writeUInt32BE(seal(head), AT.crc)
}

/** The bytes that take the place of a record when it is erased: its frame, and zeros for everything else. */
export function encodeErased(nonce: Uint8Array, frame: RecordFrame): Buffer {
  const bytes = Buffer.alloc(recordBytes(frame))
  bytes[AT.state] = stateByte('erased')
  bytes.writeUInt16BE(frame.originBytes, AT.origin)
  bytes.writeUInt32BE(frame.frameBytes, AT.frame)
  bytes.writeUInt32BE(crc32(bytes.subarray(HEADER_BYTES)), AT_BODY_CRC)
  bytes.writeUInt32BE(frame.leafCrc, AT_LEAF_CRC)
  bytes.writeUInt16BE(frame.leafBytes, AT_LEAF_BYTES)
  placeRecord(bytes, nonce, frame)
  return bytes
}

/** Gives the head at the start of `bytes`, or undefined where no whole, undamaged head of this segment stands. */
export function decodeRecordHead(bytes: Buffer, nonce: Buffer): RecordHead | undefined {
  if (bytes.length < HEADER_BYTES || nonce.compare(bytes, 0, NONCE_BYTES) !== 0) return undefined
  if (bytes.readUInt32BE(AT.crc) !== seal(bytes)) return undefined
  const state = STATES.find((one) => stateByte(one) === bytes[AT.state])
  if (state === undefined) return undefined
  return {
    state,
    leafIndex: get48(bytes, AT.leaf),
    batchLeaf: get48(bytes, AT.batch),
    originBytes: bytes.readUInt16BE(AT.origin),
    frameBytes: bytes.readUInt32BE(AT.frame),
    size: bytes.readUInt32BE(AT.size),
    bodyCrc: bytes.readUInt32BE(AT_BODY_CRC),
    leafCrc: bytes.readUInt32BE(AT_LEAF_CRC),
    leafBytes: bytes.readUInt16BE(AT_LEAF_BYTES),
  }
}

/** The bare id in a head: 32 bytes, zeros when erased. */
export const idOf = (record: Buffer): Buffer => record.subarray(AT_ID, AT_ID + ID_BYTES)
export const saltOf = (record: Buffer): Buffer => record.subarray(AT_SALT, AT_SALT + SALT_BYTES)
export const recordBody = (record: Buffer, frame: RecordFrame): Buffer =>
  record.subarray(HEADER_BYTES, recordBytes(frame))
export const frameOf = (record: Buffer, frame: RecordFrame): Buffer =>
  record.subarray(HEADER_BYTES + frame.originBytes, recordBytes(frame))

/** Where the measurement of a whole record came from, or undefined for a channel this version does not know. */
export function provenanceOf(record: Buffer, frame: RecordFrame): Provenance | undefined {
  const channel = CHANNELS[record[AT.channel] ?? CHANNELS.length]
  if (channel === undefined) return undefined
  return {
    id: parseSha256(idOf(record).toString('hex')),
    receivedAt: instant(get48(record, AT.received)),
    channel,
    origin: record.toString('utf8', HEADER_BYTES, HEADER_BYTES + frame.originBytes),
  }
}

/** What the entry in a whole record is and since when it is here; undefined for a kind this version does not know. */
export function entryOf(record: Buffer): { readonly entry: OtherEntryKind; readonly receivedAt: Instant } | undefined {
  const entry = ENTRY_KINDS[record[AT.channel] ?? ENTRY_KINDS.length]
  if (entry === undefined || entry === 'measurement') return undefined
  return { entry, receivedAt: instant(get48(record, AT.received)) }
}

/** Id of an entry in the index: no measurement, which is JSON, begins with the name of a kind. */
export const entryId = (kind: OtherEntryKind, bytes: Uint8Array): Buffer =>
  createHash('sha256').update(`${kind}\n`).update(bytes).digest()
