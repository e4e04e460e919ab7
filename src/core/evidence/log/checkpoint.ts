import { InputError } from '../../model/errors.ts'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { HASH_BYTES, parseCount } from './merkle.ts'
import { checkNote, isKeyName, parseNote, type NoteTools, type SignedNote, type VerifierKey } from './signed-note.ts'

// Checkpoints, https://c2sp.org/tlog-checkpoint: the signed state of a log.

/** What a log says of itself: so many entries, this root. */
export interface TreeHead {
  /** Schema-less URL prefix of the log, and name of its key. */
  readonly origin: string
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
}

export interface Checkpoint extends TreeHead {
  /** As signed. */
  readonly note: SignedNote
}

/** Whether an origin is that of a log of simulated data: the two never share one (docs/formats/log.md). */
export const isSimulatedOrigin = (origin: string): boolean =>
  origin.startsWith('simulated.invalid/') || origin.split('/').includes('simulated')

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot read checkpoint: expected ${expected}`, { code: 'checkpoint.invalid', path, expected })

/** The text that is signed: origin, size and root, a line each. */
export const checkpointText = ({ origin, size, root }: TreeHead): string =>
  `${origin}\n${size.toString()}\n${encodeBase64(root)}\n`

/** Reads a checkpoint without checking a signature. Throws InputError; extension lines are refused. */
export function parseCheckpoint(bytes: Uint8Array): Checkpoint {
  const note = parseNote(bytes)
  const [origin = '', size = '', root = '', ...rest] = note.text.split('\n')
  if (!isKeyName(origin)) throw refuse('origin', 'an origin without space or plus sign')
  const decoded = decodeBase64(root)
  if (decoded?.length !== HASH_BYTES) throw refuse('root', 'a root of 32 bytes in base64')
  if (rest.length !== 1 || rest[0] !== '') throw refuse('', 'three lines: origin, size, root')
  return { origin, size: parseCount(size, 'size'), root: decoded, note }
}

/**
 * Keys of the log whose signature stands under a checkpoint; a key counts only where its name is the origin. Empty: no
 * known key signed it, or one that is known signed something else.
 */
export function checkpointSigners(
  { origin, note }: Checkpoint,
  keys: readonly VerifierKey[],
  verify: NoteTools['verify'],
): readonly VerifierKey[] {
  const { good, bad } = checkNote(
    note,
    keys.filter(({ name }) => name === origin),
    verify,
  )
  return bad.length > 0 ? [] : good
}
