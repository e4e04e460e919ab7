import type { HttpHeaders } from './answer.ts'

/**
 * What a common browser says of itself: a name of our own would tell servers and eavesdroppers that a measurement asks,
 * and some servers refuse what they do not know.
 */
export const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/**
 * The whole list of a request's headers: the usual ones, with those of the caller in place of them where the name is
 * the same and after them where it is not; `Host` comes first. `length` is that of the request's body.
 */
export function headersFor(
  host: string,
  { headers, length }: { readonly headers: HttpHeaders; readonly length?: number },
): HttpHeaders {
  const usual: HttpHeaders = [
    ['Host', host],
    ['User-Agent', USER_AGENT],
    ['Accept', '*/*'],
    ['Accept-Encoding', 'identity'],
    ['Connection', 'close'],
    ...(length === undefined ? [] : [['Content-Length', String(length)] as const]),
  ]
  const chosen = new Set(headers.map(([name]) => name.toLowerCase()))
  const isHost = ([name]: readonly [string, string]): boolean => name.toLowerCase() === 'host'
  return [
    ...headers.filter(isHost),
    ...usual.filter(([name]) => !chosen.has(name.toLowerCase())),
    ...headers.filter((header) => !isHost(header)),
  ]
}
