import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { CanaryWatch } from '../../reports/crowd/canary-watch.ts'
import type { Log } from '../../runtime/log.ts'

/** Twice within the hour in which a finding counts, so that one that failed leaves nothing unknown. */
const EVERY_MS = 25 * MINUTE_MS
/** After a round in which a control did not look at everything, or where readers find that something fails. */
const AGAIN_MS = 5 * MINUTE_MS

/** Waits so long; ends early, and without an error, where the signal aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

const realWait: Wait = (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined)

export interface CanaryLooks extends AsyncDisposable {
  /**
   * To be called where a reader's check fails: whether the site itself went down meanwhile is looked at five minutes
   * after the last look instead of twenty-five.
   */
  sooner(): void
}

/** Has the controls look at what pages contact, now and then on and on, until disposed. */
export function openCanaryLooks(
  watch: Pick<CanaryWatch, 'look'>,
  log: Log,
  { stop, wait = realWait }: { readonly stop: AbortSignal; readonly wait?: Wait },
): CanaryLooks {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, stop])
  let round = new AbortController()
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      // A check that finds a failure during the look may have found it just after.
      round = new AbortController()
      const whole = await watch.look(signal).catch((error: unknown) => {
        if (!signal.aborted) log.error({ error }, 'what controls found of canaries could not be kept')
        return false
      })
      await wait(AGAIN_MS, signal)
      if (whole) await wait(EVERY_MS - AGAIN_MS, AbortSignal.any([signal, round.signal]))
    }
  }
  const following = follow()
  following.catch(() => undefined) // thrown again where it is awaited
  return {
    sooner: () => round.abort(),
    async [Symbol.asyncDispose]() {
      controller.abort()
      await following
    },
  }
}
