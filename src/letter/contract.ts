import type { LetterCount } from './core/count.ts'
import type { Letter, SignatureTier, VoidReason } from './core/letter.ts'
import type { Region } from '../core/model/region.ts'
import type { Sha256 } from '../core/model/units.ts'
import type { ClientAddress } from '../runtime/sender/from.ts'
import type { Lang } from '../core/text/lang.ts'
import type { RemovalDesk } from './remove/contract.ts'

/** What every way of signing tells. */
interface SigningParts {
  readonly letter: string
  /** Version that the signer has read. */
  readonly version: number
  readonly region: Region
  /** Language of the page, and of the mail. */
  readonly lang: Lang
  /** Whether an invisible field was filled in, or the form came back faster than anyone reads. */
  readonly trapped: boolean
}

/** A signature that was sealed where it was made. */
export interface SealedSigning extends SigningParts {
  readonly sealed: Uint8Array
  /** SHA-256 of the receipt's 26 characters: the receipt itself stays with the signer. */
  readonly receipt: string
  /** Mailbox that is to confirm it; absent: it is not confirmed (`claimed`). */
  readonly mail?: string
  /** Proof of work, asked for `sign`. */
  readonly work: string
}

/** A signature out of a form without scripts, sealed here at once; a mailbox confirms it (`form`). */
export interface FormSigning extends SigningParts {
  readonly name: string
  readonly mail: string
  readonly comment?: string
  readonly showName: boolean
  /** Whether the mailbox is sealed with the name, to hear back; else it serves only the confirmation. */
  readonly keepMail: boolean
}

/** Why nothing was taken. What is wrong in itself throws InputError with the path of the field instead. */
export type LetterRefusal =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-yet' | 'over'; readonly day: string }
  /** Another version was published since the page was read. */
  | { readonly kind: 'changed'; readonly version: number }
  | { readonly kind: 'work'; readonly why: 'spent' | 'expired' | 'wrong' }
  /** Too much comes at present: to be tried again after so many seconds. */
  | { readonly kind: 'busy'; readonly seconds: number }

/**
 * `accepted` is durable. It is the same, in content and in steps, whether or not a mailbox has signed before.
 * `mail`: a link was sent there which the signer has yet to open.
 */
export type SignOutcome = { readonly kind: 'accepted'; readonly ct: Sha256; readonly mail: boolean } | LetterRefusal
/** `receipt`: the 26 characters, to be shown once; they are kept nowhere. */
export type FormSigned = { readonly kind: 'accepted'; readonly ct: Sha256; readonly receipt: string } | LetterRefusal

/** The state of a signature, as its receipt shows it. One that is held back is `waits` as any other. */
export type SignatureStanding = { readonly letter: string; readonly ct: Sha256; readonly tier: SignatureTier } & (
  | { readonly kind: 'awaiting' | 'waits' }
  /** `logged`: the newest checkpoint holds the leaf. */
  | { readonly kind: 'counted'; readonly leaf: number; readonly logged: boolean }
  | { readonly kind: 'void'; readonly leaf: number; readonly reason: VoidReason }
)

/** What shows a signer, and anyone to whom they give it, that theirs is counted. */
export interface SignatureProof {
  readonly ct: Sha256
  readonly leafIndex: number
  readonly leaf: Uint8Array
  /** Whole `.tlog-proof` file. */
  readonly proof: string
}

/** A letter that was published, as it is. */
export interface PublishedLetter {
  readonly letter: Letter
  /** Canonical JSON of the newest version. */
  readonly document: string
  readonly sha256: Sha256
  readonly state: 'open' | 'closed' | 'destroyed'
  /** Whether it can be signed today; `not-yet` and `over` by its dates, or because it was closed. */
  readonly signing: 'open' | 'not-yet' | 'over'
}

/** Numbers of a letter as anyone can count them from the log up to a checkpoint. */
export interface ShownCount extends LetterCount {
  /** Leaves of the checkpoint they are of; 0 before the first. */
  readonly size: number
  /**
   * Regions with ten signatures or more, in whole tens: at least so many. Of an earlier checkpoint where fewer than ten
   * changes have come since: no smaller number follows by subtraction (docs/formats/letter.md).
   */
  readonly regions: readonly { readonly region: Region; readonly atLeast: number }[]
}

/** Numbers for the operator of the service: none of them is shown to others. */
export interface LetterStatus {
  readonly letter: string
  readonly state: PublishedLetter['state']
  readonly waiting: Readonly<Record<'awaiting' | 'pending' | 'held' | 'counted' | 'void', number>>
  readonly shown: ShownCount
  /** Whether what the log counts is what the registry counts. */
  readonly agrees: boolean
  /** Days until all sealed data are destroyed; negative where that is overdue. */
  readonly daysToDestruction: number
}

/** Held signatures of one part of the network in one time. */
export interface HeldGroup {
  readonly label: string
  readonly count: number
  readonly tiers: Readonly<Partial<Record<SignatureTier, number>>>
  readonly regions: Readonly<Partial<Record<Region, number>>>
  /** Hours in which they came, milliseconds of the start of each. */
  readonly hours: readonly { readonly hour: number; readonly count: number }[]
}

/**
 * The open letter's one who acts (docs/formats/letter.md): takes signatures, confirms, counts them into the log in
 * batches, withdraws, removes, ends. One process holds it, as it holds the registry and the log.
 */
export interface LetterDesk extends AsyncDisposable {
  /** Letters that were published, by id, each with its newest version. */
  letters(): readonly PublishedLetter[]
  letter(id: string): PublishedLetter | undefined
  /** A version as it was published: canonical JSON; undefined where there is none. */
  version(id: string, version: number): string | undefined

  /** Whether this service sends mails: without, no mailbox can confirm, and `signForm` takes nothing. */
  readonly takesMail: boolean
  sign(signing: SealedSigning, from: ClientAddress): Promise<SignOutcome>
  signForm(signing: FormSigning, from: ClientAddress): Promise<FormSigned>
  /** Whether a link is still good; changes nothing, so that a scanner of mails may look. */
  look(token: string): Promise<'open' | 'none'>
  /** Confirms by the token of a link: once. `known`: this mailbox has signed already. */
  confirm(token: string): Promise<'confirmed' | 'known' | 'none' | 'over'>
  /**
   * Sends the link again where the receipt is that of a signature which waits for this mailbox. The answer never
   * says whether it is.
   */
  resend(
    receipt: string,
    mail: string,
    lang: Lang,
    from?: ClientAddress,
  ): Promise<{ readonly kind: 'taken' } | Extract<LetterRefusal, { kind: 'busy' }>>

  /** By the receipt as typed. Undefined for one that is not here; throws InputError for what is not a receipt. */
  standing(receipt: string): Promise<SignatureStanding | undefined>
  /** Undefined where it does not count, or no checkpoint holds it yet. */
  proof(receipt: string): Promise<SignatureProof | undefined>
  /** Takes it out at once, with what was sealed. `none`: not here. Again: the same answer. */
  withdraw(receipt: string): Promise<'withdrawn' | 'none'>

  /** Numbers of a letter at the newest checkpoint; undefined for a letter that is not published. */
  count(id: string): Promise<ShownCount | undefined>

  /**
   * What is due: confirmations that came too late, batches, closing, destruction, sequencing of the log. To be called
   * every few seconds.
   */
  tick(): Promise<void>
  /**
   * A batch at once, with everything that is accepted and came in no flood, also what would wait longer; gives how many
   * signatures count with it.
   */
  countNow(): Promise<number>

  /** Publishes a letter, or its next version. Throws InputError that says what does not fit. */
  publish(document: unknown, options?: { readonly changeKeys?: boolean }): Promise<PublishedLetter>
  /** Ends the signing of a letter; what waits is counted first. */
  close(id: string): Promise<void>
  /** Destroys what was sealed, the keys of mailboxes, and all that leads to a person; irrevocable. */
  destroy(id: string): Promise<void>
  status(): Promise<readonly LetterStatus[]>

  held(id: string): Promise<readonly HeldGroup[]>
  /**
   * Lets a group count; gives how many. Throws InputError where two people have to approve: the job is laid before them
   * then, and its id is in the sentence.
   */
  release(id: string, label: string): Promise<number>
  readonly removals: RemovalDesk
}

/** What the service needs of a log; the tree over the leaves of the registry. */
export interface LetterLog {
  readonly origin: string
  /** The newest checkpoint. */
  latest(): Promise<{ readonly size: number; readonly bytes: Uint8Array } | undefined>
  /** Takes every leaf of the registry into the tree. */
  sequence(): Promise<{ readonly size: number } | undefined>
  prove(
    leaves: readonly number[],
  ): Promise<readonly { readonly leafIndex: number; readonly leaf: Uint8Array; readonly proof: string }[]>
}

/** Keys of mailbox digests, one a letter, in the folder of secrets. */
export interface MailboxKeys {
  /** The key of a letter; undefined where there is none. */
  key(letter: string): Promise<Uint8Array | undefined>
  /** Makes the key of a letter, durable; gives the one that is there where there is one. */
  make(letter: string): Promise<Uint8Array>
  /** Overwrites and removes it. */
  destroy(letter: string): Promise<void>
}
