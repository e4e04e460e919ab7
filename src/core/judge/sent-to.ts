import { addressFamily, isBogon } from '../model/address.ts'
import { registrableDomain } from '../model/hostname.ts'
import type { HttpObservation } from '../model/measured/observation.ts'
import { WITHHELD, type LocationWord } from '../model/measured/page-reading.ts'

/** The place to which an answer sends. */
export interface SentTo {
  /** As URLs write it; a mark where it is withheld. */
  readonly host: string
  /** Whether a word that needs only the answer applies to it: all except `own` and `as-control`. */
  is(word: LocationWord): boolean
}

/** Parameters that portals of hotspots and hotels put in the address to which they send a guest. */
const PORTAL_MARKS =
  /[?&](?:uamip|userurl|wlanuserip|wlanacname|client_mac|clientmac|ap_mac|apmac|usermac|gw_address|nasid|res=notyet)\b/i
const PORTAL_HOST = /^(?:captive|captiveportal|hotspot|wifi-?login|guest-?wifi|login\.wifi)[.-]/i

/**
 * Addresses of home and office routers: what answers there belongs to the line. `10.0.0.0/8` is not among them:
 * national block pages stand there.
 */
const isHouseholdAddress = (host: string): boolean => host.startsWith('192.168.') && addressFamily(host) === 4

/** A name of the machine itself: no sign-in page of the connection. */
const isLoopback = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost')

function isPortal({ hostname: host, search }: URL, page: HttpObservation): boolean {
  if (host === page.host || isLoopback(host)) return false
  if (isHouseholdAddress(host)) return true
  const local = /\.(?:local|lan|home|internal|localdomain)$/.test(host) || !/[.:]/.test(host)
  return local || PORTAL_MARKS.test(search) || PORTAL_HOST.test(host)
}

/** Whether a name or address in a URL is an address. */
const isAddress = (host: string): boolean => addressFamily(host.replace(/^\[|\]$/g, '')) !== undefined

/**
 * Names of one registered domain, or of one word under endings of which one is a country's: shops and networks send
 * visitors to the site of their country (`example.com`, `example.kz`). Wrong when: a word of four letters or more belongs
 * to two owners.
 */
export function isOneOwner(one: string, other: string): boolean {
  const [left, right] = [registrableDomain(one), registrableDomain(other)]
  if (left === right) return true
  const [word = ''] = left.split('.', 1)
  const isOfCountry = [left, right].some((name) => /\.[a-z]{2}$/.test(name))
  return isOfCountry && word.length >= 4 && word === right.split('.', 1)[0]
}

const WORDS: Readonly<Record<LocationWord, (target: URL, page: HttpObservation) => boolean>> = {
  cleartext: (target) => target.protocol === 'http:',
  address: (target) => addressFamily(target.hostname) !== undefined,
  private: ({ hostname }) => isLoopback(hostname) || (isAddress(hostname) && isBogon(hostname.replace(/^\[|\]$/g, ''))),
  portal: isPortal,
  elsewhere: ({ hostname }, page) => hostname !== '' && page.host !== undefined && !isOneOwner(hostname, page.host),
  own: () => false,
  'as-control': () => false,
}

/** Where an answer sends, by its bytes or by what was read from them; undefined where it sends nowhere. */
export function sentTo({ read, ...page }: HttpObservation): SentTo | undefined {
  if (read !== undefined) {
    const { location } = read
    return location && { host: WITHHELD, is: (word) => location.includes(word) }
  }
  const target = page.location === undefined ? null : URL.parse(page.location, page.url)
  return target === null ? undefined : { host: target.hostname, is: (word) => WORDS[word](target, page) }
}
