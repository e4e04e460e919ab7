import { encodeBase64 } from '../../core/evidence/base64.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { encodeLetterLeaf } from '../core/leaf.ts'
import type { SignatureTier } from '../core/letter.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'
import type { LeafAct } from '../registry/contract.ts'
import { allSignatures } from './all-signatures.ts'
import type { LetterDeskParts } from '../parts.ts'
import type { Published } from './published.ts'
import { shuffle } from './shuffle.ts'

/**
 * A batch comes with each of these spans of the clock, where anything waits: never a span after a signature, since a
 * person who reads the log every few seconds would see when it came;
 */
export const BATCH_MS = 600_000
/** or as soon as so many wait, and this time has passed. */
export const BATCH_OF = 20
export const BATCH_LEAST_MS = MINUTE_MS
/**
 * Signatures without a mailbox of which the guard knows nothing, since they came before the process was started: so
 * many count with the next batch; where there are more, all of them are held and a person looks. An attacker who floods
 * the server and makes it stop gains no more than this.
 */
export const MOST_UNKNOWN = 100
/** Leaves of one transaction: signatures that come meanwhile wait for it. */
const PORTION = 250

/** Number of the span of the clock that an instant is in. */
export const batchSpan = (at: Instant): number => Math.floor(at / BATCH_MS)

interface Waiting {
  readonly ct: Sha256
  readonly letter: string
  readonly tier: SignatureTier
}

export interface BatchParts extends Pick<LetterDeskParts, 'store' | 'clock' | 'guard' | 'random' | 'lines'> {
  readonly published: Published
}

/** Turns what waits into leaves: in batches and shuffled, so that no order and no second leads to a person. */
export class Batches {
  readonly #parts: BatchParts
  #last: Instant
  /** Span of the clock in which it was last looked whether a batch is due. */
  #span: number
  #waiting: number
  /** Whether the batch that is due comes before its span is over, for how many wait. */
  #sooner = false
  /** Those that the last batch left: too young, or it was stopped. */
  #early = 0

  constructor(parts: BatchParts, waiting: number) {
    this.#parts = parts
    this.#last = parts.clock.now()
    this.#span = batchSpan(this.#last)
    this.#waiting = waiting
  }

  /** One more waits. */
  add(): void {
    this.#waiting++
  }

  /** To be asked every few seconds: a span that ended with nothing waiting is over for what comes later. */
  isDue(): boolean {
    const now = this.#parts.clock.now()
    // A clock that was set back would keep everything waiting: any other span is the next one.
    const turned = batchSpan(now) !== this.#span
    this.#span = batchSpan(now)
    if (this.#waiting + this.#early === 0) return false
    this.#sooner = !turned
    return turned || (now - this.#last >= BATCH_LEAST_MS && this.#waiting >= BATCH_OF)
  }

  /**
   * One batch of what waits; gives how many count with it. Only one act at a time changes the registry. `all`: with
   * those that the guard would let wait longer, since they will not be asked about later.
   */
  async run({ all }: { readonly all: boolean }): Promise<number> {
    const { guard, clock } = this.#parts
    // If anything stops a batch, what waits is asked about again with the next span.
    this.#early += this.#waiting
    this.#waiting = 0
    const found = await this.#pending()
    this.#early = found.length
    const early = all ? new Set<string>() : guard.early(unconfirmed(found))
    const waiting = found.filter(({ ct }) => !early.has(ct))
    // Too few to hide among: an attacker who sends signatures that have to wait would have those of others counted one
    // by one.
    if (!all && this.#sooner && waiting.length < BATCH_OF) return 0
    this.#last = clock.now()
    const held = this.#judge(waiting)
    for (const [label, cts] of Map.groupBy(held.keys(), (ct) => held.get(ct) ?? '')) await this.#hold(cts, label)
    guard.settle([...held.keys()])
    const counted = waiting.filter(({ ct }) => !held.has(ct))
    await this.count(counted)
    this.#early = early.size
    return counted.length
  }

  async #pending(): Promise<readonly Waiting[]> {
    const { store, published } = this.#parts
    const found: Waiting[] = []
    for (const letter of published.ids())
      if (published.newest(letter)?.row.state === 'open')
        for await (const { ct, tier } of allSignatures(store, { letter, state: 'pending' }))
          found.push({ ct, letter, tier })
    return found
  }

  /** Counts signatures, which are `pending`, even if the guard holds them. */
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
