import type { Json } from './measurement.ts'

/**
 * Halves of pairs as our own probe writes them. Rounds of pairs are words of three letters, innocent, target, innocent:
 * `+` passes, `.` silent, `r` reset, `c` closed, `n` not TLS, `a` alert, `x` certificate of an unknown authority,
 * `e` expired certificate, `h` certificate for another name, `u` the connection under it fails, `s` slow (5 s), `-` none.
 */
export type Rounds = readonly string[]

/** Failure word of each letter. */
export const FAILURES: Readonly<Record<string, string | null>> = {
  '+': null,
  '.': 'generic_timeout_error',
  r: 'connection_reset',
  c: 'eof_error',
  n: 'ssl_non_tls_bytes',
  a: 'ssl_alert',
  x: 'ssl_unknown_authority',
  e: 'ssl_invalid_certificate',
  h: 'ssl_invalid_hostname',
  s: null,
}
/** Letters of halves to which the peer said something. */
export const ANSWERED = new Set(['+', 'a', 'x', 'e', 'h', 's'])
const TOOK: Readonly<Record<string, number>> = { '.': 5, s: 5 }

/** The innocent name, and the address of its own server. */
export const INNOCENT = 'www.python.org'
export const INNOCENT_ADDRESS = '151.101.0.223'

/** Moments one after another, in seconds. */
export class Clock {
  #now = 1
  take(seconds: number): { t0: number; t: number } {
    const t0 = this.#now
    this.#now += seconds + 0.05
    return { t0: round(t0), t: round(t0 + seconds) }
  }
}
/** Seconds to three decimals. */
export const round = (value: number): number => Math.round(value * 1000) / 1000

/** An endpoint as text. */
export const at = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

interface Place {
  readonly role: string
  readonly round: number
  readonly name: string
  readonly address: string
  readonly port: number
}

/** Rows of one endpoint, as they are made. */
export class Rows {
  readonly tcp: Json[] = []
  readonly tls: Json[] = []
  readonly quic: Json[] = []
  readonly clock = new Clock()
  #flow = 0

  connect(place: Omit<Place, 'name'>, failure: string | null): number {
    const flow = ++this.#flow
    this.tcp.push({
      ip: place.address,
      port: place.port,
      status: { failure, success: failure === null },
      ...this.clock.take(failure === null ? 0.06 : 4.5),
      transaction_id: flow,
      x_role: place.role,
      x_round: place.round,
    })
    return flow
  }

  /** One half; `letter` as in the words of rounds. */
  half(over: 'tcp' | 'udp', letter: string, place: Place, certificates: readonly string[] = []): void {
    if (letter === '-') return
    if (letter === 'u') return void this.connect(place, 'generic_timeout_error')
    const flow = over === 'tcp' ? this.connect(place, null) : ++this.#flow
    const failure = FAILURES[letter]
    if (failure === undefined) throw new TypeError(`no half is called ${letter}`)
    const verified = place.role === 'target'
    const row: Json = {
      network: over,
      address: at(place.address, place.port),
      server_name: place.name,
      failure,
      tls_version: failure === null ? 'TLSv1.3' : '',
      no_tls_verify: !verified,
      peer_certificates: place.role === 'target' ? certificates.map((data) => ({ data, format: 'base64' })) : [],
      ...this.clock.take(TOOK[letter] ?? 0.12),
      transaction_id: flow,
      x_role: place.role,
      x_round: place.round,
      x_answered: ANSWERED.has(letter),
    }
    ;(over === 'tcp' ? this.tls : this.quic).push(row)
  }

  /** The connection and the completed handshake that carry a page; gives their flow. */
  carrier(place: Place & { readonly received: number; readonly alpn?: string }): number {
    this.half('tcp', '+', place)
    const row = this.tls.at(-1)
    Object.assign(row ?? {}, { x_bytes_received: place.received, negotiated_protocol: place.alpn ?? 'http/1.1' })
    return this.#flow
  }

  rounds(
    over: 'tcp' | 'udp',
    words: Rounds,
    place: Omit<Place, 'role' | 'round'>,
    certificates?: readonly string[],
  ): void {
    for (const [number, word] of words.entries())
      for (const [index, letter] of [...word].entries()) {
        const role = index === 1 ? 'target' : 'innocent'
        const name = role === 'target' ? place.name : INNOCENT
        this.half(over, letter, { ...place, name, role, round: number }, certificates)
      }
  }
}
