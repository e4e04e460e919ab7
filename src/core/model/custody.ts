import { z } from 'zod'

/** What was done with evidence. Source: house rules of custody, after ISO/IEC 27037 and the Berkeley Protocol. */
export const CUSTODY_TYPES = [
  'collected',
  'sealed',
  'logged',
  'timestamped',
  'copied',
  'opened',
  'exported',
  'transferred',
  'redacted',
  'erased',
  'revoked',
  'verified',
  'reviewed',
] as const
export type CustodyType = (typeof CUSTODY_TYPES)[number]

const hex = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))
const words = z.string().min(1).max(500)

/** What an event is about, by digest or number and never by content. */
export const custodyEvidenceSchema = z.strictObject({
  kind: z.enum(['measurement', 'measurements', 'incident', 'events', 'bundle', 'case', 'log', 'file']),
  /** Id of an incident, a case or a bundle; leaf index of one measurement; file name. */
  id: z.string().min(1).max(200),
})

/**
 * One event of custody, as canonical JSON with its signature. `prev` is the SHA-256 of the canonical bytes of the event
 * before it in the same folder, null for the first: the events are a chain, and each is a leaf of the log besides.
 */
export const custodyEventSchema = z.strictObject({
  format: z.literal('kuager-custody/1'),
  /** Random, 16 bytes. */
  id: hex(16),
  type: z.enum(CUSTODY_TYPES),
  evidence: custodyEvidenceSchema,
  at: z.iso.datetime(),
  /** Function or pseudonym of who acted (`operator`, `analyst-2`): never a name of a person in what is published. */
  actor: z.string().regex(/^[\p{L}\p{N} ._-]{1,80}$/u),
  reason: words,
  authority: words.optional(),
  place: words.optional(),
  prev: hex(32).nullable(),
  /** Plain facts of the act: digests, counts, names of fields. */
  detail: z.record(z.string().max(60), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()])),
  /** Verifier key of the signer (C2SP `name+hash+base64`). */
  key: z.string().max(500),
  /** Ed25519 over the canonical JSON of everything but `signature`, base64. */
  signature: z.string().max(100),
})
export type CustodyEvent = z.infer<typeof custodyEventSchema>
