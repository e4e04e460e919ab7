import { randomBytes } from 'node:crypto'

/** Random bytes of the machine, as many as asked for: no one can guess them. */
export const systemRandom = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes))

/** A number from 0 to 1 by chance, for waiting times and samples; not for secrets. */
export const systemChance = (): number => Math.random()
