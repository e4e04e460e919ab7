/** From where a request came: the other end of its connection, and what proxies said. Used in memory and forgotten. */
export interface From {
  readonly socket: string | undefined
  readonly forwardedFor: string | undefined
}
