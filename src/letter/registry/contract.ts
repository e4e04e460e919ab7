import type { SignatureState, SignatureTier, VoidReason } from '../core/letter.ts'
import type { Region } from '../../core/model/region.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'

/** A version of a letter, as it was published. */
export interface LetterRow {
  readonly letter: string
  readonly version: number
  /** Canonical JSON of the letter (src/letter/core/letter.ts). */
  readonly document: string
  /** `draft`: not to be signed yet. */
  readonly state: 'draft' | 'open' | 'closed' | 'destroyed'
}

/** A signature as the server keeps it: a seized copy of it names no one. */
export interface SignatureRow {
  /** SHA-256 of the ciphertext: its only name. */
  readonly ct: Sha256
  readonly letter: string
  readonly version: number
  readonly tier: SignatureTier
  readonly state: SignatureState
  readonly region: Region
  /** Start of the hour in which it came, milliseconds; null once it was erased, or the letter destroyed. */
  readonly hour: number | null
  /** What was sealed; null once it was withdrawn or destroyed. */
  readonly sealed: Uint8Array | null
  /** SHA-256 of the receipt's code; null once destroyed. */
  readonly receipt: Sha256 | null
  /** Keyed digest of the mailbox (runtime/mail/mailbox.ts), where one was given; null otherwise. */
  readonly mailbox: string | null
  /** Leaf that counts it; null before. */
  readonly leaf: number | null
  readonly reason: VoidReason | null
  /** While held: a random label that those of one part of the network in one time share; null otherwise. */
  readonly held: string | null
}

/** A way by which a mailbox confirms: the token itself is nowhere. */
export interface TokenRow {
  /** SHA-256 of the token. */
  readonly token: Sha256
  readonly ct: Sha256
  readonly expiresAt: Instant
}

/** Leaves to be appended, each with what it changes: all of one call or none of it. */
export interface LeafAct {
  readonly leaf: Uint8Array
  /** Signature whose row changes with it; its `leaf` is set by a `count`. */
  readonly change?:
    | { readonly kind: 'count'; readonly ct: Sha256 }
    /**
     * `erase`: what was sealed and the mailbox are gone with it, as after a withdrawal; also of one that is void
     * already.
     */
    | { readonly kind: 'void'; readonly ct: Sha256; readonly reason: VoidReason; readonly erase: boolean }
    | { readonly kind: 'restore'; readonly ct: Sha256 }
    | { readonly kind: 'letter'; readonly row: LetterRow }
}

export interface SignatureFilter {
  readonly letter: string
  readonly state?: SignatureState
  readonly tier?: SignatureTier
  readonly region?: Region
  readonly held?: string
  readonly hours?: { readonly since: Instant; readonly until: Instant }
  readonly mailbox?: string
}

/**
 * The registry of a letter service: letters, signatures, and the leaves of its log, so that a signature and the leaf
 * that counts it become durable together. One process holds it. Every write is durable when resolved, all of one call
 * or none. Written once with Kysely for SQLite and PostgreSQL. Rows stand by random names: the order of arrival is not
 * kept.
 */
export interface LetterStore extends AsyncDisposable {
  letters(): Promise<readonly LetterRow[]>
  /** Newest version. */
  letter(id: string): Promise<LetterRow | undefined>
  /** Keeps a letter that is not published yet, in place of an earlier draft of that version. */
  saveDraft(row: LetterRow): Promise<void>

  /**
   * Keeps signatures with their tokens; gives those `ct` that were kept: one that was here already is not kept again.
   */
  accept(signatures: readonly SignatureRow[], tokens: readonly TokenRow[]): Promise<ReadonlySet<Sha256>>
  /** A new token in addition to or instead of earlier ones of the same signature. */
  addToken(token: TokenRow): Promise<void>
  /** Signature of a token, not used up yet. */
  token(token: Sha256, now: Instant): Promise<SignatureRow | undefined>
  /**
   * Uses a token up: its signature goes from `awaiting` to `pending` with its tier, unless another one of the letter
   * with the same mailbox is confirmed already (`known`). `none` where the token is not there or has expired. A second
   * use of the same token gives `none`.
   */
  confirm(token: Sha256, now: Instant): Promise<'confirmed' | 'known' | 'none'>
  /** Whether a signature of this mailbox is confirmed and not void. */
  isConfirmed(letter: string, mailbox: string): Promise<boolean>

  signature(ct: Sha256): Promise<SignatureRow | undefined>
  byReceipt(receipt: Sha256): Promise<SignatureRow | undefined>
  /** In the order of their `ct`; `after` begins behind one. */
  find(
    filter: SignatureFilter,
    page: { readonly most: number; readonly after?: Sha256 },
  ): Promise<readonly SignatureRow[]>
  /** How many, by letter, state, tier and region. */
  tally(letter: string): Promise<
    readonly {
      readonly state: SignatureState
      readonly tier: SignatureTier
      readonly region: Region
      readonly reason: VoidReason | null
      readonly count: number
    }[]
  >
  /** Gives rows another state that needs no leaf: held and released ones, and those whose leaf comes later. */
  setState(cts: readonly Sha256[], state: 'pending' | 'held', held: string | null): Promise<void>
  /** Removes signatures that never counted (`awaiting`, `pending`, `held`) with their tokens; gives how many. */
  drop(cts: readonly Sha256[]): Promise<number>
  /** Removes what awaited confirmation for too long; gives how many. */
  expire(before: Instant): Promise<number>

  /** Number of leaves. */
  readonly size: number
  /** Appends leaves in their order and changes rows with them; gives the index of the first. */
  append(acts: readonly LeafAct[]): Promise<number>
  leaf(index: number): Promise<Uint8Array | undefined>
  leaves(from: number, until: number): AsyncIterable<Uint8Array>

  /**
   * Destroys what was sealed of a letter: ciphertexts, receipts, mailboxes, tokens, hours. Leaves and `ct` remain. Done
   * in parts, so that others go on meanwhile: where a crash interrupts it, it is asked for again.
   */
  destroy(letter: string): Promise<void>
}
