import { parseAddress } from '../../model/address.ts'
import { withoutTrailing } from '../../model/trailing.ts'
import { HOUSEHOLD } from './address-words.ts'
import { plainLetters } from './plain-letters.ts'
import { eraseV6, SCRUBBED, type AddressesV6 } from '../../model/scrub-address.ts'

export { SCRUBBED, scrubAddresses } from '../../model/scrub-address.ts'

/** Erases every spelling of some addresses from a text; gives the same text where there is none. */
export type Erase = (text: string) => string

const SEPARATOR = '(?:\\.|-|_|%2e|\\[\\.\\]|\\\\\\.)'
const hex = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
const latin1 = (bytes: readonly number[]): string => String.fromCharCode(...bytes)
const escape = (text: string): string =>
  text.replace(/[\\^$.*+?()[\]{}|\0]/g, (char) => (char === '\0' ? '\\x00' : `\\${char}`))

/** The letters of base64 that a text always gives, for each of the three places it can have in a group of three. */
function base64Cores(text: string): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = withoutTrailing(btoa('\0'.repeat(shift) + text), '=')
    const whole = Math.floor(((shift + text.length) * 8) / 6)
    return encoded.slice(Math.ceil((shift * 8) / 6), whole)
  })
}

/** How far an eraser goes. `wide` is for what is never published as it is: the public form keeps to its version. */
export interface Reach {
  readonly wide: boolean
}

/** Labels of DNS as they are in a packet, and dots with spaces or in the entities of HTML. */
const SEPARATOR_WIDE = `(?:${SEPARATOR}|[\\x01-\\x03]|\\s?\\.\\s|\\s\\.|&period;)`

/** Dotted, dashed, zero-padded, percent-encoded, reversed, decimal, hexadecimal, IPv4-mapped, UTF-16, base64, raw. */
function patternsV4(bytes: readonly number[], { wide }: Reach): readonly string[] {
  const separator = wide ? SEPARATOR_WIDE : SEPARATOR
  const padded = bytes.map((byte) => `0{0,2}${byte}`)
  const [a, b, c, d] = bytes as [number, number, number, number] // parseAddress gives four
  const dotted = bytes.join('.')
  const high = ((a << 8) | b).toString(16)
  const low = ((c << 8) | d).toString(16)
  return [
    `(?<!\\d)${padded.join(separator)}(?!\\d)`,
    `(?<!\\d)${padded.toReversed().join(separator)}(?!\\d)`,
    `(?<!\\d)${(((a << 24) | (b << 16) | (c << 8) | d) >>> 0).toString()}(?!\\d)`,
    `(?<![0-9a-f])${hex(bytes)}(?![0-9a-f])`,
    `(?<=ffff:)0*${high}:0*${low}(?![0-9a-f])`,
    escape([...dotted].join('\0')),
    ...base64Cores(dotted).map(escape),
  ]
}

/** Nibble names of reverse DNS, and unbroken hexadecimal. Other spellings are found by reading candidates. */
function patternsV6(bytes: readonly number[], { wide }: Reach): readonly string[] {
  const digits = hex(bytes)
  const dot = wide ? '[.\\x01]' : '\\.'
  const nibbles = [...digits.slice(0, 2 * HOUSEHOLD)].toReversed().join(dot)
  return [
    // Written out, the engine sees what must follow, and skips what has it not.
    `${`[0-9a-f]${dot}`.repeat(32 - 2 * HOUSEHOLD)}${nibbles}`,
    `${digits.slice(0, 2 * HOUSEHOLD)}[0-9a-f]{${32 - 2 * HOUSEHOLD}}`,
  ]
}

/** The eight groups of sixteen bytes. */
const groupsOf = (bytes: readonly number[]): readonly number[] =>
  Array.from({ length: 8 }, (_, group) => (bytes[2 * group]! << 8) | bytes[2 * group + 1]!) // two for each

const groupsOfEach = (addresses: Iterable<string>): readonly (readonly number[])[] =>
  [...addresses]
    .map((address) => parseAddress(address) ?? [])
    .filter(({ length }) => length === 16)
    .map(groupsOf)

const householdOf = (groups: readonly number[]): string => groups.slice(0, HOUSEHOLD / 2).join(':')

interface Tree extends Map<number, Tree> {}

/** Every address of the /64 of each of these addresses; undefined where none of them is of version 6. */
export function householdsOf(addresses: Iterable<string>): AddressesV6 | undefined {
  const households = groupsOfEach(addresses)
  if (households.length === 0) return undefined
  const known = new Set(households.map(householdOf))
  const begin: Tree = new Map()
  for (const groups of households)
    for (let [at, tree] = [0, begin]; at < HOUSEHOLD / 2; at++) {
      const behind: Tree = tree.get(groups[at] ?? 0) ?? new Map()
      tree.set(groups[at] ?? 0, behind)
      tree = behind
    }
  return { holds: (groups) => known.has(householdOf(groups)), begin }
}

/** Finds what every text with an address of these households has: a first group, unless that may be left out. */
export function firstGroupOf({ begin }: AddressesV6): RegExp | undefined {
  if (begin?.has(0) !== false) return undefined
  return new RegExp(`(?:${[...begin.keys()].map((first) => first.toString(16)).join('|')})(?:[:-]|%3a)`, 'i')
}

/**
 * An eraser of text for these addresses; undefined where there is nothing to erase. A `wide` one also finds letters that
 * are written as escapes or entities: such a text is given back in plain letters, if it contained an address.
 */
export function eraserOf(addresses: ReadonlySet<string>, reach: Reach = { wide: false }): Erase | undefined {
  const patterns: string[] = []
  for (const address of addresses) {
    const bytes = parseAddress(address)
    if (bytes === undefined) continue
    if (bytes.length === 4) patterns.push(...patternsV4(bytes, reach))
    else patterns.push(...patternsV6(bytes, reach))
  }
  if (patterns.length === 0) return undefined
  const ours = householdsOf(addresses)
  const first = ours === undefined ? undefined : firstGroupOf(ours)
  const pattern = new RegExp(patterns.join('|'), 'gi')
  const erase = (text: string): string => {
    const erased = text.replace(pattern, SCRUBBED)
    return ours === undefined || first?.test(erased) === false ? erased : eraseV6(erased, ours)
  }
  if (!reach.wide) return erase
  return (text) => {
    const first = erase(text)
    const plain = plainLetters(first)
    const again = plain === first ? plain : erase(plain)
    return again === plain ? first : again
  }
}

/** Erases the addresses from bytes written as base64, as text inside them and as the raw bytes of an address. */
export function eraseBase64(
  data: string,
  addresses: ReadonlySet<string>,
  erase: Erase,
  reach: Reach = { wide: false },
): string {
  let binary: string
  try {
    binary = atob(data)
  } catch {
    return erase(data)
  }
  let erased = erase(binary)
  for (const address of addresses) {
    const bytes = parseAddress(address)
    if (bytes === undefined) continue
    const told = reach.wide && bytes.length > 4 ? bytes.slice(0, HOUSEHOLD) : bytes
    erased = erased.replaceAll(latin1(told), '\0'.repeat(told.length))
  }
  return erased === binary ? data : btoa(erased)
}
