/** How often one sender may ask, and what is left. Made in app/web/sender-rate.ts: addresses are known only there. */
export interface SenderRate {
  /** Answers a second for long, and at once, counted in costs. */
  readonly perSecond: number
  readonly burst: number
  /**
   * Takes the cost of one answer from the allowance of the client: the address of the socket, and what proxies said.
   * `wait`: seconds until there is enough again, 0 where it was taken; `part`: name of the part of the network, new
   * every day and only in memory, where it is known. No address is kept.
   */
  take(
    asking: { readonly socket: string; readonly forwardedFor: string | undefined },
    cost: number,
  ): { readonly left: number; readonly wait: number; readonly part?: string }
}
