import { addressFamily, parseAddress } from './address.ts'

/** What replaces an address that was erased. */
export const SCRUBBED = '[scrubbed]'

/** By each group that may come next, what may come behind it; where nothing is said, anything may. */
export interface Beginning extends ReadonlyMap<number, Beginning> {}

/** Which addresses of version 6 are meant. */
export interface AddressesV6 {
  /** Tells by the eight groups whether an address is one of them. */
  readonly holds: (groups: readonly number[]) => boolean
  /** How they begin, group by group: what begins otherwise is not read on. Absent: in any way. */
  readonly begin?: Beginning
  /** A dotted address of version 4 behind the last separator counts too. */
  readonly dotted?: boolean
}

const COLON = 58
const HYPHEN = 45
const PERCENT = 37
const DOT = 46
/** Value of a hexadecimal digit by its code, 255 for any other character. */
const DIGIT = new Uint8Array(128).fill(255)
for (let value = 0; value < 16; value++) {
  DIGIT[value.toString(16).charCodeAt(0)] = value
  DIGIT[value.toString(16).toUpperCase().charCodeAt(0)] = value
}
const digitAt = (text: string, at: number): number => DIGIT[text.charCodeAt(at)] ?? 255

/** Length of a separator of groups: a colon, a hyphen or a percent-encoded colon; 0 where there is none. */
function separatorAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code === COLON || code === HYPHEN) return 1
  return code === PERCENT && text.charCodeAt(at + 1) === 51 && (text.charCodeAt(at + 2) | 32) === 97 ? 3 : 0
}

/** Where at most four hexadecimal digits end. */
function skipGroup(text: string, from: number): number {
  let at = from
  while (at < from + 4 && digitAt(text, at) < 16) at++
  return at
}

const MOST_GROUPS = 16

/** Reads groups and their separators as one candidate; the end is undefined where there are fewer than two. */
function endOfCandidate(text: string, separator: number): number | undefined {
  let at = separator + separatorAt(text, separator)
  let groups = 1
  while (groups < MOST_GROUPS) {
    const end = skipGroup(text, at)
    const length = separatorAt(text, end)
    if (length === 0) break
    at = end + length
    groups++
  }
  if (groups < 2) return undefined
  const end = skipGroup(text, at)
  return endOfDotted(text, end) ?? end
}

/** Where three decimal numbers, each behind a dot, end. */
function endOfDotted(text: string, from: number): number | undefined {
  let at = from
  for (let number = 0; number < 3; number++) {
    if (text.charCodeAt(at) !== DOT) return undefined
    const begin = ++at
    while (at < begin + 3 && digitAt(text, at) < 10) at++
    if (at === begin) return undefined
  }
  return at
}

/**
 * Replaces addresses of version 6 by `SCRUBBED`, in any surroundings and with colons, hyphens or percent signs between
 * the groups. One pass: each character is read a bounded number of times.
 */
export function eraseV6(text: string, addresses: AddressesV6): string {
  let erased = ''
  let copied = 0
  /** Nothing before this is part of a candidate. */
  let floor = 0
  for (let at = 0; at < text.length; at++) {
    const length = separatorAt(text, at)
    if (length === 0) continue
    const end = endOfCandidate(text, at)
    if (end === undefined) {
      at += length - 1
      continue
    }
    let from = at
    while (from > floor && from > at - 4 && digitAt(text, from - 1) < 16) from--
    const found = text.slice(from, end)
    const clean = eraseRuns(found, addresses)
    if (clean !== found) {
      erased += text.slice(copied, from) + clean
      copied = end
    }
    floor = end
    at = end - 1
  }
  return copied === 0 ? text : erased + text.slice(copied)
}

/** Reads every run of groups inside a candidate as an address: a port or a word in front must not hide it. */
function eraseRuns(found: string, addresses: AddressesV6): string {
  const plain = /[%-]/.test(found) ? found.replace(/%3a|-/gi, ':') : found
  let erased = ''
  let copied = 0
  for (let from = 0; from < plain.length; from++) {
    // A run begins with the candidate, behind what was erased, at a colon or behind one.
    const begins = from === copied || plain.charCodeAt(from) === COLON || plain.charCodeAt(from - 1) === COLON
    const to = begins ? longestFrom(plain, from, addresses) : -1
    if (to === -1) continue
    erased += plain.slice(copied, from) + SCRUBBED
    copied = to
    from = to - 1
  }
  return copied === 0 ? found : erased + plain.slice(copied)
}

/** Groups of the address that is being read. */
const GROUPS = new Uint16Array(10)

/** Where the longest of these addresses that begins here ends, at a colon, behind one or with the text; -1: nowhere. */
function longestFrom(plain: string, from: number, addresses: AddressesV6): number {
  let next = addresses.begin
  let count = 0
  /** Number of groups before the double colon; -1 where there is none. */
  let gap = -1
  let at = from
  let longest = -1
  if (plain.charCodeAt(at) === COLON) {
    if (plain.charCodeAt(at + 1) !== COLON || addresses.begin?.has(0) === false) return -1
    gap = 0
    at += 2
  }
  for (;;) {
    const begin = at
    let value = 0
    for (let digit = digitAt(plain, at); digit < 16; digit = digitAt(plain, ++at)) value = value * 16 + digit
    if (at === begin) return longest
    if (plain.charCodeAt(at) === DOT)
      return endsDotted(plain, begin, { count, gap, addresses }) ? plain.length : longest
    GROUPS[count++] = value
    if (gap === -1 && next !== undefined && next.size > 0) {
      next = next.get(value)
      if (next === undefined) return longest
    }
    if (isAddress(count, gap, addresses) && at - from > 2) longest = at
    if (count >= (gap === -1 ? 8 : 7) || plain.charCodeAt(at) !== COLON) return longest
    if (plain.charCodeAt(++at) !== COLON) continue
    if (gap !== -1) return longest
    gap = count
    at++
    if (isAddress(count, gap, addresses)) longest = at
  }
}

function isAddress(count: number, gap: number, { holds }: AddressesV6): boolean {
  if (gap === -1 ? count !== 8 : count > 7) return false
  const groups = [...GROUPS.subarray(0, count)]
  return holds(gap === -1 ? groups : groups.toSpliced(gap, 0, ...ZEROS.slice(count)))
}

const ZEROS = [0, 0, 0, 0, 0, 0, 0, 0] as const

/** Whether the rest of a candidate is a dotted address of version 4 that ends one of version 6, or counts alone. */
function endsDotted(
  plain: string,
  begin: number,
  { count, gap, addresses }: { count: number; gap: number; addresses: AddressesV6 },
): boolean {
  const bytes = parseAddress(plain.slice(begin))
  if (bytes?.length !== 4) return false
  if (count === 0 && gap === -1) return addresses.dotted === true
  const [a, b, c, d] = bytes as [number, number, number, number] // four, by its length
  GROUPS[count] = (a << 8) | b
  GROUPS[count + 1] = (c << 8) | d
  return isAddress(count + 2, gap, addresses)
}

/** Every address, of version 6 or dotted. */
export const ANY_ADDRESS: AddressesV6 = { holds: () => true, dotted: true }

const LONGEST_FAILURE = 300
const V4_OR_ENDPOINT = /\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?/g
const BRACKETS = /\[(\[scrubbed\])\](?::\d{1,5})?/g

/** Text of a failure without any address and of bounded length: `dial tcp [scrubbed]: i/o timeout`. */
export function scrubAddresses(text: string): string {
  const short = text.length > LONGEST_FAILURE ? text.slice(0, LONGEST_FAILURE) : text
  if (!/[:.]\d|::/.test(short)) return short
  return eraseV6(short, ANY_ADDRESS)
    .replace(V4_OR_ENDPOINT, (found) => (addressFamily(found.replace(/:\d+$/, '')) === undefined ? found : SCRUBBED))
    .replace(BRACKETS, '$1')
}
