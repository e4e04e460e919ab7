import { InputError } from '../../model/errors.ts'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts'
import { HASH_BYTES, MOST_PROOF_HASHES, parseCount } from './merkle.ts'

// Proofs as files, https://c2sp.org/tlog-proof: an index, the path and the checkpoint it leads to.

export interface TlogProof {
  readonly index: number
  /** From the leaf to the root, 32 bytes each. */
  readonly path: readonly Uint8Array[]
  readonly checkpoint: Checkpoint
  /** The checkpoint as it is in the file. */
  readonly checkpointBytes: Uint8Array
}

const HEAD = 'c2sp.org/tlog-proof@v1'
const MOST_BYTES = 200_000

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot read proof: expected ${expected}`, { code: 'proof.invalid', path, expected })

/** A proof as a file; `checkpoint` is the signed note as it is served. */
export const formatTlogProof = (index: number, path: readonly Uint8Array[], checkpoint: string): string =>
  [HEAD, `index ${index}`, ...path.map(encodeBase64), '', checkpoint].join('\n')

/** Reads a proof. Its `extra` line is not authenticated and not given. Throws InputError. */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  if (bytes.length > MOST_BYTES) throw refuse('', `at most ${MOST_BYTES} bytes`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refuse('', 'UTF-8')
  }
  const end = text.indexOf('\n\n')
  if (end === -1) throw refuse('', 'an empty line before the checkpoint')
  const [head, ...lines] = text.slice(0, end).split('\n')
  if (head !== HEAD) throw refuse('', `the first line "${HEAD}"`)
  if (lines[0]?.startsWith('extra ') === true && decodeBase64(lines.shift()?.slice(6) ?? '') === undefined)
    throw refuse('extra', 'base64')
  const index = /^index (.*)$/.exec(lines.shift() ?? '')?.[1]
  if (index === undefined) throw refuse('index', 'a line "index <number>"')
  if (lines.length > MOST_PROOF_HASHES) throw refuse('path', `at most ${MOST_PROOF_HASHES} hashes`)
  const path = lines.map((line) => {
    const hash = decodeBase64(line)
    if (hash?.length !== HASH_BYTES) throw refuse('path', 'hashes of 32 bytes in base64')
    return hash
  })
  const checkpointBytes = new TextEncoder().encode(text.slice(end + 2))
  return { index: parseCount(index, 'index'), path, checkpoint: parseCheckpoint(checkpointBytes), checkpointBytes }
}
