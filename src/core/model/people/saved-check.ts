import { z } from 'zod'
import { workSchema } from '../work.ts'

const hex = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))
const MOST_PROOF = 200_000

/** All that the server learns about a check: docs/formats/saved-check.md. */
export const savedCheckDigestSchema = z.strictObject({
  /** SHA-256 of the salt followed by the canonical JSON of the check. */
  sha256: hex(32),
  /** Solution of a challenge of `/work/saved-check`. */
  work: workSchema,
})

/** What was asked and seen; only the author knows its content. */
const checkSchema = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an object',
)

/** The file that a person keeps of one check. Its bytes are canonical JSON. */
export const savedCheckSchema = z.strictObject({
  format: z.literal('kuager-saved-check-file/1'),
  check: checkSchema,
  /** Random, 16 bytes: without it no one can find the check from its digest by trying. */
  salt: hex(16),
  /** Absent where the digest was not logged. */
  logged: z
    .strictObject({
      leaf_index: z.number().int().nonnegative(),
      /** The entry, as its bytes are in the archive. */
      entry: z.string().max(200),
      /** The leaf record, as it is logged. */
      leaf: z.string().max(500),
      /** The `.tlog-proof` that a checkpoint holds the leaf; absent until it was fetched. */
      proof: z.string().max(MOST_PROOF).optional(),
    })
    .optional(),
})
export type SavedCheck = z.infer<typeof savedCheckSchema>
