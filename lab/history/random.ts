import { createHash } from 'node:crypto'

/** A stream of pseudo-random numbers that depends on its seed and label alone. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number
  /** Uniform integer in [0, limit). */
  below(limit: number): number
  /** True with probability `p`. */
  chance(p: number): boolean
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /** The list in another order. */
  shuffle<T>(list: readonly T[]): readonly T[]
  /** `length` characters of `alphabet`. */
  word(length: number, alphabet: string): string
}

/**
 * Opens a stream: every label has one of its own, so that adding a story never shifts the numbers of another.
 * Method: sfc32 (Doty-Humphrey's small fast counting generator), state from SHA-256 of seed and label.
 */
export function createRandom(seed: number, label: string): Random {
  const digest = createHash('sha256').update(`${seed}\n${label}`).digest()
  let [a, b, c, counter] = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), 1]
  const draw = (): number => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + result) | 0
    return result >>> 0
  }
  for (let i = 0; i < 12; i++) draw()
  const next = (): number => draw() / 2 ** 32
  const below = (limit: number): number => Math.floor(next() * limit)
  const pick = <T>(list: readonly T[]): T => {
    const item = list[below(list.length)]
    if (item === undefined) throw new RangeError('Cannot pick: the list is empty')
    return item
  }
  return {
    next,
    below,
    pick,
    chance: (p) => next() < p,
    between: (low, high) => low + next() * (high - low),
    shuffle: (list) =>
      list
        .map((item) => ({ item, key: next() }))
        .sort((x, y) => x.key - y.key)
        .map(({ item }) => item),
    word: (length, alphabet) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
  }
}
