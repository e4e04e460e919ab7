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

/** Names and servers that measurements are compared with. File: data/controls.json. */
export const controlsSchema = z.strictObject({
  /** Control names for the control half of pairs; one is drawn for each pair, never of the target's own domain. */
  innocent: z.array(z.strictObject({ host: z.string().regex(/^[a-z0-9.-]+$/), ...sourced })).min(1),
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
export type Canary = z.infer<typeof canarySchema>
