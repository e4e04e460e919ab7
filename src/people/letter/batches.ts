import { encodeBase64 } from '../../evidence/base64.ts'
import { encodeLetterLeaf } from '../../evidence/letter-leaf.ts'
import type { Tier } from '../../model/letter.ts'
import type { Instant, Sha256 } from '../../model/units.ts'
import type { LeafAct } from '../../store/registry/letters/contract.ts'
import { allSignatures } from './all-signatures.ts'
import type { LetterDeskParts } from './parts.ts'
import type { Published } from './published.ts'
import { shuffle } from './shuffle.ts'

/** A batch comes after this time, where anything waits, */
export const BATCH_MS = 600_000
/** or as soon as so many wait, and this time has passed. */
export const BATCH_OF = 20
export const BATCH_LEAST_MS = 60_000
/**
 * Signatures without a mailbox of which the guard knows nothing, since they came before the process was started: so many
 * count with the next batch; where there are more, all of them are held and a person looks. Whoever lets a flood in and
 * the server die gains no more than this.
 */
export const MOST_UNKNOWN = 100
/** Leaves of one transaction: signatures that come meanwhile wait for it. */
const PORTION = 250

interface Waiting {
  readonly ct: Sha256
  readonly letter: string
  readonly tier: Tier
}

export interface BatchParts extends Pick<LetterDeskParts, 'store' | 'clock' | 'guard' | 'random' | 'lines'> {
  readonly published: Published
}

/** Turns what waits into leaves: in batches and shuffled, so that no order and no second leads to a person. */
export class Batches {
  readonly #parts: BatchParts
  #last: Instant
  #waiting: number
  /** Those that were too young in the last batch. */
  #early = 0

  constructor(parts: BatchParts, waiting: number) {
    this.#parts = parts
    this.#last = parts.clock.now()
    this.#waiting = waiting
  }

  /** One more waits. */
  add(): void {
    this.#waiting++
  }

  isDue(): boolean {
    const passed = this.#parts.clock.now() - this.#last
    if (this.#waiting + this.#early === 0) return false
    // A clock that was set back would keep everything waiting.
    return passed < 0 || passed >= BATCH_MS || (passed >= BATCH_LEAST_MS && this.#waiting >= BATCH_OF)
  }

  /**
   * One batch of what waits; gives how many count with it. Only one act at a time changes the registry. `all`: with those
   * that the guard would let wait longer, since nobody will ask for them later.
   */
  async run({ all }: { readonly all: boolean }): Promise<number> {
    const { store, guard, published, clock } = this.#parts
    this.#last = clock.now()
    this.#waiting = 0
    const found: Waiting[] = []
    for (const letter of published.ids())
      if (published.newest(letter)?.row.state === 'open')
        for await (const { ct, tier } of allSignatures(store, { letter, state: 'pending' }))
          found.push({ ct, letter, tier })
    const early = all ? new Set<string>() : guard.early(unconfirmed(found))
    const waiting = found.filter(({ ct }) => !early.has(ct))
    this.#early = found.length - waiting.length
    const held = this.#judge(waiting)
    for (const [label, cts] of Map.groupBy(held.keys(), (ct) => held.get(ct) ?? '')) await this.#hold(cts, label)
    guard.settle([...held.keys()])
    const counted = waiting.filter(({ ct }) => !held.has(ct))
    await this.count(counted)
    return counted.length
  }

  /** Counts signatures, which are `pending`, whatever the guard says. */
  async count(waiting: readonly Waiting[]): Promise<void> {
    const { store, guard, random } = this.#parts
    const shuffled = shuffle(waiting, random)
    for (let from = 0; from < shuffled.length; from += PORTION) {
      const portion = shuffled.slice(from, from + PORTION)
      await store.append(
        portion.map(({ letter, ct, tier }): LeafAct => {
          return { leaf: encodeLetterLeaf({ kind: 'signature', letter, ct, tier }), change: { kind: 'count', ct } }
        }),
      )
      guard.settle(portion.map(({ ct }) => ct))
    }
  }

  /** Which are to be held, each with its label. What a mailbox has confirmed always counts. */
  #judge(waiting: readonly Waiting[]): ReadonlyMap<Sha256, string> {
    const { guard, random, lines } = this.#parts
    const asked = unconfirmed(waiting)
    const unknown = asked.filter((ct) => !guard.knows(ct))
    const judged = guard.judge(asked)
    const held = new Map<Sha256, string>()
    for (const ct of asked) {
      const label = judged.get(ct)
      if (label !== undefined) held.set(ct, label)
    }
    if (unknown.length > MOST_UNKNOWN) {
      const label = encodeBase64(random(12)).replaceAll('+', '-').replaceAll('/', '_')
      for (const ct of unknown) held.set(ct, label)
    }
    if (held.size > 0) lines.warn({ held: held.size, of: waiting.length }, 'signatures are held for review')
    return held
  }

  async #hold(cts: readonly Sha256[], label: string): Promise<void> {
    for (let from = 0; from < cts.length; from += PORTION)
      await this.#parts.store.setState(cts.slice(from, from + PORTION), 'held', label)
  }
}

/** What a mailbox has confirmed is never asked about. */
const unconfirmed = (waiting: readonly Waiting[]): readonly Sha256[] =>
  waiting.filter(({ tier }) => tier === 'claimed').map(({ ct }) => ct)
