/** Size of every header and the grain of every body. */
export const BLOCK = 512

export interface TarHeader {
  readonly name: string
  /** Bytes of the body; undefined where the field is not a number. */
  readonly size: number | undefined
  /** Type flag: `0` a file, `x` and `g` pax records, `L` and `K` long names of GNU tar, `5` a folder … */
  readonly type: string
}

const text = (block: Buffer, from: number, length: number): string => {
  const field = block.subarray(from, from + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

function number(block: Buffer, from: number, length: number): number | undefined {
  // the caller gives whole blocks, so every byte is there
  if ((block[from]! & 0x80) !== 0) {
    // base-256 of GNU tar
    let value = block[from]! & 0x7f
    for (let i = from + 1; i < from + length; i++) value = value * 256 + block[i]!
    return Number.isSafeInteger(value) ? value : undefined
  }
  const digits = text(block, from, length).trim()
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** Whether 512 bytes are a header: the sum of its bytes (the checksum read as blanks) is in it. */
export function isTarHeader(block: Buffer): boolean {
  const stored = number(block, 148, 8)
  if (stored === undefined || stored === 0) return false
  let sum = 8 * 0x20
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i]! // a block has 512 bytes
  return sum === stored
}

/** Reads a header whose checksum was verified. Source: POSIX.1-2001 pax, ustar interchange format. */
export function decodeTarHeader(block: Buffer): TarHeader {
  const prefix = text(block, 257, 5) === 'ustar' ? text(block, 345, 155) : ''
  const name = text(block, 0, 100)
  const flag = block[156]! // a block has 512 bytes
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: number(block, 124, 12),
    type: flag === 0 ? '0' : String.fromCharCode(flag),
  }
}

/** Records `length key=value\n` of a pax header; malformed ones end the list. */
export function decodePaxRecords(body: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at)
    const length = space < 0 ? Number.NaN : Number(body.toString('latin1', at, space))
    if (!Number.isInteger(length) || length <= space - at + 1 || at + length > body.length) break
    const record = body.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1))
    at += length
  }
  return records
}
