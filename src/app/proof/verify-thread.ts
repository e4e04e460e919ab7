import { Worker } from 'node:worker_threads'
import { BUNDLE_STEPS, type CheckedBundle, type CheckedStep } from '../../core/evidence/verify/bundle-report.ts'
import { StepFindings } from '../../core/evidence/verify/step/findings.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { Fault, InputError } from '../../core/model/errors.ts'

/** What is to be verified, and whom the reader trusts. */
export interface VerifyAsked {
  readonly path: string
  readonly cwd: string
  /** Keys of logs, as lines. */
  readonly trusted: readonly string[]
  readonly policy?: Uint8Array
  /** SHA-256 of roots of time-stamping authorities that the reader trusts; absent: none. */
  readonly roots?: readonly string[]
  readonly judge: boolean
  readonly most?: number
}

/** What the thread says. */
export type VerifySaid =
  | { readonly kind: 'opened'; readonly name: string }
  | { readonly kind: 'read' | 'judged'; readonly done: number; readonly total: number }
  | { readonly kind: 'step'; readonly step: CheckedStep }
  | { readonly kind: 'done'; readonly sound: boolean }
  | {
      readonly kind: 'refused'
      readonly message: string
      readonly code: string
      readonly path: string
      readonly expected: string
    }
  | { readonly kind: 'broken'; readonly message: string; readonly stack: string }

/** Who hears of the progress. */
export interface VerifyHeard {
  readonly onOpened?: (name: string) => void
  readonly onStep?: (step: CheckedStep) => void
  readonly onRead?: (done: number, total: number) => void
  readonly onJudged?: (done: number, total: number) => void
}

export interface VerifyThreadOptions {
  readonly signal: AbortSignal
  /** So long may nothing be heard of a check before it is ended. */
  readonly patienceMs?: number
  /** Largest heap of the thread. */
  readonly heapMegabytes?: number
  /** The program of the thread; another one only in tests. */
  readonly program?: URL
}

const PATIENCE_MS = 10 * MINUTE_MS
/** Far more than 100,000 measurements need. */
const HEAP_MB = 4096

const PROGRAM = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './verify-worker.ts' : './verify-worker.js', import.meta.url)

/**
 * Verifies a bundle in a thread of its own, because the author of the bundle chooses how much there is to compute: an
 * abort ends it at once, and a thread that says nothing for long, or needs more memory than it may, is ended. Steps
 * that were not made by then are `not-checked`. Throws InputError where there is no bundle, Fault where the machine
 * fails.
 */
export async function verifyInThread(
  asked: VerifyAsked,
  heard: VerifyHeard,
  options: VerifyThreadOptions,
): Promise<CheckedBundle> {
  const { signal, patienceMs = PATIENCE_MS, heapMegabytes = HEAP_MB, program = PROGRAM() } = options
  signal.throwIfAborted()
  const resourceLimits = { maxOldGenerationSizeMb: heapMegabytes }
  const worker = new Worker(program, { workerData: asked, resourceLimits })
  const steps: CheckedStep[] = []
  const ended = Promise.withResolvers<'done' | 'given-up'>()
  const giveUp = setTimeout(() => ended.resolve('given-up'), patienceMs)
  const stop = (): void => ended.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  worker.on('message', (said: VerifySaid) => {
    giveUp.refresh()
    switch (said.kind) {
      case 'opened':
        return heard.onOpened?.(said.name)
      case 'read':
        return heard.onRead?.(said.done, said.total)
      case 'judged':
        return heard.onJudged?.(said.done, said.total)
      case 'step':
        steps.push(said.step)
        return heard.onStep?.(said.step)
      case 'done':
        return ended.resolve('done')
      case 'refused':
        return ended.reject(new InputError(said.message, said))
      case 'broken':
        return ended.reject(new Fault(said.message, { cause: new Error(said.stack) }))
    }
  })
  worker.on('error', (error: unknown) => {
    if (isOutOfMemory(error)) ended.resolve('given-up')
    else ended.reject(new Fault('Cannot verify: the thread failed', { cause: error }))
  })
  worker.on('exit', () => ended.reject(new Fault('Cannot verify: the thread ended')))
  try {
    await ended.promise
  } finally {
    clearTimeout(giveUp)
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
  // What was given up is not valid, even if every step before passed: a script that reads the exit code takes it for
  // good otherwise.
  const whole = steps.length === BUNDLE_STEPS.length
  for (const step of BUNDLE_STEPS.slice(steps.length)) {
    const unmade = new StepFindings()
    unmade.skip('given-up')
    const checked = unmade.checked(step)
    steps.push(checked)
    heard.onStep?.(checked)
  }
  return { steps, sound: whole && steps.every(({ outcome }) => outcome !== 'failed') }
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
