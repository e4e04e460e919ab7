import { z } from 'zod'

const names = z.array(z.string().regex(/^[a-z0-9.-]+$/)).min(1)
/** Addresses, or names whose every address is meant. */
const targets = z.array(z.string().regex(/^[a-z0-9.:-]+$/)).min(1)
const lines = z.array(z.string()).default([])
const tuple = z.union([z.literal(3), z.literal(5)])

/** What a forged or lying answer says. */
export const dnsAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('addresses'), addresses: z.array(z.string()).min(1) }),
  z.strictObject({ kind: z.enum(['nxdomain', 'refused', 'servfail', 'empty']) }),
])
export type DnsAnswer = z.infer<typeof dnsAnswerSchema>

/**
 * One thing a censor does. A name stands for itself and every name below it. All of it stands at the first provider:
 * a subscriber of the second is never touched.
 */
export const censorRuleSchema = z.discriminatedUnion('kind', [
  /** An answer forged on the way, sent ahead of the true one, which arrives too. `only`: to these resolvers alone. */
  z.strictObject({
    kind: z.literal('dns-injection'),
    names,
    answer: dnsAnswerSchema,
    only: z.array(z.ipv4()).min(1).optional(),
  }),
  /** Questions for a name vanish, whichever resolver they go to. */
  z.strictObject({ kind: z.literal('dns-drop'), names }),
  /** Questions to any other resolver are answered by another one of the provider, which lies as its own does. */
  z.strictObject({ kind: z.literal('dns-redirect') }),
  /** The provider's own resolver lies; nothing on the way is touched. */
  z.strictObject({ kind: z.literal('lying-resolver'), names, answer: dnsAnswerSchema }),
  /**
   * Packets to an address, whatever name they carry. `reset` lets a connection stand and resets it with its first data,
   * `refuse` answers the first packet with a reset, `unreachable` with an ICMP message.
   */
  z.strictObject({
    kind: z.literal('address'),
    targets,
    action: z.enum(['drop', 'refuse', 'reset', 'unreachable']),
    ports: z.array(z.number().int()).optional(),
  }),
  /**
   * A ClientHello over TCP that carries a name. `close` ends the connection by FIN, `notice` answers with a redirect in
   * cleartext. `only`: none but these addresses. `residual`: what is dropped afterwards: every packet between the two
   * sides and the port for some seconds (3), or the rest of the connection, both ways (5).
   */
  z.strictObject({
    kind: z.literal('hello'),
    names,
    action: z.enum(['drop', 'reset', 'close', 'notice']),
    only: targets.optional(),
    residual: z.strictObject({ tuple, seconds: z.number().int().positive() }).optional(),
  }),
  /** A ClientHello with a name is held back for so long. */
  z.strictObject({ kind: z.literal('slow-handshake'), names, ms: z.number().int().positive() }),
  /** Handshakes with a name end at the provider, under a certificate of another authority. */
  z.strictObject({ kind: z.literal('interception'), names, certificate: z.enum(['valid', 'expired']) }),
  /** A request in cleartext whose Host is a name. */
  z.strictObject({ kind: z.literal('http'), names, action: z.enum(['page', 'redirect', 'reset', 'drop']) }),
  /** A connection that carried a name moves at most so many kilobits a second. */
  z.strictObject({
    kind: z.literal('throttle'),
    names,
    kbit: z.number().int().positive(),
    direction: z.enum(['down', 'up', 'both']),
  }),
  /** A QUIC Initial that carries a name. `close` forges the server's CONNECTION_CLOSE. */
  z.strictObject({ kind: z.literal('quic'), names, action: z.enum(['drop', 'close']) }),
  /** Everything to UDP port 443. */
  z.strictObject({ kind: z.literal('quic-all') }),
  /** The first packet of a tunnel's protocol, told by its shape. */
  z.strictObject({
    kind: z.literal('tunnel'),
    protocol: z.enum(['openvpn', 'wireguard', 'tor']),
    action: z.enum(['drop', 'reset']),
  }),
  /** Rules of iptables as they are, for what has no word here. */
  z.strictObject({ kind: z.literal('rules'), filter: lines, mangle: lines }),
])
export type CensorRule = z.infer<typeof censorRuleSchema>
export type CensorRuleOf<Kind extends CensorRule['kind']> = Extract<CensorRule, { kind: Kind }>
