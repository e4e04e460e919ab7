/** An IP address as bytes: 4 or 16. */
type Bytes = readonly number[]

function parseV4(text: string): Bytes | undefined {
  if (text.length > 15) return undefined
  const bytes: number[] = []
  let value = -1
  for (let at = 0; at <= text.length; at++) {
    const digit = text.charCodeAt(at) - 48 // NaN after the last character
    if (digit >= 0 && digit <= 9) {
      if (value === 0) return undefined // a leading zero may mean octal
      value = value === -1 ? digit : value * 10 + digit
      if (value > 255) return undefined
    } else if (value === -1 || (at < text.length && digit !== -2)) return undefined
    else {
      bytes.push(value)
      value = -1
    }
  }
  return bytes.length === 4 ? bytes : undefined
}

/** Value of one group of hexadecimal digits, or undefined. */
function parseGroup(group: string): number | undefined {
  if (group.length === 0 || group.length > 4) return undefined
  let value = 0
  for (let at = 0; at < group.length; at++) {
    const code = group.charCodeAt(at)
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1
    if (digit === -1) return undefined
    value = value * 16 + digit
  }
  return value
}

function parseV6(text: string): Bytes | undefined {
  if (!text.includes(':')) return undefined
  const bare = text.split('%', 1)[0]!.toLowerCase() // split gives at least one part
  const tail = bare.includes('.') ? /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(bare) : null
  let whole = bare
  if (tail !== null) {
    const v4 = parseV4(tail[2]!) // the pattern has two groups, both required, and parseV4 gives four bytes
    if (v4 === undefined) return undefined
    whole = `${tail[1]}${((v4[0]! << 8) | v4[1]!).toString(16)}:${((v4[2]! << 8) | v4[3]!).toString(16)}`
  }
  const halves = whole.split('::')
  if (halves.length > 2) return undefined
  const head = halves[0]! === '' ? [] : halves[0]!.split(':') // split gives at least one part
  const rest = halves[1] === undefined ? undefined : halves[1] === '' ? [] : halves[1].split(':')
  const count = head.length + (rest?.length ?? 0)
  if (rest === undefined ? count !== 8 : count > 7) return undefined
  const bytes: number[] = []
  for (const group of head) {
    const value = parseGroup(group)
    if (value === undefined) return undefined
    bytes.push(value >> 8, value & 255)
  }
  for (let zero = count; rest !== undefined && zero < 8; zero++) bytes.push(0, 0)
  for (const group of rest ?? []) {
    const value = parseGroup(group)
    if (value === undefined) return undefined
    bytes.push(value >> 8, value & 255)
  }
  return bytes
}

/** Bytes of an address, or undefined for anything that is none. */
export const parseAddress = (text: string): Bytes | undefined => parseV4(text) ?? parseV6(text)

/** 4, 6, or undefined for anything that is no address. */
export function addressFamily(text: string): 4 | 6 | undefined {
  const bytes = parseAddress(text)
  return bytes === undefined ? undefined : bytes.length === 4 ? 4 : 6
}

/** Splits `192.0.2.1:443` or `[2001:db8::1]:443`; undefined where there is no address or no port. */
export function splitEndpoint(text: string): { address: string; port: number } | undefined {
  const plain = splitPlain(text)
  if (plain !== undefined) return plain
  const match = /^(?:\[([^\]]+)\]|([^:]+)|(.+)):(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const address = match[1] ?? match[2] ?? match[3]! // one of the three alternatives has matched
  const port = Number(match[4])
  return addressFamily(address) === undefined || port > 65535 ? undefined : { address, port }
}

/** `192.0.2.1:443`, as most endpoints are written, without a pattern; undefined for anything else. */
function splitPlain(text: string): { address: string; port: number } | undefined {
  const colon = text.lastIndexOf(':')
  const digits = text.length - colon - 1
  if (colon === -1 || digits < 1 || digits > 5) return undefined
  let port = 0
  for (let at = colon + 1; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return undefined
    port = port * 10 + digit
  }
  const address = text.slice(0, colon)
  return port > 65535 || parseV4(address) === undefined ? undefined : { address, port }
}

/** Addresses that begin with the same bits. */
export interface AddressBlock {
  readonly bytes: Bytes
  readonly bits: number
}

/** Reads `192.0.2.0/24` or `2001:db8::/32`; undefined for anything else. */
export function parseBlock(text: string): AddressBlock | undefined {
  const match = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(text)
  const bytes = parseAddress(match?.[1] ?? '')
  const bits = Number(match?.[2])
  return bytes !== undefined && bits <= bytes.length * 8 ? { bytes, bits } : undefined
}

/** Whether the address with these bytes is in the block. */
export function inBlock(bytes: Bytes, { bytes: start, bits }: AddressBlock): boolean {
  if (bytes.length !== start.length) return false
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 255 : (255 << (8 - (bits - bit))) & 255
    // both have as many bytes as the block has bits, at least
    if ((bytes[bit / 8]! & mask) !== (start[bit / 8]! & mask)) return false
  }
  return true
}

const block = (text: string): AddressBlock => parseBlock(text)! // the tables below hold only blocks
const blocks = (lines: readonly string[]): readonly AddressBlock[] =>
  lines.flatMap((line) => line.split(' ').map(block))

/** Blocks that never serve the public internet. Source: IANA special-purpose registries, as OONI's probe uses them. */
const BOGONS_V4 = blocks([
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
])
const BOGONS_V6 = blocks([
  '::/128 ::1/128 ::ffff:0:0/96 ::/96 100::/64 2001:10::/28 2001:db8::/32 fc00::/7 fe80::/10 fec0::/10 ff00::/8',
])
const SIX_TO_FOUR = block('2002::/16')
const TEREDO = block('2001::/32')
const MAPPED = block('::ffff:0:0/96')

/** Bytes of an address; those of version 4 where it is one that version 6 maps (`::ffff:192.0.2.1`). */
export function unmappedBytes(text: string): Bytes | undefined {
  const bytes = parseAddress(text)
  return bytes !== undefined && inBlock(bytes, MAPPED) ? bytes.slice(12) : bytes
}

const OWN_MACHINE = blocks(['0.0.0.0/8 127.0.0.0/8', '::/128 ::1/128'])

/** Whether an address is the machine itself (loopback) or none at all (unspecified). */
export function isOwnMachine(text: string): boolean {
  const bytes = unmappedBytes(text)
  return bytes !== undefined && OWN_MACHINE.some((one) => inBlock(bytes, one))
}

const HOME = blocks(['192.168.0.0/16 169.254.0.0/16', 'fc00::/7 fe80::/10'])

/** Whether an address is one that routers of homes and offices give themselves and what is behind them. */
export function isHomeAddress(text: string): boolean {
  const bytes = unmappedBytes(text)
  return bytes !== undefined && HOME.some((one) => inBlock(bytes, one))
}

/** Whether an address cannot belong to a public service; a text that is no address counts as one. */
export function isBogon(text: string): boolean {
  const bytes = parseAddress(text)
  if (bytes === undefined) return true
  if (bytes.length === 4) return BOGONS_V4.some((one) => inBlock(bytes, one))
  if (BOGONS_V6.some((one) => inBlock(bytes, one))) return true
  const embedded = inBlock(bytes, SIX_TO_FOUR) ? bytes.slice(2, 6) : inBlock(bytes, TEREDO) ? bytes.slice(4, 8) : null
  return embedded !== null && BOGONS_V4.some((one) => inBlock(embedded, one))
}

/** The same address in one spelling, for comparison; undefined for anything that is no address. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = parseAddress(text)
  if (bytes === undefined) return undefined
  if (bytes.length === 4) return bytes.join('.')
  // sixteen bytes, two for each group
  return Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16)).join(':')
}
