import { InputError } from '../../core/model/errors.ts'

/** A way to a collector. `tor` is a SOCKS port of Tor on this machine, found when it is needed. */
export type Route =
  | { readonly kind: 'direct' }
  | { readonly kind: 'http-proxy'; readonly url: string }
  | { readonly kind: 'socks5'; readonly host: string; readonly port: number }
  | { readonly kind: 'tor' }

/** Ports on which Tor, and Tor Browser, listen for SOCKS. */
export const TOR_PORTS = [9050, 9150] as const

/** Reads `direct`, `tor`, `http://host:port` or `socks5://host:port`; throws InputError for anything else. */
export function parseRoute(text: string): Route {
  if (text === 'direct') return { kind: 'direct' }
  if (text === 'tor') return { kind: 'tor' }
  const url = URL.parse(text)
  if (url !== null && url.hostname !== '' && url.pathname.replace(/^\/$/, '') === '' && url.search === '') {
    if (url.protocol === 'http:' || url.protocol === 'https:') return { kind: 'http-proxy', url: url.href }
    if ((url.protocol === 'socks5:' || url.protocol === 'socks5h:') && url.username === '')
      return {
        kind: 'socks5',
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? 1080 : Number(url.port),
      }
  }
  // the text is not repeated: it may contain a password
  throw new InputError('Cannot read a route to the collector', {
    code: 'route.invalid',
    path: '--route',
    expected: 'direct, tor, http://host:port or socks5://host:port',
  })
}
