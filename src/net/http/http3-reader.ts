import { decodeFields, type Field } from './qpack.ts'
import { readVarint } from '../quic/header.ts'

const DATA = 0x00
const HEADERS = 0x01
/** Longest section of headers that is read. */
const MOST_SECTION = 64 * 1024
const MOST_FRAMES = 65_536

/** Reads the stream of an HTTP/3 answer as it comes, RFC 9114 §4.1 and §7; keeps at most `cap` bytes of body. */
export class Http3Reader {
  status: number | undefined
  headers: readonly Field[] = []
  /** More body came than is kept. */
  full = false
  /** What came is no HTTP/3 that we read. */
  broken = false
  readonly #cap: number
  readonly #body: Buffer[] = []
  #kept = 0
  #frames = 0
  #pending = Buffer.alloc(0)
  /** Bytes that the open frame still holds, and whether they are body. */
  #left = 0
  #isBody = false

  constructor(cap: number) {
    this.#cap = cap
  }

  /** Whether an answer is whole if the stream ends here. */
  get complete(): boolean {
    return this.status !== undefined && !this.broken && this.#left === 0 && this.#pending.length === 0
  }

  body(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#body))
  }

  push(bytes: Buffer): void {
    let rest = this.#pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#pending, bytes])
    while (rest.length > 0 && !this.broken && !this.full) {
      if (this.#left > 0) {
        const part = rest.subarray(0, this.#left)
        this.#left -= part.length
        if (this.#isBody) this.#keep(part)
        rest = rest.subarray(part.length)
        continue
      }
      const used = this.#open(rest)
      if (used === 0) break
      rest = rest.subarray(used)
    }
    this.#pending = rest
  }

  /** Begins the next frame; gives the bytes used, 0 where more must come. */
  #open(rest: Buffer): number {
    const type = readVarint(rest, 0)
    const length = type && readVarint(rest, type[1])
    if (type === undefined || length === undefined) {
      this.broken ||= rest.length >= 16
      return 0
    }
    if (++this.#frames > MOST_FRAMES) this.broken = true
    if (type[0] !== HEADERS) {
      this.#left = length[0]
      this.#isBody = type[0] === DATA
      return length[1]
    }
    const [size, from] = length
    this.broken ||= size > MOST_SECTION
    if (rest.length < from + size) return 0
    this.#readHeaders(rest.subarray(from, from + size))
    return from + size
  }

  #readHeaders(section: Buffer): void {
    if (this.status !== undefined) return // trailers
    const fields = decodeFields(section)
    const status = fields?.find(([name]) => name === ':status')?.[1] ?? ''
    if (fields === undefined || !/^[1-9]\d\d$/.test(status)) {
      this.broken = true
      return
    }
    if (status.startsWith('1')) return // on the way: the answer itself follows
    this.status = Number(status)
    this.headers = fields.filter(([name]) => !name.startsWith(':'))
  }

  #keep(part: Buffer): void {
    const room = this.#cap - this.#kept
    if (part.length > room) this.full = true
    if (room <= 0) return
    this.#body.push(Buffer.from(part.subarray(0, room)))
    this.#kept += Math.min(room, part.length)
  }
}
