import type { VerifyRequest, WorkerMessage } from './told.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import { parseVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { verifyBundle } from '../../core/evidence/verify/verify-bundle.ts'
import { openChosen } from './chosen.ts'
import { deriveInBrowser } from './derive-again.ts'
import { cryptography, sha256, webCrypto } from './tools.ts'

export interface VerifyRun {
  /** Ends the check; no message follows. */
  stop(): void
}

/** Where this script is, so that a worker can run it too: its address, or its text. */
export type OwnScript =
  { readonly kind: 'address'; readonly address: string } | { readonly kind: 'text'; readonly text: string }

/**
 * Checks in a worker, so that it stays usable; within the page where the browser refuses a worker, as it does to a
 * page opened from disk with its script in another file.
 */
export function startRun(asked: VerifyRequest, own: OwnScript, tell: (told: WorkerMessage) => void): VerifyRun {
  const stopped = new AbortController()
  const pass = (told: WorkerMessage): void => {
    if (!stopped.signal.aborted) tell(told)
  }
  const within = (): void => {
    void checkChosen(asked, { tell: pass, signal: stopped.signal })
  }
  const worker = openWorker(own)
  if (worker === undefined) within()
  else {
    let heard = false
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      heard = true
      pass(data)
    })
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      worker.terminate()
      if (heard) pass({ kind: 'broken', why: event.message })
      else if (!stopped.signal.aborted) within()
    })
    worker.postMessage(asked)
  }
  return {
    stop() {
      stopped.abort()
      worker?.terminate()
    },
  }
}

function openWorker(own: OwnScript): Worker | undefined {
  try {
    if (own.kind === 'address') return new Worker(own.address)
    const address = URL.createObjectURL(new Blob([own.text], { type: 'text/javascript' }))
    return new Worker(address)
  } catch {
    return undefined
  }
}

/** What the worker does with the one thing that it is asked. */
export function serveWorker(scope: Pick<Window, 'addEventListener' | 'postMessage'>): void {
  scope.addEventListener('message', ({ data }: MessageEvent<VerifyRequest>) => {
    void checkChosen(data, { tell: (told) => scope.postMessage(told), signal: new AbortController().signal })
  })
}

/** Figures that change no faster than people read. */
const TELL_MS = 100

/**
 * Checks what was chosen and tells each step as it ends. It never throws: a failure of its own is reported as `broken`.
 */
async function checkChosen(
  { chosen, keys, roots, judge }: VerifyRequest,
  { tell, signal }: { readonly tell: (told: WorkerMessage) => void; readonly signal: AbortSignal },
): Promise<void> {
  const now = instant(Date.now())
  const figures = seldom(tell)
  const rest = breathing()
  const subtle = webCrypto()
  try {
    const { sound } = await verifyBundle(await openChosen(chosen), {
      ...cryptography,
      ...defined({ subtle }),
      now,
      trusted: keys.map((line) => parseVerifierKey(line, sha256)),
      trustedRoots: new Set(roots),
      signal,
      onStep: (step) => tell({ kind: 'step', step }),
      onProgress: (bytes) => figures({ kind: 'read', bytes }),
      ...(judge ? { derive: deriveInBrowser } : {}),
      onJudged: (done, all) => {
        signal.throwIfAborted()
        figures({ kind: 'judged', done, all })
        return rest()
      },
    })
    tell({ kind: 'done', sound })
  } catch (error) {
    if (!signal.aborted) tell({ kind: 'broken', why: whyOf(error) })
  }
}

const whyOf = (error: unknown): string =>
  error instanceof InputError
    ? `${error.message} (${error.path})`
    : error instanceof Error
      ? error.message
      : String(error)

/** Passes on frequent messages at most ten times a second. */
function seldom(tell: (told: WorkerMessage) => void): (told: WorkerMessage) => void {
  let last = -Infinity
  return (told) => {
    const at = performance.now()
    if (at - last < TELL_MS) return
    last = at
    tell(told)
  }
}

/** Gives the page its turn ten times a second where the check runs in it; a worker needs no rest. */
function breathing(): () => Promise<void> | undefined {
  if (typeof document === 'undefined') return () => undefined
  let last = performance.now()
  return () => {
    if (performance.now() - last < TELL_MS) return undefined
    return new Promise((resolve) => {
      setTimeout(() => {
        last = performance.now()
        resolve()
      })
    })
  }
}
