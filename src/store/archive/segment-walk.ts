import { HEADER_BYTES, decodeRecordHead, recordBytes, type RecordHead } from './record.ts'
import type { Window } from './window.ts'

/** `damage`: bytes where a record should stand and none does, up to the next record or the end. Offsets in bytes. */
export type Walked =
  | { readonly kind: 'record'; readonly offset: number; readonly head: RecordHead; readonly bytes: Buffer }
  | { readonly kind: 'damage'; readonly offset: number; readonly end: number }

export interface Walk {
  readonly nonce: Buffer
  readonly from: number
  /** With `bodies`, `bytes` is the whole record; without, its head. Valid until the next step. */
  readonly bodies: boolean
  /** Longest record that is read; one that says it is longer counts as damage. Absent: no limit, for files of our own. */
  readonly most?: number
}

/** Gives every record of a segment in order, and every stretch that is none. Never throws for what it finds. */
export async function* walkSegment(window: Window, walk: Walk): AsyncGenerator<Walked, void, undefined> {
  const { most = Infinity } = walk
  let offset = walk.from
  while (offset < window.end) {
    const head = decodeRecordHead(await window.at(offset, HEADER_BYTES), walk.nonce)
    if (head === undefined || recordBytes(head) > most || offset + recordBytes(head) > window.end) {
      const end = await nextRecord(window, walk.nonce, offset + 1)
      yield { kind: 'damage', offset, end }
      offset = end
      continue
    }
    const bytes = await window.at(offset, walk.bodies ? recordBytes(head) : HEADER_BYTES)
    yield { kind: 'record', offset, head, bytes }
    offset += recordBytes(head)
  }
}

/** Offset of the next undamaged head, or the end. The nonce is random: no content that was sent to us can imitate it. */
async function nextRecord(window: Window, nonce: Buffer, from: number): Promise<number> {
  const STEP = 256 * 1024
  for (let offset = from; offset < window.end; offset += STEP) {
    const bytes = Buffer.from(await window.at(offset, STEP + HEADER_BYTES))
    for (let at = bytes.indexOf(nonce); at !== -1 && at < STEP; at = bytes.indexOf(nonce, at + 1)) {
      const head = decodeRecordHead(bytes.subarray(at, at + HEADER_BYTES), nonce)
      if (head !== undefined && offset + at + recordBytes(head) <= window.end) return offset + at
    }
  }
  return window.end
}
