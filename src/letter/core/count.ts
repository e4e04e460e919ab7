import { TIERS, type SignatureTier, type VoidReason } from './letter.ts'
import type { Sha256 } from '../../core/model/units.ts'
import type { LetterLeaf } from './leaf.ts'

/** What the leaves of a log say of one letter. */
export interface LetterCount {
  readonly counted: Readonly<Record<SignatureTier, number>>
  readonly total: number
  /** What counts no longer, by reason; what was restored is not among them. */
  readonly removed: Readonly<Partial<Record<VoidReason, number>>>
  readonly versions: readonly { readonly version: number; readonly sha256: string }[]
  readonly closed: boolean
  readonly destroyed: boolean
  /** Leaves that contradict what came before them, such as a second leaf of one ciphertext: a sound log has none. */
  readonly contradictions: readonly { readonly leaf: number; readonly what: Contradiction }[]
}

export type Contradiction =
  | 'signed-twice'
  | 'void-unknown'
  | 'void-twice'
  | 'restored-unknown'
  | 'removal-too-many'
  | 'after-closing'
  | 'version-out-of-order'

/**
 * Counts the signatures of one letter from the leaves of a log, from the first on, in their order: as a person does who
 * does not believe the number that is shown. Memory: a word for each signature.
 */
export class LetterCounter {
  readonly #letter: string
  readonly #standing = new Map<
    Sha256,
    { readonly tier: SignatureTier; readonly leaf: number; reason: VoidReason | undefined }
  >()
  readonly #versions: { version: number; sha256: string }[] = []
  readonly #contradictions: { leaf: number; what: Contradiction }[] = []
  /** Leaves that took a signature out and that no sum of a removal has told of. */
  readonly #untold = new Map<VoidReason, number>()
  #closed = false
  #destroyed = false

  constructor(letter: string) {
    this.#letter = letter
  }

  /** Takes the next leaf. */
  add(index: number, leaf: LetterLeaf): void {
    if (leaf.kind === 'key-change' || leaf.letter !== this.#letter) return
    const wrong = this.#take(index, leaf)
    if (wrong !== undefined) this.#contradictions.push({ leaf: index, what: wrong })
  }

  #take(index: number, leaf: Exclude<LetterLeaf, { readonly kind: 'key-change' }>): Contradiction | undefined {
    switch (leaf.kind) {
      case 'letter-version': {
        const expected = (this.#versions.at(-1)?.version ?? 0) + 1
        this.#versions.push({ version: leaf.version, sha256: leaf.sha256 })
        return leaf.version === expected ? undefined : 'version-out-of-order'
      }
      case 'signature':
        if (this.#standing.has(leaf.ct)) return 'signed-twice'
        this.#standing.set(leaf.ct, { tier: leaf.tier, leaf: index, reason: undefined })
        return this.#closed ? 'after-closing' : undefined
      case 'signature-void': {
        const standing = this.#standing.get(leaf.ct)
        if (standing === undefined) return 'void-unknown'
        if (standing.reason !== undefined) return 'void-twice'
        standing.reason = leaf.reason
        // A person's own word is not a removal.
        if (leaf.reason !== 'withdrawn') this.#untold.set(leaf.reason, (this.#untold.get(leaf.reason) ?? 0) + 1)
        return undefined
      }
      case 'signature-restored': {
        const standing = this.#standing.get(leaf.ct)
        if (standing?.reason === undefined) return 'restored-unknown'
        standing.reason = undefined
        return undefined
      }
      case 'letter-removal': {
        const untold = this.#untold.get(leaf.reason) ?? 0
        this.#untold.set(leaf.reason, Math.max(0, untold - leaf.count))
        return leaf.count > untold ? 'removal-too-many' : undefined
      }
      case 'letter-closed':
        this.#closed = true
        return undefined
      case 'letter-destroyed':
        this.#destroyed = true
        return undefined
    }
  }

  /** Every signature that counts, in the order of the leaves. */
  *standing(): Generator<{ readonly ct: Sha256; readonly tier: SignatureTier; readonly leaf: number }> {
    for (const [ct, { tier, leaf, reason }] of this.#standing) if (reason === undefined) yield { ct, tier, leaf }
  }

  /** Why a signature counts no longer; `standing` where it counts, undefined where it has no leaf. */
  stateOf(ct: Sha256): 'standing' | VoidReason | undefined {
    const found = this.#standing.get(ct)
    return found === undefined ? undefined : (found.reason ?? 'standing')
  }

  result(): LetterCount {
    const counted: Record<SignatureTier, number> = { claimed: 0, mail: 0, form: 0 }
    const removed: Partial<Record<VoidReason, number>> = {}
    for (const { tier, reason } of this.#standing.values())
      if (reason === undefined) counted[tier] += 1
      else removed[reason] = (removed[reason] ?? 0) + 1
    return {
      counted,
      total: TIERS.reduce((sum, tier) => sum + counted[tier], 0),
      removed,
      versions: this.#versions,
      closed: this.#closed,
      destroyed: this.#destroyed,
      contradictions: this.#contradictions,
    }
  }
}
