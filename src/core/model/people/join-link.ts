import { addressFamily, isBogon } from '../address.ts'

/**
 * What a volunteer joins, as one link: where measurements go, and the key by which the observatory is known again.
 * Everything is behind `#`, so that no server sees it, and no shell takes a character of it for its own. Form: docs/formats/join-link.md.
 */
export interface JoinLink {
  /** Address of the observatory without a path. */
  readonly observatory: string
  /** Ed25519 key by which it signs copies of its pages: 32 bytes in base64 for URLs, without padding. */
  readonly key: string
  /** Addresses that take measurements, the preferred first; at least one. */
  readonly collectors: readonly string[]
  /** Test helpers abroad. */
  readonly controls: readonly string[]
  /** Code by which a collector's operator knows the volunteer. */
  readonly invitation?: string
}

/**
 * Why a text is no link to join: `form`, it is another text; `long`; `version`, it was made for a later program; `damaged`,
 * a part is missing or mistyped; `clear`, an address could be read or changed by anyone on the way; `private`, an address of
 * this machine or of a network at home.
 */
export type JoinFault = 'form' | 'long' | 'version' | 'damaged' | 'clear' | 'private'

export type ReadJoinLink =
  { readonly kind: 'link'; readonly link: JoinLink } | { readonly kind: 'wrong'; readonly why: JoinFault }

const VERSION = '1'
/** A QR code of that length is still read from paper. */
export const MOST_JOIN_LINK = 1_000
const MOST_ADDRESSES = 4
const KEY = /^[\w-]{43}$/
const INVITATION = /^[A-Za-z0-9-]{8,80}$/
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?::[1-9]\d{0,4})?$/

/** Endings of names that are of this machine or of a network at home. Source: RFC 6761, RFC 6762, RFC 8375. */
const AT_HOME = /(?:^|\.)(?:localhost|local|internal|lan|home|home\.arpa)$/

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || (addressFamily(hostname) === 4 && hostname.startsWith('127.'))
/** In cleartext only where no one is on the way: on this machine, and inside Tor. */
const schemeOf = (hostname: string): string => (isLoopback(hostname) || hostname.endsWith('.onion') ? 'http' : 'https')

/** The origin of what a link names by host and port; undefined for everything that is not written in its one form. */
function originOf(host: string): string | undefined {
  if (host.length > 253 || !HOST.test(host)) return undefined
  const [hostname = ''] = host.split(':')
  const url = URL.parse(`${schemeOf(hostname)}://${host}`)
  return url?.host === host ? `${schemeOf(hostname)}://${host}` : undefined
}

const hostOf = (origin: string): string => origin.replace(/^https?:\/\//, '')
const hostnameOf = (origin: string): string => hostOf(origin).replace(/:\d+$/, '')
const isPrivate = (origin: string): boolean => {
  const name = hostnameOf(origin)
  return !name.includes('.') || AT_HOME.test(name) || (addressFamily(name) !== undefined && isBogon(name))
}

/** CRC-32 of a text (ISO 3309), 8 hexadecimal digits: against mistyping, not against forgery. */
function sumOf(text: string): string {
  let crc = -1
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (~crc >>> 0).toString(16).padStart(8, '0')
}

const sameAsObservatory = ({ observatory, collectors }: JoinLink): boolean =>
  collectors.length === 1 && collectors[0] === observatory

/** A public key as a link carries it. */
export const joinKey = (publicKey: Uint8Array): string =>
  btoa(String.fromCharCode(...publicKey))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** Those of these addresses that a link can carry: an origin that a volunteer anywhere can reach. */
export const fitForJoinLink = (addresses: readonly string[]): readonly string[] => {
  const origins = new Set(
    addresses.map((one) => URL.parse(one)).flatMap((url) => (url === null ? [] : [bareOrigin(url)])),
  )
  return [...origins].filter((one) => one !== '').slice(0, MOST_ADDRESSES)
}

/** The origin of an address that is nothing but an origin; else the empty text. */
const bareOrigin = ({ protocol, host, href }: URL): string =>
  href === `${protocol}//${host}/` && originOf(host) === `${protocol}//${host}` ? `${protocol}//${host}` : ''

/** The link, in its one form. What it carries must be as `parseJoinLink` gives it, else the link does not read. */
export function formatJoinLink(link: JoinLink): string {
  const to = sameAsObservatory(link) ? [] : link.collectors
  const fields = [
    VERSION,
    `key=${link.key}`,
    ...to.map((origin) => `to=${hostOf(origin)}`),
    ...link.controls.map((origin) => `control=${hostOf(origin)}`),
    ...(link.invitation === undefined ? [] : [`code=${link.invitation}`]),
  ]
  const text = `${link.observatory}/join#${fields.join('/')}`
  return `${text}/sum=${sumOf(text)}`
}

const wrong = (why: JoinFault): ReadJoinLink => ({ kind: 'wrong', why })

/**
 * Reads a link that someone gave: hostile input. Only the one form that `formatJoinLink` writes is read, with spaces
 * around it, or with the language of the page in its path, as the address bar shows it.
 */
export function parseJoinLink(given: string): ReadJoinLink {
  if (given.length > 4 * MOST_JOIN_LINK) return wrong('long')
  const text = given.trim()
  if (text.length > MOST_JOIN_LINK) return wrong('long')
  const [, scheme = '', host = '', fragment] =
    /^(https?):\/\/([^/#?\s]+)(?:\/(?:kk|ru|en))?\/join#(\S+)$/.exec(text) ?? []
  if (fragment === undefined) return wrong('form')
  const observatory = originOf(host)
  if (observatory === undefined) return wrong('form')
  if (!observatory.startsWith(`${scheme}:`)) return wrong(scheme === 'http' ? 'clear' : 'form')
  const [version = '', ...fields] = fragment.split('/')
  if (version !== VERSION) return wrong(/^[2-9]\d{0,2}$/.test(version) ? 'version' : 'damaged')
  const values = (name: string): readonly string[] =>
    fields.filter((field) => field.startsWith(`${name}=`)).map((field) => field.slice(name.length + 1))
  const origins = (name: string): readonly string[] => values(name).map((one) => originOf(one) ?? '')
  const [invitation] = values('code')
  const to = origins('to')
  const link = {
    observatory,
    key: values('key')[0] ?? '',
    collectors: to.length === 0 ? [observatory] : to,
    controls: origins('control'),
    ...(invitation === undefined ? {} : { invitation }),
  }
  // What is left out, doubled, in another order or in another spelling gives another text.
  if (formatJoinLink(link) !== `${observatory}/join#${fragment}`) return wrong('damaged')
  return check(link)
}

/** What is wrong with a link that is whole. */
function check(link: JoinLink): ReadJoinLink {
  const { observatory, key, collectors, controls, invitation } = link
  const isWhole =
    KEY.test(key) &&
    [collectors, controls].every((list) => list.length <= MOST_ADDRESSES && new Set(list).size === list.length) &&
    [...collectors, ...controls].every((origin) => origin !== '') &&
    (invitation === undefined || INVITATION.test(invitation))
  if (!isWhole) return wrong('damaged')
  // On the machine itself everything may be tried out; a link from elsewhere must not lead a probe into a network at home.
  const isTrial = isLoopback(hostnameOf(observatory))
  const all = isTrial ? [] : [observatory, ...collectors, ...controls]
  return all.some(isPrivate) ? wrong('private') : { kind: 'link', link }
}
