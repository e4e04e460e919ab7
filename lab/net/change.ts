import { z } from 'zod'

const hosts = z.array(z.string()).min(1)
const percent = z.number().min(1).max(60)
const kbit = z.number().int().positive()

/** What is otherwise than usual in the world, without anybody's hand on names: none of it is interference. */
export const worldChangeSchema = z.discriminatedUnion('kind', [
  /** The origin answers, and otherwise than usual. */
  z.strictObject({
    kind: z.literal('origin'),
    hosts,
    state: z.enum([
      'expired-certificate',
      'wrong-certificate',
      'own-authority',
      'geoblock',
      'challenge',
      'unavailable',
      'legal',
      'moved',
      'slow-page',
      'large-page',
    ]),
  }),
  /** The origin does not answer, for anybody. */
  z.strictObject({ kind: z.literal('origin-down'), hosts, how: z.enum(['refused', 'silent', 'after-hello']) }),
  /** One address of an origin does not answer, for anybody. */
  z.strictObject({ kind: z.literal('address-down'), addresses: z.array(z.string()).min(1) }),
  /** The origin speaks no QUIC. */
  z.strictObject({ kind: z.literal('quic-off'), hosts }),
  /** Everything the origin sends is slow, under every name. */
  z.strictObject({ kind: z.literal('slow-origin'), hosts, kbit }),
  /** The line's resolver gives other addresses that serve the name as well. */
  z.strictObject({ kind: z.literal('rotation'), hosts }),
  /** No resolver knows these names any more; only a lying one gives an address. */
  z.strictObject({ kind: z.literal('lapsed'), hosts }),
  /** The line's resolver is the router in the home, which passes questions on and the first answer alone back. */
  z.strictObject({ kind: z.literal('home-resolver') }),
  /** The line's resolver answers nobody. */
  z.strictObject({ kind: z.literal('resolver-down') }),
  /** So many packets of a hundred are lost, in either direction. */
  z.strictObject({ kind: z.literal('loss'), percent }),
  z.strictObject({ kind: z.literal('congestion'), kbit }),
  /** Nothing passes the gateway (`gateway`) or the provider (`provider`). */
  z.strictObject({ kind: z.literal('outage'), where: z.enum(['gateway', 'provider', 'abroad']) }),
  z.strictObject({ kind: z.literal('captive-portal') }),
  /** The line has working IPv6. Without this change it has none. */
  z.strictObject({ kind: z.literal('ipv6') }),
  /** The line has addresses of IPv6, and nothing passes by it. */
  z.strictObject({ kind: z.literal('ipv6-broken') }),
  z.strictObject({ kind: z.literal('control-down'), how: z.enum(['refused', 'silent']) }),
  /** The probe knows controls in two other networks as well. */
  z.strictObject({ kind: z.literal('more-controls') }),
  /** The control in the second network hangs after some kilobytes, for everybody. */
  z.strictObject({ kind: z.literal('control-hangs') }),
  z.strictObject({ kind: z.literal('collector-down') }),
  z.strictObject({ kind: z.literal('clock-server-down') }),
  /** The owner's own tunnel carries the traffic. */
  z.strictObject({ kind: z.literal('owner-tunnel') }),
  /** The probe's clock is off by so many days. */
  z.strictObject({ kind: z.literal('clock'), days: z.number() }),
  /** The run is interrupted after so long. */
  z.strictObject({ kind: z.literal('interrupt'), afterMs: z.number().int().positive() }),
  /** The probe may hold no more than so many files and sockets: a defect of its own machine. */
  z.strictObject({ kind: z.literal('few-files'), files: z.number().int().positive() }),
  /** Rules of iptables as they are, for what has no word here. The provider's are the censor's: a rule of its own. */
  z.strictObject({
    kind: z.literal('rules'),
    place: z.enum(['subscriber', 'gateway', 'upstream', 'abroad']),
    filter: z.array(z.string()).default([]),
    mangle: z.array(z.string()).default([]),
  }),
])
export type WorldChange = z.infer<typeof worldChangeSchema>
