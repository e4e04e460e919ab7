import type { Millis } from '../core/model/units.ts'

/** Reason of a signal that a deadline aborted: what was awaited and how long. */
export class DeadlineReached extends Error {
  override readonly name = 'DeadlineReached'
}

/** A signal with what keeps it alive; disposing it frees timer and listeners. */
export interface Linked extends Disposable {
  readonly signal: AbortSignal
}

/**
 * A signal that aborts after `limit`, or as soon as `parent` does, with the parent's reason.
 * The reason tells the two apart: `reachedDeadline()`. Dispose it when the work is done.
 *
 * What has arrived by then is read first: a process that could not run for a while (a busy machine, one that slept)
 * finds its timers due before it has looked at its sockets, and would call silent what had answered.
 */
export function openDeadline(parent: AbortSignal, limit: Millis, what: string): Linked {
  const controller = new AbortController()
  const abort = (): void => controller.abort(new DeadlineReached(`${what}: no end after ${limit} ms`))
  let afterReading: NodeJS.Immediate | undefined
  const timer = setTimeout(() => (afterReading = setImmediate(abort)), limit)
  const linked = openLinked([parent], controller)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      clearImmediate(afterReading)
      linked[Symbol.dispose]()
    },
  }
}

/** A signal that aborts as soon as one of several does, with the reason of the first. Dispose it when done. */
export function openLinked(parents: readonly AbortSignal[], controller = new AbortController()): Linked {
  const links = parents.map((parent) => {
    const follow = (): void => controller.abort(parent.reason)
    if (parent.aborted) follow()
    else parent.addEventListener('abort', follow, { once: true })
    return () => parent.removeEventListener('abort', follow)
  })
  return { signal: controller.signal, [Symbol.dispose]: () => links.forEach((unlink) => unlink()) }
}

/** Whether a signal was aborted by a deadline of ours and not by the end of the run. */
export const reachedDeadline = (signal: AbortSignal): boolean =>
  signal.aborted && signal.reason instanceof DeadlineReached
