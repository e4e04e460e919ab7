import { createHmac, randomBytes, randomInt } from 'node:crypto'
import { createChallenge, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { z } from 'zod'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { WorkDesk } from './contract.ts'

/** How long a challenge is valid: a reader fills in a form, and a phone that slept solves it late. */
export const WORK_MS = 20 * MINUTE_MS
const ALGORITHM = 'PBKDF2/SHA-256'
/** Iterations of PBKDF2 of one try: a quarter of a millisecond. */
const COST = 1000
/** The answer is one of so many, all as likely: half of them are tried, a quarter of a second. */
const MOST_TRIES = 2000
/** A solution is some 600 characters. */
const MOST_CHARACTERS = 2048
const FEWEST_SECRET = 32

const hex = (characters: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${characters}}$`))
const solutionSchema = z.object({
  challenge: z.strictObject({
    parameters: z.strictObject({
      algorithm: z.literal(ALGORITHM),
      cost: z.int().positive(),
      data: z.strictObject({ for: z.string().max(20), until: z.int().positive() }),
      keyLength: z.int().positive(),
      keyPrefix: hex(32),
      keySignature: hex(64),
      nonce: hex(32),
      salt: hex(32),
    }),
    signature: hex(64),
  }),
  solution: z.object({ counter: z.int().nonnegative().max(0xffff_ffff), derivedKey: hex(64) }),
})
type Solution = z.infer<typeof solutionSchema>

export interface WorkOptions {
  readonly clock: Clock
  /**
   * Signs challenges; random and of this process alone where left out. Given, at least 32 characters, where a benchmark
   * makes its challenges itself, so that it need not spend a quarter of a second on each.
   */
  readonly secret?: string
  /** Solutions that are remembered; further ones are refused until earlier ones have expired. */
  readonly mostSpent?: number
}

/**
 * Gives challenges and looks at their solutions. The answer is drawn beforehand, so that a phone never searches longer
 * than `MOST_TRIES`, and a look at a solution is two digests: nothing here grows slow under wrong solutions.
 */
export function openWork({ clock, secret = randomBytes(32).toString('hex'), mostSpent }: WorkOptions): WorkDesk {
  if (secret.length < FEWEST_SECRET) throw new RangeError(`a secret has at least ${FEWEST_SECRET} characters`)
  const secrets = {
    hmacSignatureSecret: secret,
    hmacKeySignatureSecret: createHmac('sha256', secret).update('answer').digest('hex'),
  }
  const spent = new SpentWork(mostSpent)
  return {
    challenge: (purpose) =>
      createChallenge({
        algorithm: ALGORITHM,
        cost: COST,
        deriveKey,
        counter: randomInt(MOST_TRIES),
        // Not `expiresAt`: that is compared with a clock that was not passed in.
        data: { for: purpose, until: Math.floor((clock.now() + WORK_MS) / 1000) },
        ...secrets,
      }),
    async verify(text, purpose) {
      const given = parseSolution(text)
      if (given === undefined || given.challenge.parameters.data.for !== purpose) return 'wrong'
      const { nonce, data } = given.challenge.parameters
      const now = Math.floor(clock.now() / 1000)
      // Before the signature is checked, since it costs more; a person who alters the time learns nothing from it.
      if (data.until < now) return 'expired'
      if (spent.has(nonce, data.until)) return 'spent'
      const { verified } = await verifySolution({ ...given, deriveKey, ...secrets })
      if (!verified || data.until > now + WORK_MS / 1000) return 'wrong'
      return spent.take(nonce, data.until, now)
    },
  }
}

function parseSolution(text: string): Solution | undefined {
  if (text.length > MOST_CHARACTERS || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  try {
    const { data } = solutionSchema.safeParse(JSON.parse(Buffer.from(text, 'base64').toString('utf8')))
    return data
  } catch {
    return undefined
  }
}

/** Some 40 bytes each: what 1,600 solutions a second leave in the 20 minutes of their life. */
const MOST_SPENT = 2_000_000
const SLICE_S = 60

/**
 * Solutions that were taken, until they expire: their price is no price if one opens the door twice. Known by 52 bits of
 * a nonce that the server drew itself, so that two are confused once in two thousand million looks.
 */
class SpentWork {
  readonly #most: number
  /** By the minute in which they expire. */
  readonly #slices = new Map<number, Set<number>>()
  #size = 0

  constructor(most = MOST_SPENT) {
    this.#most = most
  }

  has(nonce: string, until: number): boolean {
    return this.#slices.get(sliceOf(until))?.has(markOf(nonce)) ?? false
  }

  /**
   * Takes a solution, times in seconds. Where no more can be remembered it is refused as `expired`, so that a page asks
   * for another challenge: to take what might be taken twice would give the flood what it wants.
   */
  take(nonce: string, until: number, now: number): 'done' | 'spent' | 'expired' {
    if (this.has(nonce, until)) return 'spent'
    this.#forget(now)
    if (this.#size >= this.#most) return 'expired'
    const slice = this.#slices.get(sliceOf(until)) ?? new Set()
    this.#slices.set(sliceOf(until), slice.add(markOf(nonce)))
    this.#size += 1
    return 'done'
  }

  #forget(now: number): void {
    for (const [slice, marks] of this.#slices)
      if (slice < sliceOf(now)) {
        this.#slices.delete(slice)
        this.#size -= marks.size
      }
  }
}

const sliceOf = (until: number): number => Math.floor(until / SLICE_S)
const markOf = (nonce: string): number => Number.parseInt(nonce.slice(0, 13), 16)
