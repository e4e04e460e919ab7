/**
 * A list in an order that cannot be foreseen: Fisher and Yates, each draw without bias (numbers beyond the last whole
 * multiple are drawn again). `random` gives bytes that cannot be foreseen.
 */
export function shuffle<T>(list: readonly T[], random: (length: number) => Uint8Array): T[] {
  const shuffled = [...list]
  let pool: DataView = new DataView(new ArrayBuffer(0))
  let at = 0
  const next = (): number => {
    if (at === pool.byteLength) {
      const bytes = random(4 * DRAWS)
      pool = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      at = 0
    }
    at += 4
    return pool.getUint32(at - 4)
  }
  for (let last = shuffled.length - 1; last > 0; last--) {
    const sides = last + 1
    const fair = 2 ** 32 - (2 ** 32 % sides)
    let drawn = next()
    while (drawn >= fair) drawn = next()
    const other = drawn % sides
    const kept = shuffled[last]! // both places are within the list
    shuffled[last] = shuffled[other]! // as above
    shuffled[other] = kept
  }
  return shuffled
}
const DRAWS = 256
