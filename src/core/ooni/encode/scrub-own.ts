import { addressFamily, canonicalAddress, isBogon, splitEndpoint } from '../../model/address.ts'
import { isRecord } from '../decode/decoder.ts'
import { eraseBase64, eraserOf, SCRUBBED, type Erase } from '../publish/erase-address.ts'
import { isPersonalHeader } from '../publish/public-form.ts'
import { coarseHeader, withoutGuest, withoutSeconds } from './coarse-headers.ts'
import { hardwareEraserOf } from './own-hardware.ts'
import { BASE64_KEYS, eraseSeen, evidenceOf, seenIn } from './seen-addresses.ts'

const LOOPBACK = /^(?:127\.|::1$)/
const WIDE = { wide: true } as const

interface Scrub {
  readonly addresses: ReadonlySet<string>
  readonly erase: Erase
  /** For contents of answers, which may name a visitor whose address is unknown. */
  readonly eraseContent: Erase
}

const eraseData = (data: string, { addresses }: Scrub, erase: Erase): string =>
  eraseBase64(data, addresses, erase, WIDE)

/** Where in a document a value stands: its key, and whether it is part of what a server answered. */
interface Place {
  readonly key: string
  readonly inAnswer: boolean
}

function scrubValue(value: unknown, { key, inAnswer }: Place, scrub: Scrub): unknown {
  const erase = inAnswer || BASE64_KEYS.has(key) ? scrub.eraseContent : scrub.erase
  if (typeof value === 'string') return BASE64_KEYS.has(key) ? eraseData(value, scrub, erase) : erase(value)
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value
    const [name, text] = list
    const isHeader = key === 'headers_list' && list.length === 2 && typeof name === 'string' && typeof text === 'string'
    if (list.length === 2 && isPersonalHeader(name)) return [name, SCRUBBED]
    if (isHeader && inAnswer) return [erase(name), erase(coarseHeader(name, text))]
    return list.map((item) => scrubValue(item, { key, inAnswer }, scrub))
  }
  if (!isRecord(value)) return value
  const isBlob = value['format'] === 'base64' && typeof value['data'] === 'string'
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (isBlob && name === 'data' && typeof field === 'string') return [name, eraseData(field, scrub, erase)]
      if (key === 'headers' && isPersonalHeader(name)) return [name, SCRUBBED]
      // Headers of a page that the control fetched tell the second as well.
      const within = inAnswer || (ANSWERS.has(name) && isRecord(field))
      if (key === 'headers' && inAnswer && typeof field === 'string')
        return [erase(name), erase(coarseHeader(name, field))]
      return [erase(name), scrubValue(field, { key: name, inAnswer: within }, scrub)]
    }),
  )
}

/** Keys below which stands what servers said. */
const ANSWERS: ReadonlySet<string> = new Set(['response', 'x_first', 'http_request', 'http3_request'])

/** What servers call the asking address in the headers made for that. */
function greetedOf(value: unknown, greeted: Set<string>): void {
  if (Array.isArray(value)) {
    if (value.length === 2 && isPersonalHeader(value[0]) && typeof value[1] === 'string')
      for (const [word] of value[1].matchAll(/[0-9a-f.:]{2,45}/gi)) {
        const bare = splitEndpoint(word)?.address ?? word
        if (addressFamily(bare) !== undefined) greeted.add(bare)
      }
    for (const item of value) if (typeof item === 'object') greetedOf(item, greeted)
  } else if (isRecord(value))
    for (const field of Object.values(value)) if (typeof field === 'object') greetedOf(field, greeted)
}

/** Whether a private address stands beside one of the owner's: in the same 256 of the same home. */
function isBesides(address: string, own: ReadonlySet<string>): boolean {
  if (addressFamily(address) !== 4 || !isBogon(address) || LOOPBACK.test(address)) return false
  const block = address.slice(0, address.lastIndexOf('.') + 1)
  return [...own].some((one) => isBogon(one) && one.startsWith(block) && !LOOPBACK.test(one))
}

/**
 * A document without what leads to its owner: the addresses given (of the network, of the home, of hardware), in any
 * spelling and wherever they stand, and their neighbours at home; those by which servers greet their visitor in headers
 * made for that, whose values are erased whole; every public address in what a server answered that nothing was sent to
 * and no resolver gave (behind carrier-grade NAT a server may see another address than the collector, and no one else
 * knows it), except hosts of URLs, where block pages are; cookies, names of requests and seconds of the day.
 *
 * An address that was dialled and that only a server calls the visitor's stays: else an attacker on the path could have
 * the evidence erased. One that was given is erased nevertheless: a resolver may answer with the owner's own. Loopback
 * belongs to no one. Wrong when a page spells the visitor's address in a way that is not known here, and the address
 * was not given.
 */
export function scrubOwn(document: unknown, addresses: readonly string[]): unknown {
  const given = new Set(
    addresses.filter((address) => canonicalAddress(address) !== undefined && !LOOPBACK.test(address)),
  )
  const { dialled, told } = evidenceOf(document)
  const greeted = new Set<string>()
  greetedOf(document, greeted)
  const isEvidence = (address: string): boolean => {
    const canonical = canonicalAddress(address) ?? ''
    return dialled.has(canonical) || told.has(canonical)
  }
  const named = new Set([
    ...given,
    // A private address that only a server named is no visitor's: inside of its own network, and worth keeping.
    ...[...greeted].filter((one) => !isBogon(one) && !dialled.has(canonicalAddress(one) ?? '')),
    ...seenIn(document, isEvidence),
    ...[...told].filter((one) => isBesides(one, given)),
  ])
  const hardware = hardwareEraserOf(addresses)
  const known = eraserOf(named, WIDE)
  const erase = (text: string): string => hardware(known?.(text) ?? text)
  const eraseContent = (text: string): string =>
    erase(withoutGuest(withoutSeconds(eraseSeen(text, isEvidence, SCRUBBED))))
  return scrubValue(document, { key: '', inAnswer: false }, { addresses: named, erase, eraseContent })
}
