import { z } from 'zod'
import { InputError } from '../errors.ts'
import { CHANNELS } from '../measured/measurement.ts'
import { STANDINGS } from '../standing.ts'
import { parseInstant } from '../units.ts'

// The index files of a bundle, as JSON (docs/formats/bundle.md). Unknown members are refused: what is not checked must
// not be in evidence.

export const BUNDLE_FORMAT = 'kuager-bundle/1'
export const DERIVATION_FORMAT = 'kuager-derivation/1'

const count = z.number().int().nonnegative()
const leaf = count.max(Number.MAX_SAFE_INTEGER)
/** A time that is one: ISO 8601 has years and fractions of a second that no clock here can hold. */
const time = z.iso.datetime().refine(isInstant, 'no time of this calendar')
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const words = z.string().min(1).max(500)

function isInstant(text: string): boolean {
  try {
    parseInstant(text)
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

/** Name of a bag: its folder, its zip and `External-Identifier`. */
export const bundleNameSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,98}[a-z0-9]$/)

/** Files that a bundle may lack because what makes them was not there; it says so in `without`. */
export const BUNDLE_EXTRAS = ['exhibit.pdf', 'VERIFY.html'] as const
export type BundleExtra = (typeof BUNDLE_EXTRAS)[number]

/** `data/bundle.json`: what the bundle is. */
export const bundleSchema = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  name: bundleNameSchema,
  made_at_utc: time,
  simulated: z.boolean(),
  about: z.union([
    z.strictObject({ kind: z.literal('incident'), incident: z.string().min(1).max(200), revision: count.positive() }),
    z.strictObject({ kind: z.literal('measurements') }),
  ]),
  /** The tree of `data/log/checkpoint`. */
  log: z.strictObject({ origin: z.string().min(1).max(300), size: count.positive() }),
  counts: z.strictObject({
    /** Lines of measurements.jsonl. */
    measurements: count,
    apart: count,
    erased: count,
    form_changed: count,
    revisions: count,
    events: count,
    custody: count,
  }),
  /** When the first and the last of its measurements began; null where none is held. */
  span: z.strictObject({ since_utc: time, until_utc: time }).nullable(),
  /** Who runs the observatory that made it; null if not given. */
  operator: z.strictObject({ name: z.strictObject({ kk: words, ru: words, en: words }) }).nullable(),
  without: z.array(z.enum(BUNDLE_EXTRAS)),
})
export type BundleIndex = z.infer<typeof bundleSchema>

/**
 * What a measurement is for: `series` readings of the incident's own series, `comparison` services on the same network
 * that are never restricted, `apart` unknown senders, `named` in a bundle of measurements.
 */
export const BUNDLE_ROLES = ['series', 'comparison', 'same-network', 'same-service', 'apart', 'named'] as const
export type BundleRole = (typeof BUNDLE_ROLES)[number]

/**
 * `held`: its file is in `raw/`; `erased`: only its leaf is in the log; `form-changed`: it is archived, but its
 * public form of today is not the one that its leaf digests, so that it cannot be shown by it.
 */
export const BUNDLE_STATES = ['held', 'erased', 'form-changed'] as const
/** Class of a sender or source: never the name of a file that a person gave. */
export const ORIGIN_CLASSES = [...STANDINGS, 'bucket', 'file', 'simulator'] as const
export type OriginClass = (typeof ORIGIN_CLASSES)[number]

/** One line of `data/measurements.jsonl`. */
export const bundleMeasurementSchema = z.strictObject({
  leaf,
  /** SHA-256 of the bytes as received; null where erased. */
  id: sha256.nullable(),
  /** Null where erased. */
  received_at_utc: time.nullable(),
  channel: z.enum(CHANNELS).nullable(),
  origin: z.enum(ORIGIN_CLASSES).nullable(),
  role: z.enum(BUNDLE_ROLES),
  state: z.enum(BUNDLE_STATES),
  /** Number of the device that it counts for, in this bundle alone; absent where its public form names the device. */
  device: count.positive().max(9_999_999).optional(),
})
export type BundleMeasurement = z.infer<typeof bundleMeasurementSchema>

/** One line of `data/verdicts.jsonl`; the verdict in the form of src/core/model/measured/verdict-wire.ts. */
export const bundleVerdictSchema = z.strictObject({
  leaf,
  service: z.string().min(1).max(300),
  verdict: z.record(z.string(), z.json()),
})
export type BundleVerdict = z.infer<typeof bundleVerdictSchema>

/** One line of `data/observations.jsonl`: the rows of one measurement (docs/formats/warehouse.md, "Tables"). */
export const bundleObservationsSchema = z.strictObject({
  leaf,
  observations: z.array(z.record(z.string(), z.json())),
})
export type BundleObservations = z.infer<typeof bundleObservationsSchema>

/** The outer form of `data/derivation.json`; what stands inside is read by src/core/derive/. */
export const derivationEnvelopeSchema = z.looseObject({
  format: z.literal(DERIVATION_FORMAT),
  incident: z.string().min(1).max(300),
  service: z.string().min(1).max(300),
  asn: count.max(0xffff_ffff),
  simulated: z.boolean(),
  until_utc: time,
  /** Null of a withdrawn incident. */
  result: z.record(z.string(), z.json()).nullable(),
})
export type DerivationEnvelope = z.infer<typeof derivationEnvelopeSchema>

/** Why a field of an original is not in its public form. */
export const REDACTION_REASONS = ['address', 'place', 'identity', 'signature', 'personal-word', 'resolver'] as const
export type RedactionReason = (typeof REDACTION_REASONS)[number]

/** `data/redactions.json`: what was taken out of originals, and what is not here. */
export const redactionsSchema = z.strictObject({
  /** Version of the public form in which `raw/` is written. */
  public_form: count.positive(),
  /** Fields by their path with `*` for positions, of how many measurements of this bundle, by path. */
  fields: z.array(z.strictObject({ what: words, why: z.enum(REDACTION_REASONS), measurements: count.positive() })),
  /** Measurements that were erased, by leaf, with the reason as published. */
  erased: z.array(z.strictObject({ leaf, at_utc: time, reason: z.string().max(2000) })),
  /** Measurements whose leaf digests an earlier public form, by leaf. */
  form_changed: z.array(z.strictObject({ leaf, public: sha256 })),
})
export type Redactions = z.infer<typeof redactionsSchema>

/** `data/program.json`: which program judged, derived and wrote. */
export const programSchema = z.strictObject({
  version: words,
  /** SHA-256 over the sources of the program as docs/formats/bundle.md lists them. */
  source_sha256: sha256,
  node: words,
  /** Version of the rules of verdicts. */
  rules: words,
  /** Version of the rules of detection. */
  detection: words,
})
export type Program = z.infer<typeof programSchema>
