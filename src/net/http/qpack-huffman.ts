/**
 * Lengths of the codes of HPACK and QPACK for the bytes 0 to 255 and the end, run-length written. Source: RFC 7541
 * appendix B; the code is canonical, so its lengths say everything.
 */
const LENGTHS =
  '13 23 28x7 24 30 28x2 30 28x8 30 28x9 6 10x2 12 13 6 8 11 10x2 8 11 8 6x3 5x3 6x7 7 8 15 6 12 10 13 6 7x22 8 7 8 13 ' +
  '19 13 14 6 15 5 6 5 6 5 6x3 5 7x2 6x3 5 6 7 6 5x2 6 7x5 15 11 14 13 28 20 22 20x2 22x3 23 22 23x5 24 23 24x2 22 23 ' +
  '24 23x4 21 22 23 22 23x2 24 22 21 20 22x2 23x2 21 23 22x2 24 21 22 23x2 21x2 22 21 23 22 23x2 20 22x3 23 22x2 23 ' +
  '26x2 20 19 22 23 22 25 26x3 27x2 26 24 25 19 21 26 27x2 26 27 24 21x2 26x2 28 27x3 20 24 20 21 22 21x2 23 22x2 25x2 ' +
  '24x2 26 23 26 27 26x2 27x5 28 27x5 26 30'

const END = 256

/** Byte of each code, under its length and value. */
const CODES: ReadonlyMap<number, number> = (() => {
  const lengths = LENGTHS.split(' ').flatMap((run) => {
    const [length, times] = run.split('x')
    return Array.from({ length: Number(times ?? 1) }, () => Number(length))
  })
  const inOrder = lengths
    .map((length, byte) => ({ length, byte }))
    .sort((a, b) => a.length - b.length || a.byte - b.byte)
  const codes = new Map<number, number>()
  let code = 0
  let before = 0
  for (const { length, byte } of inOrder) {
    code *= 2 ** (length - before)
    before = length
    codes.set(keyOf(length, code++), byte)
  }
  return codes
})()

function keyOf(length: number, code: number): number {
  return 2 ** length + code
}

/** Text of a Huffman-coded string, as latin1; undefined where it is not one. RFC 7541 §5.2. */
export function decodeHuffman(bytes: Uint8Array): string | undefined {
  const text: number[] = []
  let length = 0
  let code = 0
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1)
      if (++length > 30) return undefined
      const found = CODES.get(keyOf(length, code))
      if (found === undefined) continue
      if (found === END) return undefined
      text.push(found)
      length = 0
      code = 0
    }
  }
  // What remains is padding: at most seven bits, all ones.
  return length < 8 && code === 2 ** length - 1 ? Buffer.from(text).toString('latin1') : undefined
}
