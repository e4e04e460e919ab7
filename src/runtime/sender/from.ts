/** From where a request came: the other end of its connection, and what proxies said. Used in memory and forgotten. */
export interface ClientAddress {
  readonly socket: string | undefined
  readonly forwardedFor: string | undefined
}
