import { setTimeout as pause } from 'node:timers/promises'
import type { CanaryWatch } from '../people/crowd/canary-watch.ts'
import type { Log } from '../sys/log.ts'

/** Twice within the hour in which a finding counts, so that one that failed leaves nothing unknown. */
const EVERY_MS = 25 * 60_000
/** After a round in which a control did not look at everything. */
const AGAIN_MS = 5 * 60_000

/** Has the controls look at what pages contact, now and then on and on, until disposed. */
export function openCanaryLooks(watch: Pick<CanaryWatch, 'look'>, log: Log, stop: AbortSignal): AsyncDisposable {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, stop])
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      const whole = await watch.look(signal).catch((error: unknown) => {
        if (!signal.aborted) log.error({ error }, 'what controls found of canaries could not be kept')
        return false
      })
      await pause(whole ? EVERY_MS : AGAIN_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  const following = follow()
  following.catch(() => undefined) // thrown again where it is awaited
  return {
    async [Symbol.asyncDispose]() {
      controller.abort()
      await following
    },
  }
}
