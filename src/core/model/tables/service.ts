import { z } from 'zod'
import { portSchema } from '../port.ts'

const sourced = {
  /** Where the fact was read. */
  source: z.string().min(1),
  /** Day of the reading. */
  checked_at: z.iso.date(),
}

/** What an endpoint is for. `datacenter`: interchangeable members of a pool, of which k of n are counted. */
export const USES = [
  'page',
  'api',
  'media',
  'upload',
  'messages',
  'voice',
  'live',
  'datacenter',
  'registration',
  'tunnel',
] as const

/**
 * What the probe does with an endpoint. `tcp`: a connection only. `tls`, `quic`: pairs of handshakes. `page`: one GET
 * over TLS. `plain`: one exchange in cleartext. `down`, `up`: bounded throughput pairs. `openvpn`, `wireguard`, `tor`:
 * the first exchange of the protocol, with its control payload.
 */
export const CHECKS = ['tcp', 'tls', 'quic', 'page', 'plain', 'down', 'up', 'openvpn', 'wireguard', 'tor'] as const
export type Check = (typeof CHECKS)[number]

/** A: platforms and canaries. B: VPN services, news, rights sites: a second consent. C: protocols and Tor: a third. */
export const TIERS = ['A', 'B', 'C'] as const
export type Tier = (typeof TIERS)[number]

export const endpointSchema = z.strictObject({
  /** Exact name or address, or `*.name` for every name below it (and the name itself): those are never measured. */
  host: z.string().regex(/^(\*\.)?[a-z0-9.:-]+$/),
  /** page, api, media, upload, messages, voice, live … */
  use: z.enum(USES),
  port: portSchema.default(443),
  /** Absent: nothing is measured there, the name only tells whose it is. */
  checks: z.array(z.enum(CHECKS)).optional(),
  /** Path and query of `page`, `plain`, `down` and `up`. */
  path: z.string().startsWith('/').max(300).default('/'),
  /** Measured in the core run, every 15 minutes. */
  core: z.literal(true).optional(),
  ...sourced,
})
export type Endpoint = z.infer<typeof endpointSchema>

export const serviceSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  name: z.string().min(1),
  /** OONI tests that are about this service as a whole. */
  tests: z.array(z.string()),
  endpoints: z.array(endpointSchema).min(1),
  /** What it is to people: a claim about "VPN services" is compared with those of that kind. */
  kind: z.enum(['platform', 'messenger', 'vpn', 'news', 'rights', 'protocol']).default('platform'),
  /** Whose consent it needs; absent: A. */
  tier: z.enum(TIERS).default('A'),
  /** Not known to be restricted anywhere in the country: measured to tell whether a line works at all. */
  comparison: z.literal(true).optional(),
})

/** A service people use, with the hosts that carry it. */
export type Service = z.infer<typeof serviceSchema>
export const servicesSchema = z.strictObject({ services: z.array(serviceSchema) })
