import { z } from 'zod'
import { addressFamily } from '../address.ts'
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

/**
 * How sure it is that a host is what the row says. `high`: read in source code, in a specification or on the vendor's
 * page. `medium`: recalled, or from secondary sources that agree. `low`: one secondary source, or recalled and doubted: it
 * never decides a verdict of interference.
 */
export const CONFIDENCES = ['high', 'medium', 'low'] as const
export type Confidence = (typeof CONFIDENCES)[number]

/**
 * What shows from an unrestricted network that a host is alive. `connects`: a TCP connection. `certificate`: a handshake
 * under its name with a certificate that browsers accept. `own-certificate`: a certificate of its name, also of an
 * authority of the service's own. `answers`: a connection on the port of its cleartext. `resolves`: an address.
 */
export const SUCCESSES = ['connects', 'certificate', 'own-certificate', 'answers', 'resolves'] as const
export type Success = (typeof SUCCESSES)[number]

const UNDER_TLS = ['certificate', 'own-certificate'] as const satisfies readonly Success[]
/** What may show that a host is alive, by what is measured there. */
const SHOWN: Readonly<Record<Check, readonly Success[]>> = {
  tcp: ['connects', 'answers', ...UNDER_TLS],
  plain: ['answers', ...UNDER_TLS],
  tls: UNDER_TLS,
  quic: UNDER_TLS,
  page: UNDER_TLS,
  down: UNDER_TLS,
  up: UNDER_TLS,
  openvpn: [],
  wireguard: [],
  tor: [],
}

export const endpointSchema = z
  .strictObject({
    /** Exact name or address, or `*.name` for every name below it (and the name itself): those are never measured. */
    host: z.string().regex(/^(\*\.)?[a-z0-9.:-]+$/),
    /** page, api, media, upload, messages, voice, live … */
    use: z.enum(USES),
    port: portSchema.default(443),
    /** Of a literal address; of a name absent: both. */
    family: z.literal([4, 6]).optional(),
    /** Absent: nothing is measured there, the name only tells whose it is. */
    checks: z.array(z.enum(CHECKS)).optional(),
    /** Path and query of `page`, `plain`, `down` and `up`. */
    path: z.string().startsWith('/').max(300).default('/'),
    /** Measured in the core run, every 15 minutes. */
    core: z.literal(true).optional(),
    /** What a check from an unrestricted network looks for; absent: nothing is checked. */
    success: z.enum(SUCCESSES).optional(),
    ...sourced,
    /** Absent in lists of before 2026-12. */
    confidence: z.enum(CONFIDENCES).default('medium'),
  })
  .refine(({ host, family }) => family === undefined || family === addressFamily(host), {
    path: ['family'],
    error: 'the family of its address, and none of a name',
  })
  .refine(({ host, success }) => success === undefined || !host.startsWith('*.'), {
    path: ['success'],
    error: 'none of a pattern of names',
  })
  .refine(
    ({ success, checks = [] }) => success === undefined || checks.every((check) => SHOWN[check].includes(success)),
    {
      path: ['success'],
      error: 'what the checks of the endpoint look for',
    },
  )
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
