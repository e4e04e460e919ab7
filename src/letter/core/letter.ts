import { z } from 'zod'
import { regionSchema } from '../../core/model/region.ts'
import { LANGS } from '../../core/model/tables/langs.ts'

// The open letter: docs/formats/letter.md. Never called a petition: that word has a meaning in law.

/**
 * `claimed`: it was not confirmed; `mail`: a mailbox confirmed it; `form`: confirmed by a mailbox, sealed by the
 * server.
 */
export const TIERS = ['claimed', 'mail', 'form'] as const
export type SignatureTier = (typeof TIERS)[number]

/** Why a signature counts no longer. */
export const VOID_REASONS = ['withdrawn', 'duplicate', 'forged', 'not-a-person', 'consent', 'other'] as const
export type VoidReason = (typeof VOID_REASONS)[number]

/**
 * `awaiting`: its mailbox has not confirmed it; `pending`: accepted, waits for its leaf; `held`: too many came from one
 * part of the network, a person looks at it; `counted`: has a leaf; `void`: counts no longer.
 */
export const SIGNATURE_STATES = ['awaiting', 'pending', 'held', 'counted', 'void'] as const
export type SignatureState = (typeof SIGNATURE_STATES)[number]

/** Fewest signatures of a region that is shown separately. */
export const FEWEST_OF_REGION = 10

export const LETTER_ID = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/
/** No sign turns the direction of the text behind it: next to a key or an address it would say another. */
const unturned = z.string().regex(/^[^\u202a-\u202e\u2066-\u2069]*$/u, 'a sign that turns the direction of text')
const said = unturned.regex(/\p{L}/u, 'no words').max(400)
const words = z.strictObject({ kk: said, ru: said, en: said })
const long = unturned.regex(/\p{L}/u, 'no words').max(20_000)
const texts = z.strictObject({ kk: long, ru: long, en: long })
const day = z.iso.date()

/** A recipient of age: `age1…` (X25519) or `age1pq1…` (hybrid); what it is is checked where it is used. */
const recipient = z.string().regex(/^age1[a-z0-9]{20,4000}$/)

/**
 * Those who can open the signatures. One layer: any of its holders alone. Two layers: one holder of each together, the
 * inner layer sealed first, the outer one around it.
 */
export const keysSchema = z.strictObject({
  layers: z
    .array(
      z
        .array(z.strictObject({ holder: words, recipient }))
        .min(1)
        .max(10),
    )
    .min(1)
    .max(2),
})
export type LetterKeys = z.infer<typeof keysSchema>

/** One version of a letter: the bytes of its canonical JSON are what the log carries the digest of. */
export const letterSchema = z.strictObject({
  format: z.literal('kuager-letter/1'),
  id: z.string().regex(LETTER_ID),
  /** Counts from 1. */
  version: z.number().int().positive().max(1000),
  simulated: z.boolean(),
  title: words,
  /** Paragraphs parted by an empty line; no markup. */
  text: texts,
  addressees: z.array(words).min(1).max(10),
  publisher: z.strictObject({
    name: words,
    contacts: z
      .array(z.strictObject({ kind: z.enum(['mail', 'web', 'onion', 'signal', 'post']), value: said }))
      .min(1)
      .max(5),
  }),
  goal: z.number().int().positive().max(10_000_000).optional(),
  /** First and last day on which it can be signed, and the day by whose end all sealed data are destroyed; UTC. */
  opens: day,
  closes: day,
  destroys: day,
  /** Incidents and findings of an observatory that it rests on. */
  cites: z
    .array(
      z.strictObject({
        url: z
          .string()
          .max(500)
          // Nothing that is not seen either: what is read is where it leads.
          .regex(/^https?:\/\/[^\s"'<>\p{Cc}\p{Cf}\p{Cs}\p{Co}]+$/u),
        title: words,
      }),
    )
    .max(30),
  /** What a signer agrees to; a change of it is a new number. */
  consent: z.strictObject({ version: z.number().int().positive().max(1000), text: texts }),
  keys: keysSchema,
})
export type Letter = z.infer<typeof letterSchema>

/** What is sealed, padded with spaces to a multiple of 512 bytes: a length tells no name. */
export const signatureSchema = z.strictObject({
  format: z.literal('kuager-signature/1'),
  letter: z.string().regex(LETTER_ID),
  /** Version of the letter, and of the consent. */
  version: z.number().int().positive(),
  consent: z.number().int().positive(),
  name: z.string().trim().min(2).max(120),
  region: regionSchema,
  mail: z.string().max(254).optional(),
  comment: z.string().max(600).optional(),
  /** Whether the name may appear in the list that is handed over beyond the addressees: published. */
  show_name: z.boolean(),
  lang: z.enum(LANGS),
})
export type Signature = z.infer<typeof signatureSchema>

export { LONGEST_TEXT_BYTES, MOST_SEALED_BYTES, PADDED_BYTES, SENT_BYTES } from '../../core/model/sealed-size.ts'
