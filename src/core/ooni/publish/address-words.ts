/** Numbers one after the other that tell an address: read closely where the last one is met. */
interface Sequence {
  readonly numbers: readonly number[]
  /** Values that the last word has, read as the scan reads words. */
  readonly lasts: readonly number[]
  /** One word as a number; -1 where it is none. */
  readonly read: (word: string) => number
  /** Whether letters are part of a word; otherwise a word is digits alone. */
  readonly letters: boolean
  /** Most characters between two words. */
  readonly gap: number
  /** The only character between two words. */
  readonly sign?: number
}

/** What is looked for among the words of a text: one address as numbers, and what follows from them. */
export interface Wanted {
  /** Sequences that end with a number of decimal digits. */
  readonly decimal: readonly Sequence[]
  /** Sequences that end with at most four hexadecimal digits. */
  readonly hexadecimal: readonly Sequence[]
  /** The whole address as one number, and what a long word of hexadecimal digits holds. */
  readonly integers: ReadonlySet<number>
  readonly long?: { readonly integer: (digits: string) => boolean; readonly hex: string }
}

/** What is done with parts of a text that may be another text in disguise; true ends the search. */
export interface Disguised {
  readonly base64: (run: string) => boolean
  readonly base32: (word: string) => boolean
  readonly hex: (word: string) => boolean
}

/** `veiled`: not found, and the text has characters that may hide letters of an address. */
export type Searched = 'found' | 'absent' | 'veiled'

const [NONE, DIGIT, HEX, LETTER, SIGN, VEIL] = [0, 1, 2, 3, 4, 5]
/** Kinds of the characters of ASCII: of words, the signs that only base64 has, those that may hide a letter. */
const KIND = new Uint8Array(128)
for (const char of '0123456789') KIND[char.charCodeAt(0)] = DIGIT
for (const char of 'abcdefABCDEF') KIND[char.charCodeAt(0)] = HEX
for (const char of 'ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ') KIND[char.charCodeAt(0)] = LETTER
for (const char of '+/-_') KIND[char.charCodeAt(0)] = SIGN
for (const char of '\0\\%&=') KIND[char.charCodeAt(0)] = VEIL

const [SPACE, ZERO, NINE, X, EQUALS, BACKSLASH] = [32, 48, 57, 120, 61, 92]
/** Characters of base64 from which on a run is one to be decoded; fewer where `=` closes it. */
export const SHORTEST_RUN = 10
const SHORTEST_CLOSED = 6
const SHORTEST_HEX = 14
const SHORTEST_BASE32 = 12
const BASE32 = /^[A-Z2-7]+$/
/** A power of two. */
const ENDS = 512

/** Looks for one address among the words of texts. Linear: every character is read once, every word weighed once. */
export class AddressWords {
  readonly #wanted: Wanted
  /** By the lowest bits of a short number, whether a sequence may end with it. */
  readonly #decimalEnds = new Uint8Array(ENDS)
  readonly #hexEnds = new Uint8Array(ENDS)

  constructor(wanted: Wanted) {
    this.#wanted = wanted
    for (const value of wanted.decimal.flatMap(({ lasts }) => lasts)) this.#decimalEnds[value & (ENDS - 1)] = 1
    for (const value of wanted.hexadecimal.flatMap(({ lasts }) => lasts)) this.#hexEnds[value & (ENDS - 1)] = 1
  }

  /** Whether a text holds the address as words; its parts that may be in disguise are handed out. */
  isIn(text: string, disguised: Disguised): Searched {
    const { length } = text
    const decimalEnds = this.#decimalEnds
    const hexEnds = this.#hexEnds
    let [run, word, last, number] = [-1, -1, -1, -1]
    let [value, hex] = [0, 0]
    let [allHex, letters, upper, capital, veiled] = [true, false, false, false, false]
    for (let at = 0; at <= length; at++) {
      const code = at < length ? text.charCodeAt(at) : SPACE
      const kind = code < 128 ? KIND[code]! : VEIL // the table has every character of ASCII
      if (kind === DIGIT) {
        if (number === -1) number = at
        if (at - number < 9) value = value * 10 + code - ZERO
      } else if (number !== -1) {
        const mayEnd = at - number > 5 || decimalEnds[value & (ENDS - 1)] === 1
        if (mayEnd && this.#number(text, value, number, at)) return 'found'
        number = -1
        value = 0
      }
      if (kind === LETTER || kind === HEX || kind === DIGIT) {
        if (word === -1) {
          word = at
          hex = 0
          allHex = true
          letters = false
          upper = false
          if (run === -1) {
            run = at
            capital = false
          }
        }
        if (kind === DIGIT) hex = (hex << 4) | (code - ZERO)
        else {
          letters = true
          if (code < 91) upper = true
          if (kind === LETTER) allHex = false
          else hex = (hex << 4) | ((code | 32) - 87)
        }
        continue
      }
      if (word !== -1) {
        if (allHex) {
          const mayEnd = at - word > 4 || hexEnds[hex & (ENDS - 1)] === 1
          if (mayEnd && this.#hexadecimal(text, hex >>> 0, word, at)) return 'found'
          if (letters && text.charCodeAt(word) <= NINE && this.#exponent(text, word, at)) return 'found'
        } else if (text.charCodeAt(word) === ZERO && this.#prefixed(text, word, at)) return 'found'
        if (upper) capital = true
        if (at - word >= SHORTEST_BASE32 && isDisguised(text.slice(word, at), allHex, disguised)) return 'found'
        last = word
        word = -1
      }
      if (kind === SIGN) {
        if (run === -1) {
          run = at
          capital = false
        }
        continue
      }
      if (run !== -1) {
        if (capital && at - run >= SHORTEST_CLOSED && this.#run(text, { run, word: last, at, code }, disguised))
          return 'found'
        run = -1
      }
      if (kind === VEIL && !veiled) veiled = (code !== EQUALS && code !== BACKSLASH) || mayHide(text, at)
    }
    return veiled ? 'veiled' : 'absent'
  }

  /** A run of characters of base64; behind a path or a name, what is after its last sign is one by itself. */
  #run(
    text: string,
    { run, word, at, code }: { run: number; word: number; at: number; code: number },
    disguised: Disguised,
  ): boolean {
    const shortest = code === EQUALS ? SHORTEST_CLOSED : SHORTEST_RUN
    if (at - run < shortest) return false
    if (disguised.base64(text.slice(run, at))) return true
    return word > run && at - word >= shortest && disguised.base64(text.slice(word, at))
  }

  /** Digits between other characters, letters too. */
  #number(text: string, value: number, from: number, to: number): boolean {
    const length = to - from
    if (length < 6) return this.#decimalEnds[value & (ENDS - 1)] === 1 && endsOne(this.#wanted.decimal, value, text, to)
    const { integers, long } = this.#wanted
    if (length < 10 && text.charCodeAt(from) !== ZERO) return integers.has(value)
    if (length < 13) return integers.size > 0 && isOneOf(integers, text.slice(from, to))
    return long !== undefined && length > 30 && length < 42 && long.integer(text.slice(from, to))
  }

  /** A word with letters that are no hexadecimal digits: only behind `0x` it is a number. */
  #prefixed(text: string, from: number, to: number): boolean {
    if (text.charCodeAt(from + 1) !== X || text.charCodeAt(from) !== ZERO || to - from > 10) return false
    const value = Number(text.slice(from, to))
    if (this.#wanted.integers.has(value)) return true
    return value < 256 && endsOne(this.#wanted.decimal, value, text, to)
  }

  /** A word of hexadecimal digits: a group, a byte, a digit, or the whole address. */
  #hexadecimal(text: string, value: number, from: number, to: number): boolean {
    const { hexadecimal, integers, long } = this.#wanted
    const length = to - from
    if (length <= 4) return this.#hexEnds[value & (ENDS - 1)] === 1 && endsOne(hexadecimal, value, text, to)
    if (length === 8 && integers.has(value)) return true
    return long !== undefined && length >= 32 && text.slice(from, to).toLowerCase().includes(long.hex)
  }

  /** A number with an exponent, such as `1.6e9`: what stands around the word belongs to it. */
  #exponent(text: string, from: number, to: number): boolean {
    if (text.charCodeAt(from) > NINE || !/^\d+e\d{0,3}$/i.test(text.slice(from, Math.min(to, from + 40)))) return false
    const before = /\d{0,20}\.$/.exec(text.slice(Math.max(0, from - 20), from))?.[0] ?? ''
    const number = /^[\d.]+e[+-]?\d{1,3}/i.exec(before + text.slice(from, to + 5))?.[0]
    return number !== undefined && this.#wanted.integers.has(Math.floor(Number(number)))
  }
}

/** Whether a word is another text in base32 or hexadecimal that holds what is looked for. */
function isDisguised(word: string, allHex: boolean, { hex, base32 }: Disguised): boolean {
  if (allHex && word.length >= SHORTEST_HEX && hex(word)) return true
  return BASE32.test(word) && base32(word)
}

/** Whether a word at the end of a part of a text ends one of these sequences. */
const endsOne = (sequences: readonly Sequence[], value: number, text: string, to: number): boolean =>
  sequences.some((sequence) => sequence.lasts.includes(value) && endsHere(sequence, text, to))

const isWord = (code: number, letters: boolean): boolean => {
  const kind = code < 128 ? KIND[code]! : NONE // the table has every character of ASCII
  return kind === DIGIT || (letters && (kind === HEX || kind === LETTER))
}

/** Reads a sequence backwards from its end. */
function endsHere({ numbers, read, letters, gap, sign }: Sequence, text: string, to: number): boolean {
  let at = to
  for (let left = numbers.length; left > 0; left--) {
    const end = at
    while (at > 0 && end - at <= LONGEST_WORD && isWord(text.charCodeAt(at - 1), letters)) at--
    if (at === end || read(text.slice(at, end)) !== numbers[left - 1]) return false
    if (left === 1) return true
    const behind = at
    while (at > 0 && behind - at <= gap && !isWord(text.charCodeAt(at - 1), letters)) at--
    if (behind - at > gap || at === behind || at === 0) return false
    if (sign !== undefined && (behind - at !== 1 || text.charCodeAt(at) !== sign)) return false
  }
  return false
}

const LONGEST_WORD = 6

/** Whether digits are one of these numbers, read as decimal or, behind a zero, as octal. */
const isOneOf = (integers: ReadonlySet<number>, digits: string): boolean =>
  integers.has(Number(digits)) || (digits.startsWith('0') && integers.has(Number.parseInt(digits, 8)))

/** Whether a sign of equality or a backslash begins what may hide a letter. */
function mayHide(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1)
  if (text.charCodeAt(at) === EQUALS) return next >= 50 && next < 56
  return next === 117 || next === X || next === 47 || next === BACKSLASH
}

const joined = (bytes: readonly number[]): number => bytes.reduce((all, byte) => all * 256 + byte, 0)
const hexOf = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
const groupsIn = (bytes: readonly number[]): readonly number[] =>
  Array.from({ length: bytes.length / 2 }, (_, group) => joined(bytes.slice(2 * group, 2 * group + 2)))
const turnedDigits = (number: number): string => [...`${number}`].toReversed().join('')

/** Between two numbers of one address: a sign, a tag, quotation marks, the key of a field. */
const GAP = 24
const GAP_HEX = 6
const [DOT, COLON] = [46, 58]

const decimal = (word: string): number => (/^\d+$/.test(word) ? Number(word) : -1)
/** As a program in C or a browser reads a part of an address: `0x` is hexadecimal, a zero in front octal. */
const inC = (word: string): number =>
  /^0x[0-9a-f]+$/i.test(word) ? Number(word) : /^0[0-7]+$/.test(word) ? Number.parseInt(word, 8) : decimal(word)
const mirrored = (word: string): number => decimal([...word].toReversed().join(''))
const hexadecimal =
  (least: number, most: number) =>
  (word: string): number =>
    word.length >= least && word.length <= most && /^[0-9a-f]+$/i.test(word) ? Number.parseInt(word, 16) : -1

/** Decimal numbers, in any of the ways to write them. */
function decimalSequences(bytes: readonly number[]): readonly Sequence[] {
  const last = bytes.at(-1) ?? 0
  const plain = { numbers: bytes, gap: GAP }
  return [
    { ...plain, lasts: [last], read: decimal, letters: false },
    { ...plain, lasts: [last, Number(last.toString(8))], read: inC, letters: true },
  ]
}

const hexSequence = (
  numbers: readonly number[],
  [least, most]: readonly [least: number, most: number],
  between: { readonly gap: number; readonly sign?: number } = { gap: GAP_HEX },
): Sequence => ({ numbers, lasts: numbers.slice(-1), read: hexadecimal(least, most), letters: true, ...between })

/** What tells an address of version 4: its bytes in both orders, inside addresses of version 6, as one number. */
export function wantedV4(bytes: readonly number[]): Wanted {
  const turned = bytes.toReversed()
  const groups = groupsIn(bytes)
  const pair = { gap: 1, sign: COLON }
  const [whole, low] = [joined(bytes), joined(bytes.slice(2))]
  return {
    decimal: [
      // In three parts, as inet_aton() reads it: the last has sixteen bits.
      { numbers: [...bytes.slice(0, 2), low], lasts: [low], read: decimal, letters: false, gap: 1, sign: DOT },
      ...decimalSequences(bytes),
      ...decimalSequences(turned),
      // Every character from right to left: a zero in front is one behind.
      { numbers: turned, lasts: [Number(turnedDigits(bytes[0] ?? 0))], read: mirrored, letters: false, gap: GAP },
    ],
    hexadecimal: [
      hexSequence(bytes, [2, 2]),
      hexSequence(turned, [2, 2]),
      // Without zeros in front, as some tools write bytes.
      ...[DOT, COLON].map((sign) => hexSequence(bytes, [1, 2], { gap: 1, sign })),
      hexSequence(groups, [1, 4], pair),
      // Teredo writes the address of its client with every bit turned (RFC 4380 §4).
      hexSequence(
        groups.map((group) => 0xffff - group),
        [1, 4],
        pair,
      ),
    ],
    // Of 32 bits without and with a sign.
    integers: new Set([whole, joined(turned), Math.abs(whole | 0)]),
  }
}

/** Bytes of the network part that a household shares: the other addresses of its /64 are the same people. */
export const HOUSEHOLD = 8

/** What tells an address of version 6: the half that its household shares, as groups, bytes, digits and one number. */
export function wantedV6(bytes: readonly number[]): Wanted {
  const half = bytes.slice(0, HOUSEHOLD)
  const hex = hexOf(half)
  const digits = [...hex].map((digit) => Number.parseInt(digit, 16))
  return {
    decimal: [],
    hexadecimal: [
      hexSequence(groupsIn(half), [1, 4]),
      hexSequence(half, [2, 2]),
      hexSequence(digits, [1, 1]),
      hexSequence(digits.toReversed(), [1, 1]),
    ],
    integers: new Set(),
    long: { integer: (word) => (BigInt(word) >> 64n).toString(16).padStart(2 * HOUSEHOLD, '0') === hex, hex },
  }
}
