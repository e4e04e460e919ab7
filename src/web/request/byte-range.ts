/** Bytes of a file from the first to the last, both inclusive. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/i

/**
 * What of a file of so many bytes the header `range` asks for: one range, `none` where nothing of it is in the file,
 * and undefined where the whole is to be sent: without the header, for several ranges, and for anything that is not
 * understood. RFC 9110 §14.1.2, §14.2.
 */
export function readRange(header: string | undefined, bytes: number): ByteRange | 'none' | undefined {
  const [, first = '', last = ''] = RANGE.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), bytes)
    return length === 0 ? 'none' : { first: bytes - length, last: bytes - 1 }
  }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return undefined
  if (from >= bytes) return 'none'
  return { first: from, last: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) }
}
