import { z } from 'zod'
import type { PlainPattern } from '../plain-pattern.ts'
import type { Service } from './service.ts'
import type { Asn, CountryCode } from '../units.ts'

/** One certificate or issuer name that marks interception. Source: docs/methods/judging.md, interception. */
export const interceptionSchema = z.strictObject({
  id: z.string().min(1),
  /** Issuer common names that mark interception, compared exactly. */
  issuer_names: z.array(z.string()),
  /** Organisation and country that must also match, where given. */
  issuer_organisation: z.string().optional(),
  issuer_country: z.string().optional(),
  /** Certificates known one by one, lower-case hexadecimal. */
  sha256: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
  sha1: z.array(z.string().regex(/^[0-9a-f]{40}$/)),
  /** Where it was seen. */
  country: z.string().regex(/^[A-Z]{2}$/),
  source: z.string().min(1),
  checked_at: z.iso.date(),
})
export type Interception = z.infer<typeof interceptionSchema>

/** A block page or block address, in the shape of OONI's blocking-fingerprints. */
export interface Fingerprint {
  readonly name: string
  readonly scope: 'isp' | 'nat' | 'prod' | 'inst' | 'vbw' | 'fp'
  /** `dns`, `body`, or a header's name in lower case. */
  readonly place:
    { readonly kind: 'dns' } | { readonly kind: 'body' } | { readonly kind: 'header'; readonly name: string }
  readonly pattern:
    | { readonly kind: 'full' | 'prefix' | 'contains'; readonly text: string }
    | { readonly kind: 'regexp'; readonly plain: PlainPattern }
  /** Empty: no country stated. */
  readonly countries: readonly CountryCode[]
}

/** Operations of a test that a known defect or a retired host makes worthless, between two days. */
export const defectSchema = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(['software', 'retired-host', 'stale-authority']),
  test_name: z.string().optional(),
  /** Test versions concerned, inclusive bounds, dotted numbers. */
  version_from: z.string().optional(),
  version_to: z.string().optional(),
  /** Hosts whose failed operations it explains; empty: any host. */
  hosts: z.array(z.string()),
  /** Failure words it explains; empty: any failure. */
  failures: z.array(z.string()),
  since: z.iso.date().optional(),
  until: z.iso.date().optional(),
  source: z.string().min(1),
  checked_at: z.iso.date(),
})
export type Defect = z.infer<typeof defectSchema>

/** A network (autonomous system) and who runs it. */
export const networkSchema = z.strictObject({
  asn: z.number().int().nonnegative(),
  name: z.string().min(1),
  country: z.string().regex(/^[A-Z]{2}$/),
  /** Group that owns it, so that "two independent networks" means two owners. */
  owner: z.string().optional(),
  /** access serves people; hosting does not, and is not counted among networks of users. */
  use: z.enum(['access', 'hosting', 'corporate', 'unknown']),
  source: z.string().min(1),
  checked_at: z.iso.date(),
})
export type Network = z.infer<typeof networkSchema>
/** The file data/networks.json and any table of the same form. */
export const networksSchema = z.strictObject({ networks: z.array(networkSchema).max(200_000) })

/** Networks of one content provider: an answer in any of them is an answer of that provider. */
export const providerSchema = z.strictObject({
  id: z.string().min(1),
  asns: z.array(z.number().int().positive()).min(1),
  /** IPv4 blocks it answers from, for measurements that tell no networks (before 2020). */
  blocks: z.array(z.string().regex(/^\d+\.\d+\.\d+\.\d+\/\d+$/)),
  /** Whether the blocks are all it answers from, so that an address outside them is not the provider's. */
  blocks_whole: z.boolean(),
  /** Whether it serves challenge pages for its customers (a content delivery network). */
  challenges: z.boolean(),
  source: z.string().min(1),
  checked_at: z.iso.date(),
})
export type Provider = z.infer<typeof providerSchema>

export const interceptionsSchema = z.strictObject({ interceptions: z.array(interceptionSchema) })
export const defectsSchema = z.strictObject({ defects: z.array(defectSchema) })
export const providersSchema = z.strictObject({ providers: z.array(providerSchema) })

/** Everything a verdict may depend on besides the measurement; its digests enter `rulesVersion`. */
export interface Tables {
  readonly services: readonly Service[]
  readonly interceptions: readonly Interception[]
  readonly fingerprints: readonly Fingerprint[]
  readonly defects: readonly Defect[]
  /** Provider of a network, by its number. */
  readonly providers: ReadonlyMap<Asn, Provider>
  readonly rulesVersion: string
}
