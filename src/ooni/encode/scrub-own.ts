import { addressFamily, canonicalAddress, isBogon, splitEndpoint } from '../../model/address.ts'
import { isRecord } from '../decoder.ts'
import { eraseBase64, eraserOf, SCRUBBED, type Erase } from '../erase-address.ts'
import { isPersonalHeader } from '../public-form.ts'

/** Keys whose text is base64 of bytes. */
const BASE64_KEYS = new Set(['raw_response', 'x_first_bytes'])
const LOOPBACK = /^(?:127\.|::1$)/

interface Scrub {
  readonly addresses: ReadonlySet<string>
  readonly erase: Erase | undefined
}

const eraseData = (data: string, { addresses, erase }: Scrub): string =>
  erase === undefined ? data : eraseBase64(data, addresses, erase)

function scrubValue(value: unknown, key: string, scrub: Scrub): unknown {
  if (typeof value === 'string') return BASE64_KEYS.has(key) ? eraseData(value, scrub) : (scrub.erase?.(value) ?? value)
  if (Array.isArray(value)) {
    const pair = value.length === 2 && isPersonalHeader(value[0])
    return pair ? [value[0], SCRUBBED] : value.map((item) => scrubValue(item, key, scrub))
  }
  if (!isRecord(value)) return value
  const isBlob = value['format'] === 'base64' && typeof value['data'] === 'string'
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (isBlob && name === 'data' && typeof field === 'string') return [name, eraseData(field, scrub)]
      if (key === 'headers' && isPersonalHeader(name)) return [name, SCRUBBED]
      return [scrub.erase?.(name) ?? name, scrubValue(field, name, scrub)]
    }),
  )
}

/** Addresses to which the document says something was sent: those of services, whatever a server calls them. */
function dialledOf(value: unknown, dialled: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) dialledOf(item, dialled)
  if (!isRecord(value)) return
  for (const key of ['ip', 'address', 'host']) {
    const text = value[key]
    const bare = typeof text === 'string' ? (splitEndpoint(text)?.address ?? text) : ''
    const canonical = canonicalAddress(bare)
    if (canonical !== undefined) dialled.add(canonical)
  }
  for (const field of Object.values(value)) if (typeof field === 'object') dialledOf(field, dialled)
}

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

/**
 * A document without the owner's addresses in any spelling (dotted, reversed, decimal, hexadecimal, mapped, inside
 * base64, as raw bytes): those given, and those by which servers greet their visitor in headers made for that, whose
 * values are erased whole. An address that was itself dialled is a service's and stays, whatever a server says: else
 * whoever sits on the path could have the evidence erased. Loopback is nobody's.
 */
export function scrubOwn(document: unknown, addresses: readonly string[]): unknown {
  const dialled = new Set<string>()
  dialledOf(document, dialled)
  const found = new Set(addresses)
  greetedOf(document, found)
  const own = [...found].filter((address) => {
    const canonical = canonicalAddress(address)
    return canonical !== undefined && !dialled.has(canonical) && !LOOPBACK.test(address)
  })
  // A private address that only a server named is no visitor's: inside of its own network, and worth keeping.
  const given = new Set(addresses)
  const named = new Set(own.filter((address) => given.has(address) || !isBogon(address)))
  return scrubValue(document, '', { addresses: named, erase: eraserOf(named) })
}
