import type { Clock } from '../../runtime/clock.ts'

/** How long something that costs much to make is given out. */
export interface Remembering {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Milliseconds for which nothing is asked. */
  readonly freshMs: number
  /** How long after that the old one is given out while a new one is made; then the caller waits for it. */
  readonly staleMs: number
}

/**
 * Gives what `make` makes, made once for all who ask. Where it cannot be made again, the old one is used until it is
 * too old; then the error goes to the caller, and the next one tries again.
 */
export function remembered<T>(make: () => Promise<T>, { clock, freshMs, staleMs }: Remembering): () => Promise<T> {
  let last: { readonly value: T; readonly madeAt: number } | undefined
  let making: Promise<T> | undefined
  const again = (): Promise<T> => {
    making ??= make()
      .then((value) => {
        last = { value, madeAt: clock.monotonic() }
        return value
      })
      .finally(() => (making = undefined))
    return making
  }
  return () => {
    const age = last === undefined ? Infinity : clock.monotonic() - last.madeAt
    if (last === undefined || age >= freshMs + staleMs) return again()
    if (age >= freshMs) again().catch(() => undefined)
    return Promise.resolve(last.value)
  }
}
