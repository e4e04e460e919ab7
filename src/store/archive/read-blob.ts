import { promisify } from 'node:util'
import { crc32, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import { Fault } from '../../core/model/errors.ts'
import type { Archived, Framed } from './contract.ts'
import { recordBody, entryId, entryOf, frameOf, idOf, provenanceOf, saltOf, type RecordHead } from './record.ts'
import { sha256Buffer } from './seal.ts'

/** Why a record does not give back what was archived. */
export type Damage = 'head' | 'checksum' | 'frame' | 'id' | 'provenance'

type Opened = Exclude<Archived, { kind: 'erased' }>

/** From this length on a measurement is expanded and hashed on the threads of the runtime: others are answered meanwhile. */
const LONG_BYTES = 256 * 1024
const expandLong = promisify(zstdDecompress)

/**
 * Gives the measurement or entry in a whole record that is not erased, or what is wrong with it. Copies all it gives; the
 * record must not change before.
 */
export async function openRecord(head: RecordHead, record: Buffer): Promise<Opened | Damage> {
  if (head.state === 'erased') return 'head'
  if (crc32(recordBody(record, head)) !== head.bodyCrc) return 'checksum'
  const isLong = head.size > LONG_BYTES
  let bytes: Buffer<ArrayBuffer>
  try {
    const most = { maxOutputLength: Math.max(1, head.size) }
    const frame = frameOf(record, head)
    bytes = isLong ? await expandLong(frame, most) : zstdDecompressSync(frame, most)
  } catch {
    return 'frame'
  }
  if (bytes.length !== head.size) return 'frame'
  const { leafIndex } = head
  const salt = Buffer.from(saltOf(record))
  if (head.state === 'entry') {
    const found = entryOf(record)
    if (found === undefined) return 'provenance'
    return entryId(found.entry, bytes).equals(idOf(record)) ? { kind: 'entry', leafIndex, ...found, salt, bytes } : 'id'
  }
  const id = isLong ? Buffer.from(await crypto.subtle.digest('SHA-256', bytes)) : sha256Buffer(bytes)
  if (!id.equals(idOf(record))) return 'id'
  const provenance = provenanceOf(record, head)
  if (provenance === undefined) return 'provenance'
  return { kind: 'blob', leafIndex, provenance, salt, bytes }
}

/** The measurement of a whole record without a look into its frame; anything else as `openRecord` gives it. */
export async function frameRecord(
  head: RecordHead,
  record: Buffer,
): Promise<Framed | Exclude<Opened, { kind: 'blob' }> | Damage> {
  if (head.state !== 'blob') {
    const opened = await openRecord(head, record)
    return typeof opened === 'string' || opened.kind !== 'blob' ? opened : 'head'
  }
  if (crc32(recordBody(record, head)) !== head.bodyCrc) return 'checksum'
  const provenance = provenanceOf(record, head)
  if (provenance === undefined) return 'provenance'
  const { leafIndex, size } = head
  return { kind: 'frame', leafIndex, provenance, frame: frameOf(record, head), size }
}

const SENTENCES = {
  head: 'its record is overwritten or gone',
  checksum: 'its bytes do not have their checksum',
  frame: 'its frame does not decompress',
  id: 'its bytes do not have their digest',
  provenance: 'its channel or kind is not known to this version',
} satisfies Record<Damage, string>

export const damageFault = (leafIndex: number, path: string, damage: Damage): Fault =>
  new Fault(
    `Cannot read leaf ${leafIndex} in "${path}": ${SENTENCES[damage]}; "kuager archive verify" lists every such leaf`,
  )
