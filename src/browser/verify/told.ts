import type { CheckedStep } from '../../core/evidence/verify/bundle-report.ts'
import type { ChosenFiles } from './chosen.ts'

/** What is to be checked, and how. It can be handed to a worker as it is. */
export interface VerifyRequest {
  readonly chosen: ChosenFiles
  /** Verifier keys of the log that the reader trusts, a line each. */
  readonly keys: readonly string[]
  /** SHA-256 of roots of time-stamping authorities that the reader trusts. */
  readonly roots: readonly string[]
  readonly judge: boolean
}

/** What a check tells while it runs; `done` or `broken` is the last. */
export type WorkerMessage =
  | { readonly kind: 'step'; readonly step: CheckedStep }
  /** Bytes read of all bytes chosen; they may be read more than once. */
  | { readonly kind: 'read'; readonly bytes: number }
  | { readonly kind: 'judged'; readonly done: number; readonly all: number }
  | { readonly kind: 'done'; readonly sound: boolean }
  /** The check itself failed; `why` is for the person who fixes it. */
  | { readonly kind: 'broken'; readonly why: string }
