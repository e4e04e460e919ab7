import { InputError } from '../../../core/model/errors.ts'
import type { ByteQueue } from './byte-queue.ts'
import type { Piece, Position, ReadLimits } from './piece.ts'

const NEWLINE = 0x0a
const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09

/** File and member of which a text is. */
export type TextPlace = Pick<Position, 'file' | 'member'>

/**
 * Splits a text into its JSON values. The first value decides: complete on its line, every further line is one
 * value (JSONL), and a broken line costs only itself; spread over lines, brackets are followed (pretty-printed,
 * one or several values, or one list of values). A value beyond the limit is passed over without being held.
 * Whether a value is valid JSON is the parser's business.
 */
export class Splitter {
  readonly #queue: ByteQueue
  readonly #place: TextPlace
  readonly #limits: ReadLimits
  #line = 1
  #start: Position
  #parts: Uint8Array[] = []
  #size = 0

  constructor(queue: ByteQueue, place: TextPlace, limits: ReadLimits) {
    this.#queue = queue
    this.#place = place
    this.#limits = limits
    this.#start = { ...place, line: 1, offset: 0 }
  }

  /** Where the value begins that is being read, or where the next one would. */
  get position(): Position {
    return this.#start
  }

  /** Every value in turn; throws what the queue throws, after the last piece. */
  async *values(): AsyncGenerator<Piece> {
    yield* this.#byBrackets()
    yield* this.#byLines()
  }

  async *#byLines(): AsyncGenerator<Piece> {
    for (;;) {
      this.#begin()
      const trouble = await this.#restOfLine()
      const piece = this.#finish(trouble)
      if (piece !== undefined) yield piece
      if (trouble !== undefined) throw trouble
      if ((await this.#queue.window()).length === 0) return
    }
  }

  /** Until the text is known to be one value a line, or to its end. */
  async *#byBrackets(): AsyncGenerator<Piece> {
    const bom = await this.#queue.peek(3)
    if (bom.equals(Buffer.of(0xef, 0xbb, 0xbf))) this.#queue.consume(3)
    let inList = false
    let values = 0
    let foreign = 0
    for (;;) {
      this.#begin()
      const first = await this.#firstByte(inList)
      if (first === undefined) return
      if (first === 0x5b && values === 0 && foreign === 0 && !inList) {
        inList = true
        this.#queue.consume(1)
        continue
      }
      this.#begin()
      if (first !== 0x7b && first !== 0x5b) {
        const trouble = await this.#restOfLine()
        const piece = this.#finish(trouble)
        if (piece !== undefined) yield piece
        if (trouble !== undefined) throw trouble
        if (values === 0 && ++foreign >= this.#limits.foreignLines) {
          yield this.#reject('file.unknown', `no measurement in the first ${foreign} lines`)
          return this.#drop()
        }
        continue
      }
      const { broken, trouble } = await this.#value()
      const oneLine = this.#start.line === this.#line
      if (broken) yield this.#reject('json.truncated', 'the line ends inside the value')
      else {
        const piece = this.#finish(trouble)
        if (piece !== undefined) yield piece
      }
      if (trouble !== undefined) throw trouble
      values++
      if (oneLine && !broken && !inList && (await this.#lineEnds())) return
    }
  }

  #begin(): void {
    this.#start = { ...this.#place, line: this.#line, offset: this.#queue.offset }
    this.#parts = []
    this.#size = 0
  }

  #keep(bytes: Uint8Array): void {
    this.#size += bytes.length
    if (this.#size > this.#limits.valueBytes) this.#parts = []
    else this.#parts.push(bytes)
  }

  /** Reads to the end of the line, past it; gives the error with which the source was interrupted. */
  async #restOfLine(): Promise<unknown> {
    for (;;) {
      const window = this.#queue.held.length > 0 ? this.#queue.held : await this.#next()
      if (window instanceof InputError) return window
      if (window.length === 0) return undefined
      const end = window.indexOf(NEWLINE)
      this.#keep(end < 0 ? window : window.subarray(0, end))
      this.#queue.consume(end < 0 ? window.length : end + 1)
      if (end >= 0) {
        this.#line++
        return undefined
      }
    }
  }

  /** Reads one object or list; `broken` where a line ends in a text or the next line begins a value of its own. */
  async #value(): Promise<{ broken: boolean; trouble?: unknown }> {
    const scan = new ValueScan()
    for (;;) {
      const window = await this.#next()
      if (window instanceof InputError) return { broken: false, trouble: window }
      if (window.length === 0) return { broken: false }
      const met = scan.feed(window, 0)
      const taken = met.kind === 'more' ? window.length : met.kind === 'end' ? met.at : met.at + 1
      this.#keep(window.subarray(0, taken))
      this.#queue.consume(taken)
      if (met.kind === 'end') return { broken: false }
      if (met.kind !== 'line') continue
      this.#line++
      if (met.inText || /^\{[ \t]*"/.test((await this.#queue.peek(16)).toString('latin1'))) return { broken: true }
    }
  }

  async #next(): Promise<Buffer | InputError> {
    try {
      return await this.#queue.window()
    } catch (error) {
      if (error instanceof InputError) return error
      throw error
    }
  }

  /** The first byte that is no white space (nor a comma or the end of a list, inside one), without consuming it. */
  async #firstByte(inList: boolean): Promise<number | undefined> {
    for (;;) {
      const window = await this.#queue.window()
      if (window.length === 0) return undefined
      let i = 0
      for (; i < window.length; i++) {
        const byte = window[i]
        if (byte === NEWLINE) this.#line++
        else if (!isBlank(byte) && !(inList && (byte === 0x2c || byte === 0x5d))) break
      }
      this.#queue.consume(i)
      if (i < window.length) return window[i]
    }
  }

  /** Whether only blanks stand before the end of the line or of the text; consumes them. */
  async #lineEnds(): Promise<boolean> {
    for (;;) {
      const window = await this.#next()
      if (window instanceof InputError || window.length === 0) return false
      const at = window.findIndex((byte) => byte === NEWLINE || !isBlank(byte))
      this.#queue.consume(at < 0 ? window.length : at)
      if (at < 0) continue
      if (window[at] !== NEWLINE) return false
      this.#queue.consume(1)
      this.#line++
      return true
    }
  }

  async #drop(): Promise<void> {
    for (;;) {
      const window = await this.#queue.window()
      if (window.length === 0) return
      this.#queue.consume(window.length)
    }
  }

  #reject(code: string, detail: string): Piece {
    return { kind: 'reject', position: this.#start, code, detail }
  }

  /** The value between `#start` and here; nothing for white space, or for a part that a cut left incomplete. */
  #finish(trouble: unknown): Piece | undefined {
    if (this.#size > this.#limits.valueBytes)
      return this.#reject('value.too-large', `${this.#size} bytes; at most ${this.#limits.valueBytes} are read`)
    const whole = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts) // length is 1
    let from = 0
    let to = whole.length
    while (from < to && isBlank(whole[from])) from++
    while (to > from && isBlank(whole[to - 1])) to--
    if (from === to) return undefined
    const bytes = whole.subarray(from, to)
    if (trouble !== undefined && !isClosed(bytes)) return undefined
    const position = { ...this.#start, offset: this.#start.offset + from }
    if (trouble !== undefined) this.#begin()
    return { kind: 'value', bytes, position }
  }
}

/** What a scan over the bytes of one value met. */
type Met =
  /** All bytes seen, the value is not complete. */
  | { readonly kind: 'more' }
  /** The value is complete before byte `at`. */
  | { readonly kind: 'end'; readonly at: number }
  /** Byte `at` ends a line inside the value. */
  | { readonly kind: 'line'; readonly at: number; readonly inText: boolean }

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Follows the brackets and texts of one JSON object or list over any number of chunks. */
class ValueScan {
  #depth = 0
  #inText = false
  #escaped = false

  /** Looks at `bytes` from `from` on until the value ends or a line ends in it. */
  feed(bytes: Uint8Array, from: number): Met {
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i]
      if (byte === NEWLINE) return { kind: 'line', at: i, inText: this.#inText }
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false
        else if (byte === BACKSLASH) this.#escaped = true
        else if (byte === QUOTE) this.#inText = false
      } else if (byte === QUOTE) this.#inText = true
      else if (byte === 0x7b || byte === 0x5b) this.#depth++
      else if ((byte === 0x7d || byte === 0x5d) && --this.#depth <= 0) return { kind: 'end', at: i + 1 }
    }
    return { kind: 'more' }
  }
}

/** Whether bytes are an object or list whose brackets and texts are closed. */
function isClosed(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) return false
  const scan = new ValueScan()
  for (let from = 0; ;) {
    const met = scan.feed(bytes, from)
    if (met.kind === 'line') from = met.at + 1
    else return met.kind === 'end' && met.at === bytes.length
  }
}
