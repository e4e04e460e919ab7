import { z } from 'zod'
import { LETTER_ID, TIERS, VOID_REASONS } from '../core/letter.ts'
import { InputError } from '../../core/model/errors.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'

// The handover bundle: docs/formats/letter-handover.md.

export const MANIFEST = 'manifest.json'
export const SUMS = 'SHA256SUMS'
export const LOG = 'log'
export const LETTERS = 'letters'
export const SIGNATURES = 'signatures'

/** Signatures of one bundle at most. */
export const MOST_SIGNATURES = 1_000_000

export const MOST_MANIFEST_BYTES = 256 * 1024 * 1024

export const sealedPath = (ct: Sha256): string => `${SIGNATURES}/${ct}.age`
export const versionPath = (version: number): string => `${LETTERS}/${version}.json`

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => parseSha256(text))
const count = z.number().int().nonnegative()

const manifestSchema = z.strictObject({
  format: z.literal('kuager-letter-handover/1'),
  letter: z.string().regex(LETTER_ID),
  simulated: z.boolean(),
  /** Name of the log, and the checkpoint up to which is counted. */
  log: z.strictObject({ origin: z.string().max(300), size: count, root: sha256 }),
  versions: z.array(z.strictObject({ version: z.number().int().positive(), sha256 })).max(1000),
  counted: z.strictObject({ claimed: count, mail: count, form: count }),
  removed: z.partialRecord(z.enum(VOID_REASONS), count),
  /** Those that count, in the order of `ct`. */
  signatures: z.array(z.strictObject({ ct: sha256, tier: z.enum(TIERS), leaf: count })).max(MOST_SIGNATURES),
})
export type HandoverManifest = z.infer<typeof manifestSchema>

/** Reads the manifest of a bundle. Throws InputError for bytes that are none. */
export function parseHandoverManifest(bytes: Uint8Array): HandoverManifest {
  const refuse = (expected: string): InputError =>
    new InputError('Cannot read the manifest of the handover: it is none', {
      code: 'handover.manifest',
      path: MANIFEST,
      expected,
    })
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    throw refuse('JSON in UTF-8')
  }
  const parsed = manifestSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw refuse(`a manifest of kuager-letter-handover/1; "/${issue?.path.join('/') ?? ''}" is not of it`)
}
