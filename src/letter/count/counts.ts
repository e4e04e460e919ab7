import { Mutex } from '../../runtime/mutex.ts'
import { LetterCounter, type LetterCount } from '../core/count.ts'
import { parseLetterLeaf } from '../core/leaf.ts'
import { TIERS, VOID_REASONS } from '../core/letter.ts'
import type { LetterStore } from '../registry/contract.ts'

type Tally = Awaited<ReturnType<LetterStore['tally']>>

/** A count and the number of leaves it is of. */
export interface CountedLeaves extends LetterCount {
  readonly size: number
}

/**
 * Counts every letter from the leaves of the log as a third party would, up to a checkpoint, and continues from there:
 * what is shown is never what the registry believes.
 */
export class Counts {
  readonly #store: Pick<LetterStore, 'leaves'>
  readonly #counters = new Map<string, LetterCounter>()
  readonly #results = new Map<string, CountedLeaves>()
  readonly #changes = new Map<string, number>()
  readonly #mutex = new Mutex()
  #size = 0

  constructor(store: Pick<LetterStore, 'leaves'>) {
    this.#store = store
  }

  /** Leaves that were counted. */
  get size(): number {
    return this.#size
  }

  /** Counts on up to a number of leaves. */
  follow(size: number): Promise<void> {
    return this.#mutex.run(async () => {
      if (size <= this.#size) return
      for await (const bytes of this.#store.leaves(this.#size, size)) {
        const leaf = parseLetterLeaf(bytes)
        if (leaf.kind !== 'key-change') {
          this.#counter(leaf.letter).add(this.#size, leaf)
          this.#results.delete(leaf.letter)
          if (leaf.kind === 'signature' || leaf.kind === 'signature-void' || leaf.kind === 'signature-restored')
            this.#changes.set(leaf.letter, this.changes(leaf.letter) + 1)
        }
        this.#size++
      }
    })
  }

  /** Leaves so far that count a signature of a letter, take one out or put one back. */
  changes(letter: string): number {
    return this.#changes.get(letter) ?? 0
  }

  #counter(letter: string): LetterCounter {
    const counter = this.#counters.get(letter) ?? new LetterCounter(letter)
    this.#counters.set(letter, counter)
    return counter
  }

  of(letter: string): CountedLeaves {
    const known = this.#results.get(letter)
    // Leaves of other letters, and of keys, change nothing but the size.
    if (known !== undefined) return known.size === this.#size ? known : { ...known, size: this.#size }
    const result = { ...this.#counter(letter).result(), size: this.#size }
    this.#results.set(letter, result)
    return result
  }
}

/** Whether the registry counts what the log counts: by tier, and by reason what counts no longer. */
export function agrees(count: LetterCount, tally: Tally): boolean {
  const sum = (fits: (row: Tally[number]) => boolean): number =>
    tally.filter(fits).reduce((total, row) => total + row.count, 0)
  return (
    TIERS.every((tier) => sum((row) => row.state === 'counted' && row.tier === tier) === count.counted[tier]) &&
    VOID_REASONS.every(
      (reason) => sum((row) => row.state === 'void' && row.reason === reason) === (count.removed[reason] ?? 0),
    ) &&
    count.contradictions.length === 0
  )
}
