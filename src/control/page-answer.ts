import type { ExchangeOutcome } from '../core/model/measured/operation.ts'
import { isPort } from '../core/model/port.ts'
import type { HelperPage } from '../core/ooni/helper/answer.ts'

/** Bytes of a page in which its title is looked for, and characters of a title. */
const REACH = 128 * 1024
const LONGEST_TITLE = 128
const MOST_HEADERS = 200
const LONGEST_HEADER = 8_192

/** Headers of one hop that Go's client, which OONI's helper uses, does not show. */
const HIDDEN = new Set(['transfer-encoding', 'trailer'])

/** An exchange as the helper tells it: first value of each header, title, length, where HTTP/3 is offered. */
export function pageOf(answer: ExchangeOutcome, at: URL): HelperPage {
  return {
    bodyLength: answer.body.length,
    h3Endpoint: h3EndpointOf(answer.headers, at),
    failure: null,
    title: titleOf(answer.body),
    headers: firstValues(answer.headers),
    status: answer.status ?? -1,
  }
}

/** Name of a header as Go writes it: `content-TYPE` becomes `Content-Type`. */
const canonicalName = (name: string): string =>
  name
    .toLowerCase()
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('-')

function firstValues(headers: ExchangeOutcome['headers']): Readonly<Record<string, string>> {
  const first = new Map<string, string>()
  for (const [name, value] of headers) {
    const key = canonicalName(name)
    if (first.size < MOST_HEADERS && !first.has(key) && !HIDDEN.has(name.toLowerCase()))
      first.set(key, value.slice(0, LONGEST_HEADER))
  }
  return Object.fromEntries([...first].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Text of the first title, at most 128 characters and without any tag in it, as OONI's helper reads it. */
function titleOf(body: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(body.subarray(0, REACH))
  return /<title>([^<]{1,128})<\/title>/i.exec(text)?.[1]?.trim().slice(0, LONGEST_TITLE) ?? ''
}

/** `example.org:443` where `Alt-Svc` offers HTTP/3 on the same host; empty elsewhere. Source: RFC 7838 §3. */
export function h3EndpointOf(headers: ExchangeOutcome['headers'], at: URL): string {
  const value = headers.find(([name]) => name.toLowerCase() === 'alt-svc')?.[1]
  const offered = /(?:^|,)\s*h3="([^"]*):(\d{1,5})"/.exec(value?.slice(0, LONGEST_HEADER) ?? '')
  const [host, port] = [offered?.[1] ?? '', Number(offered?.[2] ?? 0)]
  if (!isPort(port) || (host !== '' && host !== at.hostname)) return ''
  return `${at.hostname}:${port}`
}
