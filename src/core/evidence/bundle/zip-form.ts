import { InputError } from '../../model/errors.ts'
import { byPath } from './bag.ts'

// A zip whose bytes depend on nothing but the files and how they were packed: members by path, without times, comments
// and folders. The fields are those of PKWARE's APPNOTE 6.3; sections are named beside them.

/** A member whose length and check sum are known before its bytes are written. */
export interface ZipMember {
  readonly path: string
  readonly size: number
  /** CRC-32 of its bytes, as zlib computes it. */
  readonly crc32: number
  /** Length of its bytes in DEFLATE form, which follow in place of them; absent: they are stored. */
  readonly packed?: number
}

/** Most bytes that one packed byte may become: what packs better is stored, so that no bundle looks like a bomb. */
export const MOST_RATIO = 200

/** Whether a member is packed: only if that is shorter, and not by more than a reader allows. */
export const isWorthPacking = (size: number, packed: number): boolean => packed < size && size <= packed * MOST_RATIO

export interface PlacedMember extends ZipMember {
  /** Where its local header begins. */
  readonly offset: number
}

export interface ZipPlan {
  readonly members: readonly PlacedMember[]
  /** What follows the last member: central directory and end records. */
  readonly end: Uint8Array
  /** Length of the whole zip. */
  readonly size: number
}

const LOCAL = 0x0403_4b50
const CENTRAL = 0x0201_4b50
const END = 0x0605_4b50
const END_64 = 0x0606_4b50
const LOCATOR_64 = 0x0706_4b50
/** 1980-01-01, the earliest day that the format can say: it stands for no time at all. */
const NO_DATE = 0x0021
const STORED_VERSION = 20
const ZIP64_VERSION = 45
/** Made by Unix: the upper half of the external attributes is then the mode of a file. */
const UNIX = 0x0300
const PLAIN_FILE = 0o100644
const STORED = 0
const DEFLATED = 8
const MOST_16 = 0xffff
const MOST_32 = 0xffff_ffff

const ENCODER = new TextEncoder()

/** Bytes written one after another, little-endian. */
class Fields {
  readonly bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(length: number) {
    this.bytes = new Uint8Array(length)
    this.#view = new DataView(this.bytes.buffer)
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint16(this.#at, value, true)
      this.#at += 2
    }
    return this
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint32(this.#at, value, true)
      this.#at += 4
    }
    return this
  }

  u64(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setBigUint64(this.#at, BigInt(value), true)
      this.#at += 8
    }
    return this
  }

  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }
}

const methodOf = (packed: number | undefined): number => (packed === undefined ? STORED : DEFLATED)

/** Local header of a member (4.3.7): its bytes follow at once. */
export function zipLocalHeader({ path, size, crc32, packed }: ZipMember): Uint8Array {
  const name = ENCODER.encode(path)
  return new Fields(30 + name.length)
    .u32(LOCAL)
    .u16(STORED_VERSION, 0, methodOf(packed), 0, NO_DATE)
    .u32(crc32, packed ?? size, size)
    .u16(name.length, 0)
    .raw(name).bytes
}

/** Header in the central directory (4.3.12); an offset that 32 bits do not hold is in a zip64 field (4.5.3). */
function centralHeader({ path, size, crc32, packed, offset }: PlacedMember): Uint8Array {
  const name = ENCODER.encode(path)
  const far = offset >= MOST_32
  const version = far ? ZIP64_VERSION : STORED_VERSION
  const head = new Fields(46 + name.length + (far ? 12 : 0))
    .u32(CENTRAL)
    .u16(UNIX + version, version, 0, methodOf(packed), 0, NO_DATE)
    .u32(crc32, packed ?? size, size)
    .u16(name.length, far ? 12 : 0, 0, 0, 0)
    .u32(PLAIN_FILE * 0x1_0000, far ? MOST_32 : offset)
    .raw(name)
  return far ? head.u16(1, 8).u64(offset).bytes : head.bytes
}

/** End records (4.3.14 to 4.3.16); the 64-bit ones only where a number does not fit. */
function endRecords(count: number, size: number, offset: number): Uint8Array {
  const large = count >= MOST_16 || size >= MOST_32 || offset >= MOST_32
  const fields = new Fields(22 + (large ? 56 + 20 : 0))
  if (large) {
    fields
      .u32(END_64)
      .u64(44)
      .u16(UNIX + ZIP64_VERSION, ZIP64_VERSION)
      .u32(0, 0)
      .u64(count, count, size, offset)
    fields
      .u32(LOCATOR_64, 0)
      .u64(offset + size)
      .u32(1)
  }
  const shown = Math.min(count, MOST_16)
  return fields.u32(END).u16(0, 0, shown, shown).u32(Math.min(size, MOST_32), Math.min(offset, MOST_32)).u16(0).bytes
}

/** Places members one after another. Throws InputError for a member of 4 GiB, a path twice or one that is no ASCII. */
export function planZip(files: readonly ZipMember[]): ZipPlan {
  const members: PlacedMember[] = []
  let offset = 0
  for (const file of files.toSorted(byPath)) {
    if (members.at(-1)?.path === file.path) throw refuse(file.path, 'each path once')
    if (!/^[\x20-\x7e]{1,400}$/.test(file.path)) throw refuse(file.path, 'paths of plain letters')
    if (!(Number.isSafeInteger(file.size) && file.size >= 0 && file.size < MOST_32))
      throw refuse(file.path, 'members below 4 GiB')
    members.push({ ...file, offset })
    offset += 30 + file.path.length + (file.packed ?? file.size)
  }
  const central = members.map(centralHeader)
  const size = central.reduce((sum, { length }) => sum + length, 0)
  const records = endRecords(members.length, size, offset)
  const end = new Uint8Array(size + records.length)
  let at = 0
  for (const part of [...central, records]) {
    end.set(part, at)
    at += part.length
  }
  return { members, end, size: offset + end.length }
}

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot write zip: expected ${expected}, found "${path.slice(0, 120)}"`, {
    code: 'zip.member',
    path: path.slice(0, 120),
    expected,
  })
