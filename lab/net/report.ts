import type { Result } from './run-scenario.ts'

/** What the process of a world tells its parent. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'broken'; readonly why: string }

/** Whether a message of a worker is one of ours; both ends are this program. */
export const isReport = (message: unknown): message is Report =>
  typeof message === 'object' && message !== null && 'kind' in message
