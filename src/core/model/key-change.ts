import { z } from 'zod'

const verifierKey = z.string().max(500)
const signature = z.string().max(100)

/** A new key of a log, signed by the one before and by itself; canonical JSON in the log (docs/formats/log.md). */
export const keyChangeSchema = z.strictObject({
  format: z.literal('kuager-key-change/1'),
  origin: z.string().max(300),
  at: z.iso.datetime(),
  /** Verifier keys: `name+hash+base64`. */
  old: verifierKey,
  new: verifierKey,
  /** Ed25519 over the canonical JSON of the members above, base64. */
  old_signature: signature,
  new_signature: signature,
})
export type KeyChange = z.infer<typeof keyChangeSchema>
