import { InputError } from '../../../model/errors.ts'
import { decodeBase64 } from '../../base64.ts'
import { HASH_BYTES, MOST_PROOF_HASHES } from '../../log/merkle.ts'
import { decodeUtf8 } from '../source/bounded-json.ts'

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot read hashes: expected ${expected}`, { code: 'bundle.hashes', path, expected })

/** Hashes of a file of a consistency proof: base64, a line each. Throws InputError. */
export function parseHashes(bytes: Uint8Array): readonly Uint8Array[] {
  const lines = decodeUtf8(bytes).split('\n')
  if (lines.pop() !== '') throw refuse('', 'a line feed at the end of every line')
  if (lines.length > MOST_PROOF_HASHES) throw refuse('', `at most ${MOST_PROOF_HASHES} lines`)
  return lines.map((line, at) => {
    const hash = decodeBase64(line)
    if (hash?.length === HASH_BYTES) return hash
    throw refuse(`line ${at + 1}`, 'a hash of 32 bytes in base64')
  })
}
