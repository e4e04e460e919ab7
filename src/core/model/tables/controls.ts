import { z } from 'zod'
import { portSchema } from '../port.ts'

const sourced = { source: z.string().min(1), checked_at: z.iso.date() }

/** A name never known to be restricted, whose handshake on its own addresses tells whether the line works. */
export const canarySchema = z.strictObject({
  host: z.string().regex(/^[a-z0-9.-]+$/),
  port: portSchema.default(443),
  /** In the country measured or abroad. */
  place: z.enum(['domestic', 'abroad']),
  /** Who runs it: canaries stand on different networks. */
  owner: z.string().min(1),
  ...sourced,
})

const nameSchema = z.string().regex(/^[a-z0-9.-]+$/)
/** How far the row's author trusts it; absent: not said. */
const confidence = z.enum(['high', 'medium', 'low']).optional()

/** A control name: sent in place of a service's name, to an address at which it is an ordinary sight. */
export const controlNameSchema = z.strictObject({
  host: nameSchema,
  /** Whose servers answer for it; absent: a network of its owner, on which no service is. */
  provider: z.string().min(1).optional(),
  confidence,
  /** The day a check found it gone from its provider: it is in no draw any more. */
  left_at: z.iso.date().optional(),
  ...sourced,
})

/** How to tell that an address is a provider's. */
export const hostingSchema = z.strictObject({
  provider: z.string().min(1),
  /** Address blocks, in addition to those of data/providers.json. */
  blocks: z.array(z.string().regex(/^[0-9a-f.:]+\/\d{1,3}$/)).default([]),
  /** Registered domains that it serves from addresses outside of all blocks, too: caches inside of access networks. */
  domains: z.array(nameSchema).default([]),
  /** Whether it places caches inside of the networks of others, so that its names are an ordinary sight at any address. */
  embedded: z.boolean().default(false),
  /** Whether its servers answer QUIC for its names. */
  quic: z.boolean().default(false),
  confidence,
  ...sourced,
})

/** Names and servers that measurements are compared with. File: data/controls.json. */
export const controlsSchema = z.strictObject({
  /** Control names for the control half of pairs; how they are drawn: docs/methods/measuring.md, cover. */
  innocent: z.array(controlNameSchema).min(1),
  /** Whose an address is, so that a control name of the same provider is drawn. */
  hosting: z.array(hostingSchema).default([]),
  canaries: z.array(canarySchema).min(5),
  /** Resolvers over HTTPS that are asked beside the system's. `address` is dialled, `host` is its name. */
  resolvers: z.array(
    z.strictObject({
      url: z.url({ protocol: /^https$/ }),
      address: z.string(),
      ...sourced,
    }),
  ),
  /** Clocks asked for the offset of the owner's. */
  clocks: z.array(z.strictObject({ host: z.string(), port: z.number().int().default(123), ...sourced })),
  /** Pages in cleartext whose whole answer is known: a sign-in page answers otherwise. */
  portals: z.array(
    z.strictObject({
      url: z.url({ protocol: /^http$/ }),
      status: z.number().int(),
      /** Exact body; absent where the status alone is compared. */
      body: z.string().optional(),
      ...sourced,
    }),
  ),
  /**
   * Public resolvers, which need no name to be asked: whether packets of UDP pass at all, and whether a second answer
   * comes to a question about a name under test.
   */
  udpResolvers: z.array(z.strictObject({ address: z.string(), port: z.number().int().default(53), ...sourced })),
  /** Names whose A record is the address of the resolver that asks for it. */
  whoami: z.array(z.strictObject({ host: z.string().regex(/^[a-z0-9.-]+$/), ...sourced })).default([]),
})
export type Controls = z.infer<typeof controlsSchema>
export type ControlName = z.infer<typeof controlNameSchema>
export type Hosting = z.infer<typeof hostingSchema>
export type Canary = z.infer<typeof canarySchema>
