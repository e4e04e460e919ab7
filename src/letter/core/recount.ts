import { InputError } from '../../core/model/errors.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../../core/evidence/log/checkpoint.ts'
import { decodeEntries } from '../../core/evidence/log/entry-bundle.ts'
import { verifyKeyChange } from '../../core/evidence/log/key-change.ts'
import { LetterCounter } from './count.ts'
import { parseLetterLeaf, type LetterLeaf } from './leaf.ts'
import { notChecked, StepFinder, type LetterStep } from './step.ts'
import { hashLeaf, sameBytes, verifyInclusion } from '../../core/evidence/log/merkle.ts'
import { parseVerifierKey, type NoteTools, type VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { TILE_WIDTH } from '../../core/evidence/log/tile.ts'
import type { TlogProof } from '../../core/evidence/log/tlog-proof.ts'
import { TreeEdge } from '../../core/evidence/log/tree-edge.ts'

/** A log as it is served or handed over: nothing of it is believed. */
export interface LogSource {
  readonly checkpoint: () => Promise<Uint8Array | undefined>
  /** Lines of its keys as it states them itself. */
  readonly keys: () => Promise<string>
  /** Bytes of an entry bundle of that place and width, or of the full one there; undefined where neither exists. */
  readonly entries: (index: number, width: number) => Promise<Uint8Array | undefined>
}

export interface RecountOptions {
  /** Keys that the person who counts trusts; empty: those that the log states itself, which are not vouched for. */
  readonly trusted: readonly VerifierKey[]
  readonly tools: NoteTools
  readonly receipt?: TlogProof
}

export interface Recount {
  readonly checkpoint: Checkpoint | undefined
  /** Keys that signed the checkpoint and are trusted, or follow such a one. */
  readonly signedBy: readonly VerifierKey[]
  /** Whether the keys were brought along by the person who counts. */
  readonly vouched: boolean
  readonly letters: ReadonlyMap<string, LetterCounter>
  /** Leaf of the receipt, where it is proven. */
  readonly receipt: { readonly letter: string; readonly ct: Sha256 } | undefined
  /** `checkpoint`, `leaves`, `count`, and `receipt` where there is one. */
  readonly steps: readonly LetterStep[]
}

/** Largest log that is counted: some minutes, and a word of memory for each signature. */
const MOST_LEAVES = 50_000_000
const MOST_LETTERS = 1000

/**
 * Counts the signatures again from the leaves of a log: reads every leaf, makes the tree, holds its root against the
 * signed checkpoint. Gives what was found, with every problem; throws only what the source throws.
 */
export async function recountLog(source: LogSource, options: RecountOptions): Promise<Recount> {
  const first = new StepFinder('checkpoint')
  const checkpoint = await readCheckpoint(source, first)
  const vouched = options.trusted.length > 0
  if (checkpoint === undefined)
    return {
      checkpoint,
      signedBy: [],
      vouched,
      letters: new Map(),
      receipt: undefined,
      steps: [
        first.end(),
        notChecked('leaves'),
        notChecked('count'),
        ...(options.receipt === undefined ? [] : [notChecked('receipt')]),
      ],
    }
  const keys = vouched ? options.trusted : readOwnKeys(await source.keys(), options.tools)
  const walk = new LeafWalk(options, keys)
  const leaves = await walk.run(source, checkpoint)
  const signedBy = checkpointSigners(checkpoint, walk.trusted, options.tools.verify)
  // Where no key is given there is none to look for: the step says that it was not checked.
  if (signedBy.length === 0 && keys.length > 0) first.add('checkpoint-unsigned')
  const whole = leaves.outcome === 'ok'
  return {
    checkpoint,
    signedBy,
    vouched,
    letters: walk.letters,
    receipt: whole ? walk.receiptLeaf() : undefined,
    steps: [
      keys.length === 0 ? notChecked('checkpoint') : first.end(),
      leaves,
      whole ? walk.countStep() : notChecked('count'),
      ...(options.receipt === undefined
        ? []
        : [whole ? walk.receiptStep(options.receipt, checkpoint) : notChecked('receipt')]),
    ],
  }
}

async function readCheckpoint(source: LogSource, step: StepFinder): Promise<Checkpoint | undefined> {
  const bytes = await source.checkpoint()
  try {
    const checkpoint = bytes === undefined ? undefined : parseCheckpoint(bytes)
    if (checkpoint !== undefined && checkpoint.size <= MOST_LEAVES) return checkpoint
  } catch (error) {
    if (!(error instanceof InputError)) throw error
  }
  step.add('checkpoint-unreadable')
  return undefined
}

/** Keys that a log states of itself; lines that are none are passed over. */
function readOwnKeys(text: string, { digest }: NoteTools): readonly VerifierKey[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [parseVerifierKey(line, digest)]
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return []
    }
  })
}

/** One walk over all leaves, in their order. */
class LeafWalk {
  readonly letters = new Map<string, LetterCounter>()
  readonly #options: RecountOptions
  readonly #trusted: VerifierKey[]
  readonly #edge: TreeEdge
  readonly #count = new StepFinder('count')
  /** Root at the size of the receipt's checkpoint, and the leaf that the receipt names. */
  #receiptRoot: Uint8Array | undefined
  #receiptBytes: Uint8Array | undefined

  constructor(options: RecountOptions, trusted: readonly VerifierKey[]) {
    this.#options = options
    this.#trusted = [...trusted]
    this.#edge = new TreeEdge(options.tools.digest)
  }

  /** Keys that were trusted, and those that they named as their successors in the log. */
  get trusted(): readonly VerifierKey[] {
    return this.#trusted
  }

  async run(source: LogSource, { size, root }: Checkpoint): Promise<LetterStep> {
    const step = new StepFinder('leaves')
    for (let from = 0; from < size; from += TILE_WIDTH) {
      const width = Math.min(TILE_WIDTH, size - from)
      const bytes = await source.entries(from / TILE_WIDTH, width)
      const leaves =
        bytes === undefined
          ? undefined
          : (decodeEntries(bytes, width) ?? decodeEntries(bytes, TILE_WIDTH)?.slice(0, width))
      if (leaves === undefined) {
        step.add('leaf-missing', `${from}–${from + width - 1}`)
        return step.end()
      }
      for (const leaf of leaves) this.#take(leaf)
    }
    if (!sameBytes(this.#edge.root(), root)) step.add('root-differs')
    return step.end()
  }

  #take(bytes: Uint8Array): void {
    const index = this.#edge.size
    const { tools, receipt } = this.#options
    if (receipt?.index === index) this.#receiptBytes = bytes
    this.#edge.push(hashLeaf(bytes, tools.digest))
    if (receipt?.checkpoint.size === this.#edge.size) this.#receiptRoot = this.#edge.root()
    const leaf = readLeaf(bytes)
    if (leaf === undefined) this.#count.add('leaf-foreign', index)
    else if (leaf.kind === 'key-change') this.#follow(leaf.change)
    else this.#counterOf(leaf.letter, index)?.add(index, leaf)
  }

  #follow(change: string): void {
    const { tools } = this.#options
    const keys = verifyKeyChange(new TextEncoder().encode(change), tools)
    if (keys !== undefined && this.#trusted.some((key) => isSame(key, keys.before))) this.#trusted.push(keys.after)
  }

  #counterOf(letter: string, index: number): LetterCounter | undefined {
    const known = this.letters.get(letter)
    if (known !== undefined) return known
    if (this.letters.size >= MOST_LETTERS) {
      this.#count.add('leaf-foreign', index)
      return undefined
    }
    const counter = new LetterCounter(letter)
    this.letters.set(letter, counter)
    return counter
  }

  countStep(): LetterStep {
    for (const counter of this.letters.values())
      for (const { leaf, what } of counter.result().contradictions) this.#count.add(what, leaf)
    return this.#count.end()
  }

  /** The signature that the receipt's number names. */
  receiptLeaf(): { readonly letter: string; readonly ct: Sha256 } | undefined {
    const leaf = this.#receiptBytes === undefined ? undefined : readLeaf(this.#receiptBytes)
    return leaf?.kind === 'signature' ? { letter: leaf.letter, ct: leaf.ct } : undefined
  }

  receiptStep(receipt: TlogProof, now: Checkpoint): LetterStep {
    const step = new StepFinder('receipt')
    const { tools } = this.#options
    const then = receipt.checkpoint
    const [bytes, leaf] = [this.#receiptBytes, this.receiptLeaf()]
    if (then.origin !== now.origin || then.size > now.size || this.#receiptRoot === undefined)
      step.add('receipt-foreign', then.size)
    else if (!sameBytes(this.#receiptRoot, then.root)) step.add('receipt-other-history', then.size)
    else if (checkpointSigners(then, this.#trusted, tools.verify).length === 0) step.add('receipt-unproven', then.size)
    else if (leaf === undefined || bytes === undefined || !holds(receipt, bytes, tools))
      step.add('receipt-unproven', receipt.index)
    else {
      const state = this.letters.get(leaf.letter)?.stateOf(leaf.ct)
      if (state !== 'standing') step.add('receipt-removed', state ?? receipt.index)
    }
    return step.end()
  }
}

const isSame = (a: VerifierKey, b: VerifierKey): boolean => a.name === b.name && sameBytes(a.publicKey, b.publicKey)

const holds = ({ index, path, checkpoint: { size, root } }: TlogProof, bytes: Uint8Array, tools: NoteTools): boolean =>
  verifyInclusion(
    { index: BigInt(index), size: BigInt(size), leaf: hashLeaf(bytes, tools.digest), path, root },
    tools.digest,
  )

function readLeaf(bytes: Uint8Array): LetterLeaf | undefined {
  try {
    return parseLetterLeaf(bytes)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return undefined
  }
}
