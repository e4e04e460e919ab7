import type { ClientAddress } from '../../runtime/sender/from.ts'

/**
 * Notices when one part of the network (IPv4 /32, IPv6 /56) acts far more often than people do
 * (docs/methods/floods.md). It knows parts by an HMAC whose key is in memory and changes daily, and keeps nothing else.
 */
export interface FloodGuard {
  /** Takes note of an act, by a name of the caller's, such as `ct` or the id of a report. */
  note(from: ClientAddress, id: string): void
  /**
   * Those of these acts that are too young to be judged: a flood shows itself by what follows an act. What counts once
   * and for all leaves them waiting; what can be held later, such as a report, need not ask.
   */
  early(ids: readonly string[]): ReadonlySet<string>
  /**
   * Which of these acts came in a flood, each with a label that those of one part and time share: random, made from no
   * address. What waits is asked about together, since some of a flooded part are let through by lot. Those it does not
   * hold, because they came before it was started, are not among them: `knows` says which.
   */
  judge(ids: readonly string[]): ReadonlyMap<string, string>
  knows(id: string): boolean
  /** Forgets acts that were settled: what was not held by then has counted. */
  settle(ids: readonly string[]): void
}
