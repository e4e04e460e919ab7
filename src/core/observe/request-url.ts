import { addressFamily } from '../model/address.ts'
import { withoutTrailing } from '../model/trailing.ts'
import { nameOf } from './name.ts'

export interface RequestUrl {
  /** As requested, without user name, password and fragment. */
  readonly url: string
  readonly scheme: 'http' | 'https'
  /** Canonical host; an IPv6 literal without brackets. */
  readonly host: string
  readonly port: number
  /** The host, where it is an address. */
  readonly literal?: string
}

/** URLs of a list of requests, each in its place; undefined where a request has none that can be read. */
export type RequestUrls = readonly (RequestUrl | undefined)[]

const PLAIN = /^(https?):\/\/([a-z0-9][a-z0-9.-]*[a-z0-9])(?::(\d{1,5}))?(?:[/?][^#\s]*)?$/

function made(url: string, scheme: 'http' | 'https', host: string, stated: string | undefined): RequestUrl {
  const port = stated ? Number(stated) : scheme === 'https' ? 443 : 80
  return addressFamily(host) === undefined ? { url, scheme, host, port } : { url, scheme, host, port, literal: host }
}

/** The parts of a URL of http or https; undefined for any other text. */
export function parseRequestUrl(text: string): RequestUrl | undefined {
  const plain = PLAIN.exec(text)
  // The pattern has all three groups, the first always http or https.
  if (plain !== null) return made(text, plain[1] === 'https' ? 'https' : 'http', plain[2]!, plain[3])
  const url = URL.parse(withoutTrailing(text, '\0').trim())
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined
  url.username = ''
  url.password = ''
  url.hash = ''
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : nameOf(url.hostname)
  return made(url.href, url.protocol === 'https:' ? 'https' : 'http', host, url.port)
}
