import { randomBytes } from 'node:crypto'

/** Random bytes of the machine, as many as asked for: nobody guesses them. */
export const systemRandom = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes))
