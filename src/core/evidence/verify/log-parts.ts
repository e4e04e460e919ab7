import { InputError } from '../../model/errors.ts'
import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../log/checkpoint.ts'
import { parseLeafRecord, type LeafRecord } from '../log/leaf-record.ts'
import { hashLeaf, parseCount, verifyInclusion } from '../log/merkle.ts'
import { parseVerifierKey, type NoteTools, type VerifierKey } from '../log/signed-note.ts'
import { parseTlogProof } from '../log/tlog-proof.ts'
import { decodeUtf8 } from './source/bounded-json.ts'
import { AT } from './source/bundle-paths.ts'
import type { BundleProblem } from './bundle-report.ts'
import { LIMITS, type BundleSource } from './source/bundle-source.ts'
import { readLines } from './source/read-lines.ts'
import type { StepFindings } from './step/findings.ts'

/** A leaf that the bundle names: its record, and its digest in the tree. */
export interface NamedLeaf {
  readonly record: LeafRecord
  readonly hash: Uint8Array
}

/** What a bundle says about the log. What could not be read is absent, and a problem of the step `description`. */
export interface BundleLogParts {
  readonly keys: readonly VerifierKey[]
  readonly checkpoint: Checkpoint | undefined
  readonly checkpointBytes: Uint8Array | undefined
  readonly leaves: ReadonlyMap<number, NamedLeaf>
}

const MOST_KEYS = 1000
const MOST_SMALL = 1_000_000

/** Reads keys, checkpoint and leaf records. What is wrong with any is found; none stops the others. */
export async function readLogParts(
  source: BundleSource,
  find: StepFindings,
  tools: NoteTools,
): Promise<BundleLogParts> {
  const keys =
    (await find.attempt('file-form', AT.keys, async () => parseKeys(await source.read(AT.keys, MOST_SMALL), tools))) ??
    []
  const bytes = await find.attempt('file-form', AT.checkpoint, () => source.read(AT.checkpoint, MOST_SMALL))
  const checkpoint =
    bytes === undefined ? undefined : await find.attempt('file-form', AT.checkpoint, () => parseCheckpoint(bytes))
  const leaves = new Map<number, NamedLeaf>()
  await find.attempt('file-form', AT.leaves, () => readLeaves(source, leaves, tools))
  return { keys, checkpoint, checkpointBytes: bytes, leaves }
}

function parseKeys(bytes: Uint8Array, { digest }: NoteTools): readonly VerifierKey[] {
  const lines = decodeUtf8(bytes).split('\n')
  if (lines.pop() !== '' || lines.length === 0 || lines.length > MOST_KEYS)
    throw new InputError('Cannot read keys of the log', {
      code: 'bundle.keys',
      path: '',
      expected: `one to ${MOST_KEYS} lines, each with a line feed`,
    })
  return lines.map((line) => parseVerifierKey(line, digest))
}

async function readLeaves(source: BundleSource, leaves: Map<number, NamedLeaf>, { digest }: NoteTools): Promise<void> {
  let before = -1
  for await (const line of readLines(source.chunks(AT.leaves))) {
    const space = line.indexOf(0x20)
    const index = parseCount(decodeUtf8(line.subarray(0, Math.max(space, 0))), `leaf after ${before}`)
    if (index <= before || leaves.size >= LIMITS.files)
      throw new InputError('Cannot read leaves', {
        code: 'bundle.leaves',
        path: `leaf ${index}`,
        expected: 'leaves by their index, each once',
      })
    const bytes = line.slice(space + 1)
    leaves.set(index, { record: parseLeafRecord(bytes), hash: hashLeaf(bytes, digest) })
    before = index
  }
}

/**
 * What is wrong with the proof of a leaf; undefined where it leads to the checkpoint. The signatures under a checkpoint
 * are checked once for each text of it: ten thousand proofs end in the same one.
 */
export function proofChecker(
  { keys, checkpoint, leaves }: BundleLogParts,
  tools: NoteTools,
): (leaf: number, bytes: Uint8Array) => BundleProblem | undefined {
  const known = new Map<string, BundleProblem | undefined>()
  const signed = (found: Checkpoint, bytes: Uint8Array): BundleProblem | undefined => {
    if (checkpoint === undefined || found.note.text !== checkpoint.note.text) return 'proof-checkpoint'
    const text = decodeUtf8(bytes)
    if (!known.has(text)) {
      // Bounded: an author who gives each proof a checkpoint of its own uses only as much memory as the file has.
      if (known.size > 100) known.clear()
      known.set(text, checkpointSigners(found, keys, tools.verify).length > 0 ? undefined : 'bad-signature')
    }
    return known.get(text)
  }
  return (leaf, bytes) => {
    const named = leaves.get(leaf)
    if (named === undefined) return 'no-leaf'
    let proof
    try {
      proof = parseTlogProof(bytes)
    } catch (error) {
      if (error instanceof InputError) return 'file-form'
      throw error
    }
    const { index, path, checkpoint: head, checkpointBytes } = proof
    const wrong = signed(head, checkpointBytes)
    if (wrong !== undefined) return wrong
    if (index !== leaf) return 'not-in-log'
    const claim = { index: BigInt(index), size: BigInt(head.size), leaf: named.hash, path, root: head.root }
    return verifyInclusion(claim, tools.digest) ? undefined : 'not-in-log'
  }
}
