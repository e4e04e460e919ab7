import { addressFamily, canonicalAddress, isBogon, splitEndpoint } from '../../model/address.ts'
import { isRecord } from '../decode/decoder.ts'

/** Keys whose text is base64 of bytes. */
export const BASE64_KEYS: ReadonlySet<string> = new Set(['raw_response', 'x_first_bytes'])
/** Addresses learnt from contents; who names more of them hides a visitor among them, whom `eraseSeen` still finds. */
const MOST_SEEN = 32

const V4 = /(?<![\d.])(?<!\/\/)\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)/g
/** Routed addresses of version 6; those begin with 2 or 3. */
const V6 = /(?<![\w:.])(?<!\/\/\[)[23][0-9a-f]{0,3}:[0-9a-f:]{1,41}(?![\w:])/gi

/** Bytes in base64 as a text of as many letters; the text itself where it is none. */
export function latinOf(data: string): string {
  try {
    return atob(data)
  } catch {
    return data
  }
}

/**
 * Addresses that a document rests on: dialled, given by a resolver, or met by the control. What a server says of them
 * erases none.
 */
export function evidenceOf(document: unknown): { readonly dialled: Set<string>; readonly told: Set<string> } {
  const found = { dialled: new Set<string>(), told: new Set<string>() }
  collect(document, found, false)
  return found
}

function collect(value: unknown, found: ReturnType<typeof evidenceOf>, abroad: boolean): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found, abroad)
  if (abroad && typeof value === 'string') note(value, found.told)
  if (!isRecord(value)) return
  for (const key of ['ip', 'address', 'host']) note(value[key], abroad ? found.told : found.dialled)
  for (const key of ['ipv4', 'ipv6']) note(value[key], found.told)
  for (const [name, field] of Object.entries(value)) {
    if (abroad) note(name, found.told)
    // What pages told the control is no address that it met.
    if (name === 'http_request' || name === 'http3_request' || name === 'response') continue
    collect(field, found, abroad || name === 'control')
  }
}

function note(text: unknown, into: Set<string>): void {
  if (typeof text !== 'string' || text.length > 64) return
  const canonical = canonicalAddress(splitEndpoint(text)?.address ?? text)
  if (canonical !== undefined) into.add(canonical)
}

/** Public addresses in what servers answered: bodies, headers, bytes in place of TLS, packets of DNS. */
export function seenIn(document: unknown, except: (address: string) => boolean): ReadonlySet<string> {
  const seen = new Set<string>()
  const look = (text: string): void => {
    for (const [word] of [...text.matchAll(V4), ...text.matchAll(V6)])
      if (seen.size < MOST_SEEN && isSeen(word, except)) seen.add(word)
  }
  walkContents(document, '', false, look)
  return seen
}

const isSeen = (word: string, except: (address: string) => boolean): boolean =>
  addressFamily(word) !== undefined && !isBogon(word) && !except(word)

function walkContents(value: unknown, key: string, inAnswer: boolean, look: (text: string) => void): void {
  if (typeof value === 'string') {
    if (BASE64_KEYS.has(key)) look(latinOf(value))
    else if (inAnswer) look(value)
  } else if (Array.isArray(value)) for (const item of value) walkContents(item, key, inAnswer, look)
  else if (isRecord(value)) {
    if (value['format'] === 'base64' && typeof value['data'] === 'string') {
      if (inAnswer) look(latinOf(value['data']))
      return
    }
    for (const [name, field] of Object.entries(value)) walkContents(field, name, inAnswer || name === 'response', look)
  }
}

/** The text of an answer without any public address, but for hosts of URLs and what `except` keeps. */
export const eraseSeen = (text: string, except: (address: string) => boolean, word: string): string =>
  text
    .replace(V4, (found) => (isSeen(found, except) ? word : found))
    .replace(V6, (found) => (isSeen(found, except) ? word : found))
