import { solveChallenge, type Challenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'

export interface SolveOptions {
  readonly signal: AbortSignal
  /** Told after each try how many there were; at most 2000 are needed, half of them as a rule. */
  readonly onProgress?: (tries: number) => void
}

/** A page is kept busy no longer than this, even if a challenge asks for more. */
const LIMIT_MS = 120_000
/** Rounds of a try, and bytes of a key: some times what is asked. */
const MOST_COST = 100_000
const MOST_KEY = 64
const MOST_TEXT = 128

/**
 * Solves a challenge as `GET /work/…` gives it, and gives what a form sends: base64 of JSON
 * (docs/formats/crowd-check.md, "Work"). The tries are made by the browser outside the thread of the page, which stays
 * free. Rejects with the reason of the signal, and with an Error for a challenge that is none or that cannot be solved.
 */
export async function solveWork(challenge: unknown, { signal, onProgress }: SolveOptions): Promise<string> {
  signal.throwIfAborted()
  const asked = readChallenge(challenge)
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  signal.addEventListener('abort', stop, { once: true })
  let tries = 0
  try {
    const solution = await solveChallenge({
      challenge: asked,
      deriveKey: (parameters, salt, password) => {
        onProgress?.(++tries)
        return deriveKey(parameters, salt, password)
      },
      controller,
      timeout: LIMIT_MS,
    })
    signal.throwIfAborted()
    if (solution === null) throw new Error('Cannot solve the work: it takes too long')
    const { counter, derivedKey } = solution
    // Only ASCII: hexadecimal digits, numbers and names of members.
    return btoa(JSON.stringify({ challenge: asked, solution: { counter, derivedKey } }))
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/**
 * Every member that a challenge has, each of its own form and nothing besides: what is sent back is what was read here.
 */
function readChallenge(value: unknown): Challenge {
  if (!isRecord(value) || !isRecord(value['parameters'])) throw noChallenge()
  const { algorithm, cost, data, keyLength, keyPrefix, keySignature, nonce, salt } = value['parameters']
  if (algorithm !== 'PBKDF2/SHA-256' || !isRecord(data)) throw noChallenge()
  return {
    parameters: {
      algorithm,
      cost: whole(cost, MOST_COST),
      data: { for: text(data['for']), until: whole(data['until'], Number.MAX_SAFE_INTEGER) },
      keyLength: whole(keyLength, MOST_KEY),
      keyPrefix: text(keyPrefix),
      keySignature: text(keySignature),
      nonce: text(nonce),
      salt: text(salt),
    },
    signature: text(value['signature']),
  }
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value.length > MOST_TEXT) throw noChallenge()
  return value
}

function whole(value: unknown, most: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1 || value > most) throw noChallenge()
  return value
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
const noChallenge = (): Error => new Error('Cannot solve the work: the challenge is of another form')
