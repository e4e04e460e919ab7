import { InputError } from '../../../model/errors.ts'

// DEFLATE (RFC 1951), read strictly: the same code in Node and in a browser, since their own decoders differ in what
// they allow after the last block. An attacker controls every byte; section numbers are those of the RFC.

/** Bytes of the window that a match may reach back to (3.2.5, distance codes). */
const WINDOW = 32_768
/** Made before it is given on. */
const PIECE = 1024 ** 2
/** The longest match. */
const MOST_MATCH = 258
/** Bytes that the longest block header has, and more: a step begins with as many, or with all that are left. */
const HEADER_ROOM = 1024
/** Codes up to this length are found in one look. */
const FAST_BITS = 10
const MOST_BITS = 15

const LENGTH_BASE = [
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59],
  ...[67, 83, 99, 115, 131, 163, 195, 227, 258],
]
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASE = [
  ...[1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769],
  ...[1025, 1537, 2049, 3073, 4097, 6145, 8193, 12_289, 16_385, 24_577],
]
const DISTANCE_BITS = [
  ...[0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
  ...[7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13],
]
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** A prefix code (3.2.2). */
interface Code {
  /** By the next `FAST_BITS` bits: symbol times 16, plus length; 0 for a longer code or none. */
  readonly fast: Uint16Array
  /** How many codes have each length. */
  readonly counts: Uint16Array
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array
}

const refuse = (expected: string): InputError =>
  new InputError(`Cannot read bundle: packed bytes are not ${expected}`, {
    code: 'bundle.deflate',
    path: 'deflate',
    expected,
  })

/** Throws InputError for lengths that are no complete code; one code of one bit is allowed where `single` says so. */
function codeOf(lengths: Uint8Array, { single }: { readonly single: boolean }): Code {
  const counts = new Uint16Array(MOST_BITS + 1)
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1
  counts[0] = 0
  let left = 1
  let used = 0
  for (let length = 1; length <= MOST_BITS; length++) {
    left = left * 2 - (counts[length] ?? 0)
    used += counts[length] ?? 0
    if (left < 0) throw refuse('a prefix code')
  }
  if (left > 0 && !(single && used <= 1 && used === counts[1])) throw refuse('a complete prefix code')
  const next = new Uint16Array(MOST_BITS + 2)
  const first = new Uint16Array(MOST_BITS + 2)
  for (let length = 1; length <= MOST_BITS; length++) {
    next[length + 1] = (next[length] ?? 0) + (counts[length] ?? 0)
    first[length + 1] = ((first[length] ?? 0) + (counts[length] ?? 0)) << 1
  }
  const symbols = new Uint16Array(used)
  const fast = new Uint16Array(1 << FAST_BITS)
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue
    const place = next[length] ?? 0
    const code = first[length] ?? 0
    symbols[place] = symbol
    next[length] = place + 1
    first[length] = code + 1
    if (length > FAST_BITS) continue
    let reversed = 0
    for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit)
    for (let at = reversed; at < fast.length; at += 1 << length) fast[at] = symbol * 16 + length
  }
  return { fast, counts, symbols }
}

const fixed = (): { readonly literals: Code; readonly distances: Code } => {
  const lengths = new Uint8Array(288)
  for (let at = 0; at < 288; at++) lengths[at] = at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8
  return {
    literals: codeOf(lengths, { single: false }),
    distances: codeOf(new Uint8Array(32).fill(5), { single: false }),
  }
}
let fixedCodes: ReturnType<typeof fixed> | undefined

type Block =
  | { readonly kind: 'head' }
  | { readonly kind: 'stored'; left: number }
  | { readonly kind: 'packed'; readonly literals: Code; readonly distances: Code }
  | { readonly kind: 'end' }

class Inflating {
  /** Input that was given and not yet used up. */
  #input = new Uint8Array()
  #at = 0
  #isWhole = false
  #bits = 0
  #bitCount = 0
  #isLast = false
  #block: Block = { kind: 'head' }
  /** What was made: the window, and after it what is not given on yet. */
  readonly #out = new Uint8Array(WINDOW + PIECE + MOST_MATCH)
  #outAt = WINDOW
  #made = 0

  /** Adds input; nothing more comes after `isWhole`. */
  give(bytes: Uint8Array, isWhole: boolean): void {
    const joined = new Uint8Array(this.#input.length - this.#at + bytes.length)
    joined.set(this.#input.subarray(this.#at))
    joined.set(bytes, this.#input.length - this.#at)
    this.#input = joined
    this.#at = 0
    this.#isWhole = isWhole
  }

  get isEnd(): boolean {
    return this.#block.kind === 'end'
  }
  /** Whether a step needs more input than there is. */
  get isHungry(): boolean {
    return !this.#isWhole && !this.isEnd && this.#input.length - this.#at < HEADER_ROOM
  }

  /** What was made since the last time, a copy. */
  take(): Uint8Array {
    const made = this.#out.slice(WINDOW, this.#outAt)
    this.#made += made.length
    this.#out.copyWithin(0, this.#outAt - WINDOW, this.#outAt)
    this.#outAt = WINDOW
    return made
  }

  /** Works until the input is short, a piece is made or the stream ends. */
  run(): void {
    while (!this.isEnd && !this.isHungry && this.#outAt < WINDOW + PIECE) {
      const block = this.#block
      if (block.kind === 'head') this.#head()
      else if (block.kind === 'stored') this.#stored(block)
      else if (block.kind === 'packed') this.#packed(block)
    }
  }

  #need(count: number): void {
    while (this.#bitCount < count) {
      if (this.#at >= this.#input.length) throw refuse('whole')
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#bitCount
      this.#bitCount += 8
    }
  }

  #take(count: number): number {
    if (count === 0) return 0
    this.#need(count)
    const value = this.#bits & ((1 << count) - 1)
    this.#bits >>>= count
    this.#bitCount -= count
    return value
  }

  /** Bits up to the next byte, which no writer has a use for. */
  #align(): void {
    if (this.#take(this.#bitCount & 7) !== 0) throw refuse('padded with zeros')
  }

  #symbol({ fast, counts, symbols }: Code): number {
    while (this.#bitCount < MOST_BITS && this.#at < this.#input.length) {
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#bitCount
      this.#bitCount += 8
    }
    const found = fast[this.#bits & ((1 << FAST_BITS) - 1)] ?? 0
    const short = found & 15
    if (short !== 0 && short <= this.#bitCount) {
      this.#bits >>>= short
      this.#bitCount -= short
      return found >> 4
    }
    let code = 0
    let first = 0
    let index = 0
    for (let length = 1; length <= MOST_BITS && length <= this.#bitCount; length++) {
      code |= (this.#bits >> (length - 1)) & 1
      const count = counts[length] ?? 0
      if (code - count < first) {
        this.#bits >>>= length
        this.#bitCount -= length
        return symbols[index + code - first] ?? 0
      }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw refuse('made of known codes')
  }

  /** Header of a block (3.2.3). */
  #head(): void {
    if (this.#isLast) return this.#end()
    this.#isLast = this.#take(1) === 1
    const kind = this.#take(2)
    if (kind === 0) {
      this.#align()
      const left = this.#take(16)
      if (this.#take(16) !== (left ^ 0xffff)) throw refuse('of the stated length')
      this.#block = { kind: 'stored', left }
    } else if (kind === 1) this.#block = { kind: 'packed', ...(fixedCodes ??= fixed()) }
    else if (kind === 2) this.#block = { kind: 'packed', ...this.#dynamic() }
    else throw refuse('blocks of a known kind')
  }

  #end(): void {
    this.#align()
    if (this.#bitCount !== 0 || this.#at !== this.#input.length || !this.#isWhole) throw refuse('all of their bytes')
    this.#block = { kind: 'end' }
  }

  /** Codes of a block that brings its own (3.2.7). */
  #dynamic(): { readonly literals: Code; readonly distances: Code } {
    const literals = this.#take(5) + 257
    const distances = this.#take(5) + 1
    const count = this.#take(4) + 4
    if (literals > 286 || distances > 30) throw refuse('codes of known symbols')
    const own = new Uint8Array(19)
    for (const at of CODE_LENGTH_ORDER.slice(0, count)) own[at] = this.#take(3)
    const code = codeOf(own, { single: false })
    const lengths = new Uint8Array(literals + distances)
    for (let at = 0; at < lengths.length;) {
      const symbol = this.#symbol(code)
      if (symbol < 16) {
        lengths[at++] = symbol
        continue
      }
      if (symbol === 16 && at === 0) throw refuse('lengths that follow one')
      const repeated = symbol === 16 ? (lengths[at - 1] ?? 0) : 0
      const times = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7)
      if (at + times > lengths.length) throw refuse('as many lengths as stated')
      lengths.fill(repeated, at, at + times)
      at += times
    }
    if (lengths[256] === 0) throw refuse('blocks with an end')
    return {
      literals: codeOf(lengths.subarray(0, literals), { single: true }),
      distances: codeOf(lengths.subarray(literals), { single: true }),
    }
  }

  #stored(block: Extract<Block, { kind: 'stored' }>): void {
    // Whole bytes may wait among the bits.
    while (block.left > 0 && this.#bitCount > 0 && this.#outAt < WINDOW + PIECE) {
      this.#out[this.#outAt++] = this.#take(8)
      block.left--
    }
    const length = Math.min(block.left, this.#input.length - this.#at, WINDOW + PIECE - this.#outAt)
    this.#out.set(this.#input.subarray(this.#at, this.#at + length), this.#outAt)
    this.#outAt += length
    this.#at += length
    block.left -= length
    if (block.left === 0) this.#block = { kind: 'head' }
    else if (this.#isWhole && this.#at === this.#input.length) throw refuse('whole')
  }

  #packed({ literals, distances }: Extract<Block, { kind: 'packed' }>): void {
    while (this.#outAt < WINDOW + PIECE && !this.isHungry) {
      const symbol = this.#symbol(literals)
      if (symbol < 256) {
        this.#out[this.#outAt++] = symbol
        continue
      }
      if (symbol === 256) {
        this.#block = { kind: 'head' }
        // The end is checked at once: no input may be left then.
        if (this.#isLast && this.#isWhole) this.#end()
        return
      }
      const at = symbol - 257
      const base = LENGTH_BASE[at]
      if (base === undefined) throw refuse('made of known lengths')
      const length = base + this.#take(LENGTH_BITS[at] ?? 0)
      const far = this.#symbol(distances)
      const start = DISTANCE_BASE[far]
      if (start === undefined) throw refuse('made of known distances')
      const distance = start + this.#take(DISTANCE_BITS[far] ?? 0)
      if (distance > this.#made + this.#outAt - WINDOW) throw refuse('made of what came before')
      const end = this.#outAt + length
      for (; this.#outAt < end; this.#outAt++) this.#out[this.#outAt] = this.#out[this.#outAt - distance] ?? 0
    }
  }
}

/**
 * Unpacks a DEFLATE stream piece by piece. Throws InputError where it is not one, is cut off, is followed by other
 * bytes or bits, or gives any other length than `size`: no more than `size` and one piece are ever made.
 */
export async function* inflate(packed: AsyncIterable<Uint8Array>, size: number): AsyncIterable<Uint8Array> {
  const inflating = new Inflating()
  const input = packed[Symbol.asyncIterator]()
  let made = 0
  let isWhole = false
  while (!inflating.isEnd) {
    while (inflating.isHungry && !isWhole) {
      const next = await input.next()
      isWhole = next.done === true
      inflating.give(next.done === true ? new Uint8Array() : next.value, isWhole)
    }
    inflating.run()
    const piece = inflating.take()
    made += piece.length
    if (made > size) throw refuse('of the stated length')
    if (piece.length > 0) yield piece
  }
  if (made !== size) throw refuse('of the stated length')
}
