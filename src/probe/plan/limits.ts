import { millis } from '../../core/model/units.ts'

/** Time limits of a run, with why each is as long as it is. Normative: docs/methods/measuring.md, limits. */
export const LIMITS = {
  /** Of a connection: the first SYN and those after one and three seconds, each with time for an answer. */
  connect: millis(4_000),
  /** A connection without an answer for so long is begun a second time beside it: one lost packet decides nothing. */
  doubt: millis(1_500),
  /**
   * Of a connection to a server of ours over one family, before its other family is tried: time for a second SYN. The
   * runtime's quarter of a second fails where a packet is lost or the round trip is long.
   */
  family: millis(2_500),
  /** Of a connection to a neighbour, which the control has reached a moment before. */
  neighbour: millis(3_500),
  /** Of a handshake in the first round. */
  handshake: millis(5_000),
  /** Of a handshake in the rounds that confirm: a handshake of five seconds is slow and not silent. */
  confirm: millis(10_000),
  /** Of a QUIC handshake in the first round: its packets are sent again after 1, 2 and 4 seconds at the latest. */
  quic: millis(5_000),
  lookup: millis(5_000),
  /** Of one packet to the line's resolver; a lost one is asked again. */
  packet: millis(2_500),
  exchange: millis(8_000),
  /** Of half of a throughput pair: 130 kbit/s moves 80 KB in it, enough to see a plateau. */
  transfer: millis(6_000),
  /** Of a flow from a server of ours: seven seconds for it, and five of silence. */
  flow: millis(12_000),
  tunnel: millis(4_000),
  /** Of a question to the control, the wait for its turn included: the control itself answers within 14 seconds (docs/formats/control.md). */
  control: millis(18_000),
  canary: millis(4_500),
  checkIn: millis(5_000),
  clock: millis(3_000),
  /** How long the probe waits for an address that has given no answer since a name was sent to it. */
  residual: millis(12_000),
  residualStep: millis(3_000),
} as const

/** From its beginning on a run repeats nothing more after so long, and begins no transfer. */
export const REPEATS = { full: millis(90_000), core: millis(45_000) } as const

/** A handshake so much longer than the control one, both in time and as a ratio, is asked again. */
export const SLOW = { over: millis(1_500), ratio: 4 } as const
/** Rounds of pairs of one address: the first, and those that confirm. */
export const MOST_ROUNDS = 3
