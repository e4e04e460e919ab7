/** A stream of draws that anyone can repeat from its seed. */
export interface Random {
  /** Uniform in (0, 1): never 0 and never 1, 32 random bits. */
  next(): number
}

/**
 * Gives a deterministic generator of uniform draws: sfc32 (C. Doty-Humphrey, PractRand), its state filled from the seed
 * by splitmix32 and run twelve rounds. Any finite number is a seed; equal seeds give equal streams on every machine.
 */
export function createRandom(seed: number): Random {
  let fill = (Math.trunc(seed) ^ Math.trunc(seed / 0x1_0000_0000)) >>> 0
  const word = (): number => {
    fill = (fill + 0x9e37_79b9) >>> 0
    let mixed = fill ^ (fill >>> 16)
    mixed = Math.imul(mixed, 0x21f0_aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a_2d97)
    return (mixed ^ (mixed >>> 15)) | 0
  }
  let a = word()
  let b = word()
  let c = word()
  let counter = 1
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) draw()
  return { next: () => (draw() + 0.5) / 0x1_0000_0000 }
}
