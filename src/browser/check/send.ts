import { encodeHex } from '../../core/evidence/hex.ts'
import type { CrowdCheck } from '../../core/model/people/crowd-check.ts'
import { solveWork } from '../work/solve.ts'

/** What came of sending something to the server. */
export type SendOutcome<T> =
  | { readonly kind: 'taken'; readonly answer: T }
  /** Seconds after which it may be tried again. */
  | { readonly kind: 'busy'; readonly seconds: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unsent' }

const BUSY: readonly number[] = [429, 503]
const MOST_WAIT_S = 600

/** Distinguishes two people of one address for as long as this page is open; kept nowhere. */
const token = encodeHex(crypto.getRandomValues(new Uint8Array(16)))

/** Sends a check, exactly as it was shown. */
export const sendCheck = (check: CrowdCheck, signal: AbortSignal): Promise<SendOutcome<unknown>> =>
  post('/check/results', { check, token }, { purpose: 'check', signal })

/** Solves a challenge of the server and sends a body with its solution. Rejects only where the signal aborts. */
export async function post(
  path: string,
  body: object,
  { purpose, signal }: { readonly purpose: 'check' | 'saved-check'; readonly signal: AbortSignal },
): Promise<SendOutcome<unknown>> {
  try {
    const given = await fetch(`/work/${purpose}`, { cache: 'no-store', credentials: 'omit', signal })
    if (!given.ok) return refusal(given)
    const work = await solveWork(await given.json(), { signal })
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'omit',
      body: JSON.stringify({ ...body, work }),
      signal,
    })
    return answer.ok ? { kind: 'taken', answer: await answer.json() } : refusal(answer)
  } catch {
    signal.throwIfAborted()
    return { kind: 'unsent' }
  }
}

function refusal({ status, headers }: Response): SendOutcome<never> {
  return BUSY.includes(status) ? { kind: 'busy', seconds: waitOf(headers) } : { kind: 'refused' }
}

/** Seconds that a server asks to wait. */
export function waitOf(headers: Headers): number {
  const asked = Number(headers.get('retry-after') ?? '')
  return Number.isFinite(asked) && asked > 0 ? Math.min(MOST_WAIT_S, Math.ceil(asked)) : 5
}
