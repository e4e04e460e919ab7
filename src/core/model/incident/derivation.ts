import { z } from 'zod'
import { DERIVATION_FORMAT } from './bundle.ts'
import { InputError } from '../errors.ts'
import { INCIDENT_STATES } from './incident.ts'
import { outagesSchema } from './outage-wire.ts'
import { edgeSchema } from './incident-read.ts'
import { MECHANISMS } from '../measured/mechanism.ts'
import { instant, parseAsn, parseSha256 } from '../units.ts'

// `data/derivation.json` of a bundle (docs/methods/deriving.md). Bounds stop an author who would make a reader compute
// without end: the program's own values are far within them.

const finite = z.number()
const share = finite.min(0).max(1)
const rate = finite.min(0).max(1000)
const service = z.string().min(1).max(300)
const asn = z.int().min(0).max(0xffff_ffff).transform(parseAsn)
const hours = z.array(finite.min(0).max(1000)).length(24)
/** Milliseconds since 1970, before 2100. */
const at = finite.min(-2_208_988_800_000).max(4_102_444_800_000).transform(instant)
const moment = z.iso
  .datetime()
  .transform((text) => Date.parse(text))
  .pipe(at)
const zone = z.string().max(60).refine(isZone, 'no time zone')

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Settings of the detector. */
const settingsSchema = z.strictObject({
  scheduleMinutes: finite.min(1).max(1440),
  zone,
  onsetHours: hours,
  loadHours: hours,
  rates: z.strictObject({
    shortOnset: rate,
    shortEnd: rate,
    longOnset: rate,
    longEnd: rate,
    loadOnset: rate,
    loadEnd: rate,
    downOnset: rate,
    downEnd: rate,
  }),
  failOpen: share,
  passing: z.array(share).min(1).max(8),
  loads: z.array(share).min(1).max(8),
  controlFactor: finite.min(0).max(1000),
  rho: share,
  raise: share,
  clear: share,
  peak: share,
  floorProbes: z.int().min(1).max(1000),
  floorHours: finite.min(0).max(1000),
  draws: z.int().min(1).max(20_000),
  seed: z.int(),
  staggerMinutes: finite.min(0).max(1440),
})

const intervalSchema = z.strictObject({ from: finite, until: finite })

/** A state of the chain from which a series is taken up: stated, not derived. */
const settledSchema = z.strictObject({
  at,
  vector: z.array(share).min(2).max(2000),
  logLikelihood: finite,
  recent: z
    .array(
      z.strictObject({
        at: finite,
        probe: z.string().max(300),
        artefact: z.boolean(),
        evidence: z.array(finite).max(100),
      }),
    )
    .max(10_000),
  controlled: z.boolean(),
  lastAt: at,
  availability: z.strictObject({ hours: finite, observed: finite, open: finite, use: finite, openByUse: finite }),
  settings: z.string().max(20_000),
  paired: z
    .strictObject({
      limits: z.record(z.string().max(300), z.array(z.tuple([finite, finite])).max(10_000)),
      aside: z.array(intervalSchema).max(10_000),
    })
    .exactOptional(),
})

/** An incident that the weighing looks at and that is not derived here. */
const otherSchema = z.strictObject({
  incident: z.string().min(1).max(300),
  revision: z.int().min(1),
  service,
  asn,
  state: z.enum(INCIDENT_STATES),
  running: z.boolean(),
  start: edgeSchema,
  end: edgeSchema,
  /** Absent in bundles of earlier versions, which took no account of other starts. */
  mechanism: z.enum(MECHANISMS).nullable().exactOptional(),
})
export type OtherIncident = z.infer<typeof otherSchema>

const derivationSchema = z.strictObject({
  format: z.literal(DERIVATION_FORMAT),
  incident: z.string().min(1).max(300),
  service,
  asn,
  simulated: z.boolean(),
  until_utc: moment,
  settings: settingsSchema,
  cause_table: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .transform(parseSha256),
  begins: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('first-reading') }),
    z.strictObject({ kind: z.literal('settled'), state: settledSchema }),
  ]),
  others: z.array(otherSchema).max(10_000),
  /** Outages that others measured of the network or its country; absent: none. */
  outages: outagesSchema.exactOptional(),
  /** Null of a withdrawn incident: the measurements show none. */
  result: z.record(z.string(), z.json()).nullable(),
})
export type ReadDerivation = z.infer<typeof derivationSchema>

/** Reads `derivation.json`. Throws InputError with the place of what is not as the format has it. */
export function readDerivation(value: unknown): ReadDerivation {
  const result = derivationSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = `/${issue?.path.join('/') ?? ''}`
  throw new InputError(`Cannot read derivation, "${path}": ${issue?.message ?? 'wrong form'}`, {
    code: 'derivation.invalid',
    path,
    expected: 'a derivation in the form of docs/methods/deriving.md',
  })
}
