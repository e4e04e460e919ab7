import type { HttpHeaders } from './answer.ts'

/**
 * Version of the browser whose form is used. `sec-ch-ua` belongs to it: both change together. Source: requests of Chrome
 * 140 for Windows, recalled; a newer version was not at hand (2026-11-30).
 */
const CHROME = 140
const BRANDS = `"Chromium";v="${CHROME}", "Not=A?Brand";v="24", "Google Chrome";v="${CHROME}"`

/**
 * What a common browser says of itself: a name of our own would tell servers and eavesdroppers that a measurement asks,
 * and some servers refuse what they do not know.
 */
export const USER_AGENT = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${CHROME}.0.0.0 Safari/537.36`

/** Fields of a page that someone opens by its address, in the order in which the browser sends them over HTTP/2. */
const OF_BROWSER: HttpHeaders = [
  ['sec-ch-ua', BRANDS],
  ['sec-ch-ua-mobile', '?0'],
  ['sec-ch-ua-platform', '"Windows"'],
  ['upgrade-insecure-requests', '1'],
  ['user-agent', USER_AGENT],
  [
    'accept',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
  ],
  ['sec-fetch-site', 'none'],
  ['sec-fetch-mode', 'navigate'],
  ['sec-fetch-user', '?1'],
  ['sec-fetch-dest', 'document'],
  ['accept-encoding', 'gzip, deflate, br, zstd'],
  ['accept-language', 'en-US,en;q=0.9'],
]
const LAST: HttpHeaders = [['priority', 'u=0, i']]

/** Headers by which a question to a control asks for the same form of request. */
export const BROWSER_ASKS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  (['User-Agent', 'Accept', 'Accept-Language'] as const).map((name) => [
    name,
    OF_BROWSER.filter(([one]) => one === name.toLowerCase()).map(([, value]) => value),
  ]),
)

/** Fields that HTTP/2 has no place for, or says otherwise. RFC 9113 §8.2.2 and §8.3.1. */
const NOT_IN_HTTP2 = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])

/**
 * The fields of a request over HTTP/2 without the pseudo-fields: those of the browser in its order, with the caller's in
 * place of them where the name is the same, else before the last. Another user agent than ours gets no brands of ours.
 */
export function browserFields({
  headers,
  length,
}: {
  readonly headers: HttpHeaders
  readonly length?: number
}): HttpHeaders {
  const chosen = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !NOT_IN_HTTP2.has(name))
  const isOther = chosen.some(([name, value]) => name === 'user-agent' && value !== USER_AGENT)
  const usual = OF_BROWSER.filter(([name]) => !isOther || !name.startsWith('sec-ch-ua'))
  const known = new Set(usual.map(([name]) => name))
  const last = LAST.filter(([name]) => chosen.every(([one]) => one !== name))
  return [
    ...(length === undefined ? [] : [['content-length', String(length)] as const]),
    ...usual.flatMap((field) => {
      const own = chosen.filter(([name]) => name === field[0])
      return own.length > 0 ? own : [field]
    }),
    ...chosen.filter(([name]) => !known.has(name)),
    ...last,
  ]
}

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
