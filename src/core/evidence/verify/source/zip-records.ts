import { isWorthPacking } from '../../bundle/zip-form.ts'

// Records of a zip (APPNOTE.TXT 6.3.10, §4.3), in the one form that a bundle has them: everything but names, sizes,
// checksums, offsets and whether a member is packed is fixed.

/** One member as a header states it. */
export interface ZipHeader {
  readonly versionMadeBy: number
  readonly versionNeeded: number
  readonly flags: number
  readonly method: number
  /** Time and date as two 16-bit numbers, the date above. */
  readonly stamp: number
  readonly crc: number
  readonly compressed: number
  readonly size: number
  readonly name: Uint8Array
  readonly extra: Uint8Array
  readonly comment: number
  readonly disk: number
  readonly internal: number
  readonly external: number
  readonly offset: number
  /** Bytes of the header with its name and extra fields. */
  readonly length: number
}

export interface ZipEnd {
  readonly count: number
  readonly directoryOffset: number
  readonly directorySize: number
}

const LOCAL_BYTES = 30
export const CENTRAL_BYTES = 46
export const END_BYTES = 22
/** Record and locator of zip64, before the end record. */
export const END64_BYTES = 76
export const DEFLATED = 8
const FULL = 0xffff_ffff
const VERSION = 20
const VERSION_64 = 45
/** 1980-01-01, midnight. */
const STAMP = 0x0021_0000
const UNIX = 0x0300
const PLAIN_FILE = 0o100_644 * 0x1_0000

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const number64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true))

/** Values of a zip64 extra field, which must be the only one; undefined where it is another, or of another length. */
function wideValues(extra: Uint8Array, count: number): readonly number[] | undefined {
  if (count === 0) return extra.length === 0 ? [] : undefined
  const view = viewOf(extra)
  if (extra.length !== 4 + 8 * count || view.getUint16(0, true) !== 1 || view.getUint16(2, true) !== 8 * count)
    return undefined
  return Array.from({ length: count }, (_, at) => number64(view, 4 + 8 * at))
}

/** A header of the central directory at `at`; undefined where there is none, or it runs over the end. */
export function readCentral(bytes: Uint8Array, at: number): ZipHeader | undefined {
  if (at + CENTRAL_BYTES > bytes.length) return undefined
  const view = viewOf(bytes)
  if (view.getUint32(at, true) !== 0x0201_4b50) return undefined
  const nameAt = at + CENTRAL_BYTES
  const extraAt = nameAt + view.getUint16(at + 28, true)
  const comment = view.getUint16(at + 32, true)
  const end = extraAt + view.getUint16(at + 30, true) + comment
  if (end > bytes.length) return undefined
  const extra = bytes.subarray(extraAt, end - comment)
  const stated = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)]
  const wide = wideValues(extra, stated.filter((value) => value === FULL).length) ?? []
  let next = 0
  const [size = FULL, compressed = FULL, offset = FULL] = stated.map((value) =>
    value === FULL ? (wide[next++] ?? FULL) : value,
  )
  return {
    versionMadeBy: view.getUint16(at + 4, true),
    versionNeeded: view.getUint16(at + 6, true),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    stamp: view.getUint32(at + 12, true),
    crc: view.getUint32(at + 16, true),
    compressed,
    size,
    name: bytes.subarray(nameAt, extraAt),
    extra,
    comment,
    disk: view.getUint16(at + 34, true),
    internal: view.getUint16(at + 36, true),
    external: view.getUint32(at + 38, true),
    offset,
    length: end - at,
  }
}

/** Bytes of the local header that a central one of a bundle has beside its data. */
export function localHeader({ crc, compressed, method, size, name }: ZipHeader): Uint8Array {
  const wide = size >= FULL
  const bytes = new Uint8Array(LOCAL_BYTES + name.length + (wide ? 20 : 0))
  const view = viewOf(bytes)
  view.setUint32(0, 0x0403_4b50, true)
  view.setUint16(4, wide ? VERSION_64 : VERSION, true)
  view.setUint16(8, method, true)
  view.setUint32(10, STAMP, true)
  view.setUint32(14, crc, true)
  view.setUint32(18, wide ? FULL : compressed, true)
  view.setUint32(22, wide ? FULL : size, true)
  view.setUint16(26, name.length, true)
  bytes.set(name, LOCAL_BYTES)
  if (!wide) return bytes
  view.setUint16(28, 20, true)
  view.setUint16(LOCAL_BYTES + name.length, 1, true)
  view.setUint16(LOCAL_BYTES + name.length + 2, 16, true)
  view.setBigUint64(LOCAL_BYTES + name.length + 4, BigInt(size), true)
  view.setBigUint64(LOCAL_BYTES + name.length + 12, BigInt(size), true)
  return bytes
}

/** Whether a central header holds nothing but what a bundle's has: no time, mode, flag, comment or field of its own. */
export function isPlain(header: ZipHeader): boolean {
  const wide = [header.size, header.compressed, header.offset].filter((value) => value >= FULL).length
  const version = wide > 0 ? VERSION_64 : VERSION
  return (
    header.versionMadeBy === UNIX + version &&
    header.versionNeeded === version &&
    header.flags === 0 &&
    header.stamp === STAMP &&
    (header.method === 0
      ? header.compressed === header.size
      : header.method === DEFLATED && header.size < FULL && isWorthPacking(header.size, header.compressed)) &&
    wideValues(header.extra, wide) !== undefined &&
    header.comment === 0 &&
    header.disk === 0 &&
    header.internal === 0 &&
    header.external === PLAIN_FILE
  )
}

/** Whether a member is anything but a file by its mode: a link above all. */
export const isLink = ({ external }: ZipHeader): boolean => {
  const kind = (external >>> 28) & 0xf
  return kind !== 0 && kind !== 8 && kind !== 4
}

/**
 * The end of a zip from its last bytes (at least `END_BYTES + END64_BYTES` where the zip is that long), of which the
 * first is at `offset`. Undefined where there is none, it has a comment, speaks of several disks, or does not follow
 * the directory without a gap.
 */
export function readEnd(tail: Uint8Array, offset: number): ZipEnd | undefined {
  const at = tail.length - END_BYTES
  if (at < 0) return undefined
  const view = viewOf(tail)
  const count = view.getUint16(at + 10, true)
  if (view.getUint32(at, true) !== 0x0605_4b50 || view.getUint32(at + 4, true) !== 0) return undefined
  if (view.getUint16(at + 8, true) !== count || view.getUint16(at + 20, true) !== 0) return undefined
  const end = {
    count,
    directorySize: view.getUint32(at + 12, true),
    directoryOffset: view.getUint32(at + 16, true),
  }
  const wide = count === 0xffff || end.directoryOffset === FULL
  if (!wide) return end.directoryOffset + end.directorySize === offset + at ? end : undefined
  return readEnd64(view, at - END64_BYTES, offset, end)
}

function readEnd64(view: DataView, at: number, offset: number, stated: ZipEnd): ZipEnd | undefined {
  if (at < 0 || view.getUint32(at, true) !== 0x0606_4b50 || view.getUint32(at + 56, true) !== 0x0706_4b50)
    return undefined
  const end = {
    count: number64(view, at + 32),
    directorySize: number64(view, at + 40),
    directoryOffset: number64(view, at + 48),
  }
  const fixed =
    number64(view, at + 4) === 44 &&
    view.getUint32(at + 12, true) === VERSION_64 * 0x1_0000 + UNIX + VERSION_64 &&
    view.getUint32(at + 16, true) === 0 &&
    view.getUint32(at + 20, true) === 0 &&
    number64(view, at + 24) === end.count &&
    view.getUint32(at + 60, true) === 0 &&
    number64(view, at + 64) === offset + at &&
    view.getUint32(at + 72, true) === 1
  const narrow =
    Math.min(end.count, 0xffff) === stated.count &&
    Math.min(end.directorySize, FULL) === stated.directorySize &&
    Math.min(end.directoryOffset, FULL) === stated.directoryOffset
  return fixed && narrow && end.directoryOffset + end.directorySize === offset + at ? end : undefined
}
