import { hash } from 'node:crypto'
import { crc32, zstdDecompressSync } from 'node:zlib'
import { Fault } from '../../model/errors.ts'
import type { Archived } from './contract.ts'
import { bodyOf, frameOf, idOf, provenanceOf, saltOf } from './record.ts'
import type { RecordHead } from './record.ts'

/** SHA-256 of some bytes. */
export const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer')

/** Why a record does not give back what was archived. */
export type Damage = 'head' | 'checksum' | 'frame' | 'id' | 'provenance'

/** Gives the measurement in a whole record that is not erased, or what is wrong with it. Copies all it gives. */
export function openRecord(head: RecordHead, record: Buffer): Extract<Archived, { kind: 'blob' }> | Damage {
  if (head.state === 'erased') return 'head'
  if (crc32(bodyOf(record, head)) !== head.bodyCrc) return 'checksum'
  let bytes: Buffer
  try {
    bytes = zstdDecompressSync(frameOf(record, head), { maxOutputLength: Math.max(1, head.size) })
  } catch {
    return 'frame'
  }
  if (bytes.length !== head.size) return 'frame'
  if (!sha256(bytes).equals(idOf(record))) return 'id'
  const provenance = provenanceOf(record, head)
  if (provenance === undefined) return 'provenance'
  return { kind: 'blob', leafIndex: head.leafIndex, provenance, salt: Buffer.from(saltOf(record)), bytes }
}

const SENTENCES = {
  head: 'its record is overwritten or gone',
  checksum: 'its bytes do not have their checksum',
  frame: 'its frame does not decompress',
  id: 'its bytes do not have their digest',
  provenance: 'its channel is not known to this version',
} satisfies Record<Damage, string>

export const damageFault = (leafIndex: number, path: string, damage: Damage): Fault =>
  new Fault(
    `Cannot read leaf ${leafIndex} in "${path}": ${SENTENCES[damage]}; "kuager archive verify" lists every such leaf`,
  )
