import { checkChosen } from './check.ts'
import type { VerifyRequest, WorkerMessage } from './told.ts'

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
