import { encodeBase64 } from '../../core/evidence/base64.ts'
import { LONGEST_TEXT_BYTES, SENT_BYTES } from '../../core/model/sealed-size.ts'
import { solveWork } from '../../browser/work/solve.ts'

/** What came of sending a signature. */
export type SignatureOutcome =
  | { readonly kind: 'accepted'; readonly mail: boolean }
  | { readonly kind: 'busy'; readonly seconds: number }
  /** `unsure`: it is not known whether it arrived. */
  | { readonly kind: 'offline' | 'unsure' | 'closed' | 'changed' | 'mail' | 'refused' | 'work' }

const encoder = new TextEncoder()
const lengthOf = (value: object): number => encoder.encode(JSON.stringify(value)).length

/**
 * JSON of a body, with spaces behind it: as long as that of the longest one, up to a multiple of 4 KiB. A person who
 * watches the connection sees its length, and learns from it neither whether there is a mailbox nor how much was
 * written.
 */
export function padBody({ body, longest }: Sending): string {
  const own = lengthOf(body)
  const whole = Math.ceil(Math.max(own, lengthOf(longest)) / SENT_BYTES) * SENT_BYTES
  return JSON.stringify(body) + ' '.repeat(whole - own)
}

/** What is sent, and the same with every part as long as it may be. */
export interface Sending {
  readonly body: object
  readonly longest: object
}

/** What is sent of a signature; `length` is that of the text that was sealed. */
export function sendingOf(rest: object, sealed: Uint8Array, length: number): Sending {
  const longer = new Uint8Array(sealed.length + Math.max(0, LONGEST_TEXT_BYTES - length))
  return {
    body: { ...rest, sealed: encodeBase64(sealed) },
    longest: { ...rest, sealed: encodeBase64(longer), region: LONGEST_REGION, mail: LONGEST_MAIL },
  }
}
const LONGEST_REGION = 'abroad'
const LONGEST_MAIL = 'm'.repeat(254)

const BUSY = new Set([429, 503])
const MOST_WAIT_S = 600

/**
 * Sends what was sealed, with a proof of work; one that had expired is made again. Rejects only where the signal
 * aborts before it is on its way. Sent again it is the same signature: an answer that was lost costs nothing.
 */
export async function postSealed(
  sending: Sending,
  options: { readonly signal: AbortSignal; readonly onTries: (tries: number) => void; readonly onSending: () => void },
): Promise<SignatureOutcome> {
  const first = await postOnce(sending, options)
  return first.kind === 'work' ? postOnce(sending, options) : first
}

async function postOnce(
  { body, longest }: Sending,
  {
    signal,
    onTries,
    onSending,
  }: { readonly signal: AbortSignal; readonly onTries: (tries: number) => void; readonly onSending: () => void },
): Promise<SignatureOutcome> {
  let sending = false
  try {
    const asked = await fetch('/work/sign', { cache: 'no-store', credentials: 'omit', signal })
    if (!asked.ok) return refusal(asked)
    const work = await solveWork(await asked.json(), { signal, onProgress: onTries })
    onSending()
    sending = true
    const answer = await fetch('/sign', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'omit',
      body: padBody({ body: { ...body, work }, longest: { ...longest, work } }),
      signal,
    })
    if (!answer.ok) return await refusal(answer)
    const said: unknown = await answer.json()
    return { kind: 'accepted', mail: typeof said === 'object' && said !== null && Reflect.get(said, 'mail') === true }
  } catch {
    if (sending) return { kind: 'unsure' }
    signal.throwIfAborted()
    return { kind: 'offline' }
  }
}

async function refusal(answer: Response): Promise<SignatureOutcome> {
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
