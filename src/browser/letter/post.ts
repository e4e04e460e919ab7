import { solveWork } from '../work/solve.ts'

/** What came of sending a signature. */
export type Sent =
  | { readonly kind: 'accepted'; readonly mail: boolean }
  | { readonly kind: 'busy'; readonly seconds: number }
  | { readonly kind: 'offline' | 'closed' | 'changed' | 'mail' | 'refused' | 'work' }

const BUSY = new Set([429, 503])
const MOST_WAIT_S = 600

/**
 * Sends what was sealed, with a proof of work; one that had expired is made once more. Rejects only where the signal
 * aborts. Sent again it is the same signature: an answer that was lost costs nothing.
 */
export async function postSealed(
  body: object,
  options: { readonly signal: AbortSignal; readonly onTries: (tries: number) => void; readonly onSending: () => void },
): Promise<Sent> {
  const first = await postOnce(body, options)
  return first.kind === 'work' ? postOnce(body, options) : first
}

async function postOnce(
  body: object,
  {
    signal,
    onTries,
    onSending,
  }: { readonly signal: AbortSignal; readonly onTries: (tries: number) => void; readonly onSending: () => void },
): Promise<Sent> {
  try {
    const asked = await fetch('/work/sign', { cache: 'no-store', credentials: 'omit', signal })
    if (!asked.ok) return refusal(asked)
    const work = await solveWork(await asked.json(), { signal, onProgress: onTries })
    onSending()
    const answer = await fetch('/sign', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'omit',
      body: JSON.stringify({ ...body, work }),
      signal,
    })
    if (!answer.ok) return await refusal(answer)
    const said: unknown = await answer.json()
    return { kind: 'accepted', mail: typeof said === 'object' && said !== null && Reflect.get(said, 'mail') === true }
  } catch {
    signal.throwIfAborted()
    return { kind: 'offline' }
  }
}

async function refusal(answer: Response): Promise<Sent> {
  if (BUSY.has(answer.status)) {
    const seconds = Number(answer.headers.get('retry-after'))
    return { kind: 'busy', seconds: seconds > 0 ? Math.min(MOST_WAIT_S, Math.ceil(seconds)) : 5 }
  }
  const code = await codeOf(answer)
  if (code.startsWith('work.')) return { kind: 'work' }
  if (code === 'mail.invalid') return { kind: 'mail' }
  if (code === 'letter.changed') return { kind: 'changed' }
  return { kind: code === 'letter.over' || code === 'letter.not-yet' ? 'closed' : 'refused' }
}

async function codeOf(answer: Response): Promise<string> {
  try {
    const { error } = (await answer.json()) as { error?: { code?: unknown } }
    return String(error?.code)
  } catch {
    return ''
  }
}
