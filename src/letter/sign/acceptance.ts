import { DAY_MS } from '../../core/model/duration.ts'
import { encodeReceipt, receiptDigest } from '../core/signature.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { signatureSchema, type Letter, type Signature, type SignatureTier } from '../core/letter.ts'
import { regionSchema } from '../../core/model/region.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { encodeHex } from '../../core/evidence/hex.ts'
import { encodeBase64 } from '../../core/evidence/base64.ts'
import type { SignatureRow, TokenRow } from '../registry/contract.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import type { Lang } from '../../core/text/lang.ts'
import { mailboxDigest, parseMailbox, type Mailbox } from '../../runtime/mail/mailbox.ts'
import type { FormSigned, FormSigning, LetterRefusal, SealedSigning, SignOutcome } from '../contract.ts'
import type { MailLimits, MailWay } from '../../runtime/mail/mail-limits.ts'
import { confirmMail, knownMail } from './mails.ts'
import { wholeHour, tokenEnd, type LetterDeskParts } from '../parts.ts'
import type { Published } from '../count/published.ts'
import { checkSealed } from './sealed-shape.ts'
import { sealSignature } from './seal.ts'
import type { Trends } from './trends.ts'

/** Label of signatures that a trap caught: a person looks at them. */
export const TRAPPED = 'trap'
/** Rows of one mailbox that are read: more than it may have in a day. */
const MOST_ROWS = 64

/** What of the desk acceptance needs. */
export interface AcceptanceParts extends Pick<
  LetterDeskParts,
  'store' | 'clock' | 'work' | 'guard' | 'mail' | 'keys' | 'random' | 'confirmUrl'
> {
  readonly published: Published
  readonly limits: MailLimits
  readonly trends: Trends
  /** Told of each signature that waits for a batch from now on. */
  readonly onWaiting: () => void
}

interface Taken {
  readonly letter: Letter
  readonly sealed: Uint8Array
  readonly receipt: Sha256
  readonly tier: SignatureTier
  readonly mailbox: Mailbox | undefined
  readonly signing: Pick<SealedSigning, 'region' | 'lang' | 'trapped'>
}

/** Takes signatures: durable before it resolves, each ciphertext once, however often it is sent. */
export class Acceptance {
  readonly #parts: AcceptanceParts
  /** Ciphertexts whose acceptance is under way: a second request for one waits for the first. */
  readonly #underWay = new Map<Sha256, Promise<SignOutcome>>()

  constructor(parts: AcceptanceParts) {
    this.#parts = parts
  }

  async sign(signing: SealedSigning, from: ClientAddress): Promise<SignOutcome> {
    const { published, clock } = this.#parts
    const refusal = published.refusal(signing.letter, signing.version, clock.now())
    if (refusal !== undefined) return refusal
    const letter = published.newest(signing.letter)!.letter // not refused, so it is there
    checkSealed(signing.sealed, letter.keys)
    const receipt = digestOf(signing.receipt)
    const mailbox = signing.mail === undefined ? undefined : this.#mailboxOf(signing.mail)
    checkRegion(signing.region)
    const ct = parseSha256(encodeHex(sha256(signing.sealed)))
    const before = this.#underWay.get(ct)
    if (before !== undefined) return before
    const tier = mailbox === undefined ? 'claimed' : 'mail'
    const act = async (): Promise<SignOutcome> => {
      const work = await this.#parts.work.verify(signing.work, 'sign')
      // A request sent again because its answer was lost brings the same solution.
      if (work === 'spent') return (await this.#again(ct, receipt, tier)) ?? { kind: 'work', why: work }
      if (work !== 'done') return { kind: 'work', why: work }
      return this.#take({ letter, sealed: signing.sealed, receipt, tier, mailbox, signing }, from)
    }
    const done = published.within(letter.id, act)
    this.#underWay.set(ct, done)
    try {
      return await done
    } finally {
      this.#underWay.delete(ct)
    }
  }

  async signForm(form: FormSigning, from: ClientAddress): Promise<FormSigned> {
    const { published, clock, random } = this.#parts
    const refusal = published.refusal(form.letter, form.version, clock.now())
    if (refusal !== undefined) return refusal
    const letter = published.newest(form.letter)!.letter // not refused, so it is there
    const mailbox = this.#mailboxOf(form.mail)
    const code = encodeReceipt(random(16))
    const signature = signatureOf(form, letter, mailbox)
    const act = async (): Promise<SignOutcome> => {
      const receipt = parseSha256(await receiptDigest(code, sha256))
      const sealed = await sealSignature(signature, letter.keys)
      return this.#take({ letter, sealed, receipt, tier: 'form', mailbox, signing: form }, from)
    }
    const signed = await published.within(letter.id, act)
    return signed.kind === 'accepted' ? { kind: 'accepted', ct: signed.ct, receipt: code } : signed
  }

  #mailboxOf(mail: string): Mailbox {
    if (this.#parts.mail === undefined)
      throw new InputError('Cannot confirm by mail: this service sends none', {
        code: 'mail.none',
        path: 'mail',
        expected: 'no address',
      })
    return parseMailbox(mail)
  }

  /** A signature that is here already under this receipt; one under another receipt is the copy of another person. */
  async #again(ct: Sha256, receipt: Sha256, tier: SignatureTier): Promise<SignOutcome | undefined> {
    const known = await this.#parts.store.signature(ct)
    if (known === undefined) return undefined
    if (known.state === 'void')
      throw new InputError('Cannot take signature: it was withdrawn or removed', {
        code: 'signature.void',
        path: 'sealed',
        expected: 'a signature that is sealed again',
      })
    if (known.receipt === receipt) return { kind: 'accepted', ct, mail: tier !== 'claimed' }
    throw new InputError('Cannot take signature: its sealed text was sent before, under another receipt', {
      code: 'signature.known',
      path: 'sealed',
      expected: 'a signature that is sealed again',
    })
  }

  /** The steps are the same whether or not the mailbox is known. */
  async #take(taken: Taken, from: ClientAddress): Promise<SignOutcome> {
    const { store, clock, guard, trends, onWaiting } = this.#parts
    const { letter, sealed, receipt, tier, mailbox, signing } = taken
    const now = clock.now()
    const mailed =
      mailbox === undefined
        ? undefined
        : await this.#prepareMail(letter.id, mailbox, { way: tier === 'form' ? 'form' : 'worked', from })
    if (mailed?.kind === 'busy') return mailed
    const ct = parseSha256(encodeHex(sha256(sealed)))
    const held = mailbox === undefined && signing.trapped
    const row: SignatureRow = {
      ct,
      letter: letter.id,
      version: letter.version,
      tier,
      state: mailbox === undefined ? (held ? 'held' : 'pending') : 'awaiting',
      region: signing.region,
      hour: wholeHour(now),
      sealed,
      receipt,
      mailbox: mailed?.digest ?? null,
      leaf: null,
      reason: null,
      held: held ? TRAPPED : null,
    }
    const tokens: TokenRow[] =
      mailed === undefined ? [] : [{ token: tokenDigest(mailed.token), ct, expiresAt: tokenEnd(now) }]
    // Before it is durable: a batch that finds it knows where it came from.
    guard.note(from, ct)
    const kept = await store.accept([row], tokens).catch((error: unknown) => {
      guard.settle([ct])
      throw error
    })
    if (!kept.has(ct)) return (await this.#again(ct, receipt, tier)) ?? { kind: 'busy', seconds: 1 }
    if (mailbox === undefined) {
      if (!held) onWaiting()
    } else if (mailed !== undefined && !this.#send(mailed, mailbox, signing.lang)) {
      // It could not be confirmed: the signer is asked to come again, and comes with a new one.
      await store.drop([ct])
      return { kind: 'busy', seconds: BUSY_SECONDS }
    }
    trends.note(letter.id, mailbox?.provider ?? tier)
    return { kind: 'accepted', ct, mail: mailbox !== undefined }
  }

  /** Everything that a mail needs, with the same questions asked for each mailbox. */
  async #prepareMail(
    letter: string,
    mailbox: Mailbox,
    { way, from }: { readonly way: MailWay; readonly from: ClientAddress },
  ): Promise<PreparedMail | Extract<LetterRefusal, { kind: 'busy' }>> {
    const { store, keys, limits, clock, random } = this.#parts
    const seconds = limits.take(way, mailbox, from)
    if (seconds > 0) return { kind: 'busy', seconds }
    const key = await keys.key(letter)
    if (key === undefined) throw new Fault(`Cannot take a mailbox for "${letter}": the key of its digests is gone`)
    const digest = mailboxDigest(key, mailbox, letter)
    const rows = await store.find({ letter, mailbox: digest }, { most: MOST_ROWS })
    const since = clock.now() - DAY_MS
    const recent = rows.filter(({ hour }) => hour !== null && hour > since).length
    return {
      kind: 'mail',
      digest,
      token: encodeToken(random(16)),
      known: hasConfirmed(rows),
      allowed: limits.note(digest, mailbox, recent),
    }
  }

  /** False where the queue takes no more. */
  #send({ known, allowed, token }: PreparedMail, { address }: Mailbox, lang: Lang): boolean {
    const { mail, confirmUrl } = this.#parts
    if (!allowed || mail === undefined) return true
    const link = confirmUrl(token, lang)
    return mail.send(known ? knownMail(address, lang) : confirmMail(address, link, lang))
  }
}
/** Whether one of these signatures of a mailbox was confirmed and is valid. */
export const hasConfirmed = (rows: readonly Pick<SignatureRow, 'state'>[]): boolean =>
  rows.some(({ state }) => state === 'pending' || state === 'held' || state === 'counted')

/** How long to wait where the queue of mails is full. */
export const BUSY_SECONDS = 60

interface PreparedMail {
  readonly kind: 'mail'
  readonly digest: string
  readonly token: string
  /** Whether this mailbox has confirmed a signature that is valid. */
  readonly known: boolean
  /** Whether one more mail may go to it today. */
  readonly allowed: boolean
}

/** A token as it is in a link: 16 random bytes. */
export const encodeToken = (random: Uint8Array): string =>
  encodeBase64(random).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

export const TOKEN = /^[A-Za-z0-9_-]{22}$/

/** What the registry knows a token by. */
export const tokenDigest = (token: string): Sha256 => parseSha256(encodeHex(sha256(new TextEncoder().encode(token))))

function digestOf(receipt: string): Sha256 {
  if (/^[0-9a-f]{64}$/.test(receipt)) return parseSha256(receipt)
  throw new InputError('Cannot take signature: its receipt is none', {
    code: 'signature.receipt',
    path: 'receipt',
    expected: 'SHA-256 of the 26 characters of the receipt',
  })
}

function checkRegion(region: string): void {
  if (!regionSchema.safeParse(region).success)
    throw new InputError('Cannot take signature: found no region that is known', {
      code: 'signature.region',
      path: 'region',
      expected: 'one of the regions of the form',
    })
}

/** What a form seals. Throws InputError with the path of the field that does not fit, and repeats nothing of it. */
function signatureOf(form: FormSigning, letter: Letter, { address }: Mailbox): Signature {
  const comment = form.comment?.trim() ?? ''
  const parsed = signatureSchema.safeParse({
    format: 'kuager-signature/1',
    letter: letter.id,
    version: letter.version,
    consent: letter.consent.version,
    name: form.name.normalize('NFC'),
    region: form.region,
    ...(form.keepMail ? { mail: address } : {}),
    ...(comment === '' ? {} : { comment: comment.normalize('NFC') }),
    show_name: form.showName,
    lang: form.lang,
  })
  if (parsed.success && wellFormed(parsed.data)) return parsed.data
  const path = parsed.success ? 'name' : (parsed.error.issues[0]?.path.join('/') ?? '')
  throw new InputError(`Cannot take signature: "${path}" does not fit`, {
    code: 'signature.field',
    path,
    expected: 'a name of 2 to 120 characters, a region of the list, a comment of at most 600 characters',
  })
}

const wellFormed = ({ name, comment }: Signature): boolean =>
  name.isWellFormed() && (comment ?? '').isWellFormed() && !/\p{Cc}/u.test(name)
