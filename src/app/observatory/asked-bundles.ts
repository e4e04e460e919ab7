import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { FreeSpace } from '../../runtime/files/free-space.ts'
import type { Log } from '../../runtime/log.ts'
import type { Rate } from '../../runtime/sender/rate.ts'
import type { BundleDesk, BundleOrder, OrderTaken } from '../../site/incident/bundle-desk.ts'
import type { PublishedBundles } from '../../site/incident/published-bundles.ts'
import type { SenderRate } from '../../web/request/sender-rate.ts'

/** Orders of one part of the network: each costs minutes of a processor, and space that is kept. */
export const ORDER_RATE: Rate = { perSecond: 5 / (HOUR_MS / 1000), burst: 5 }
/** Orders that wait at once, and those that are made within a day. */
const MOST_WAITING = 10
const MOST_A_DAY = 100
/** How long a failure is shown before the same bundle may be asked for again. */
const FAILED_MS = 10 * MINUTE_MS

export interface AskedBundlesParts {
  /** Makes one, and publishes it; `differs` where the measurements do not give the incident as it is published. */
  readonly make: (incident: string, signal: AbortSignal) => Promise<'made' | 'differs'>
  readonly published: Pick<PublishedBundles, 'again'>
  readonly rate: SenderRate
  readonly space: Pick<FreeSpace, 'level'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly log: Pick<Log, 'error'>
}

/**
 * The queue of bundles that readers ask for. It is in memory: what was made is a file, and what was not is asked for
 * again. Disposing stops the one that is being made; nothing of it is left.
 */
export function openAskedBundles(parts: AskedBundlesParts): BundleDesk & AsyncDisposable {
  const { make, published, rate, space, clock, log } = parts
  const stop = new AbortController()
  /** The first is being made. */
  const queue: string[] = []
  const failed = new Map<string, { readonly why: 'differs' | 'fault'; readonly until: number }>()
  let begun: readonly number[] = []
  let working: Promise<void> | undefined

  const one = async (incident: string): Promise<void> => {
    let why: 'differs' | 'fault' | undefined
    try {
      const outcome = await make(incident, stop.signal)
      if (outcome !== 'made') why = outcome
    } catch (error) {
      if (stop.signal.aborted) return
      // Another way made it meanwhile.
      if (!(error instanceof InputError && error.code === 'bundle.exists')) {
        log.error({ error, incident }, 'a bundle that was asked for could not be made')
        why = 'fault'
      }
    }
    if (why !== undefined) failed.set(incident, { why, until: clock.monotonic() + FAILED_MS })
    published.again()
  }
  const work = async (): Promise<void> => {
    for (let next = queue[0]; next !== undefined && !stop.signal.aborted; next = queue[0]) {
      await one(next)
      queue.shift()
    }
    working = undefined
  }
  const failureOf = (incident: string): 'differs' | 'fault' | undefined => {
    const known = failed.get(incident)
    if (known === undefined || clock.monotonic() < known.until) return known?.why
    failed.delete(incident)
    return undefined
  }
  const later = (ms: number): OrderTaken => ({ kind: 'later', wait: Math.max(1, Math.ceil(ms / 1000)) })
  return {
    of(incident): BundleOrder {
      const before = queue.indexOf(incident)
      if (before >= 0) return { kind: 'making', before }
      const why = failureOf(incident)
      return why === undefined ? { kind: 'none' } : { kind: 'failed', why }
    },
    ask(incident, { socket = '', forwardedFor }) {
      if (queue.includes(incident) || failureOf(incident) !== undefined) return { kind: 'taken' }
      const now = clock.monotonic()
      begun = begun.filter((at) => at > now - DAY_MS)
      if (space.level() !== 'ample') return later(HOUR_MS)
      if (queue.length >= MOST_WAITING) return later(10 * MINUTE_MS)
      const [first] = begun
      if (first !== undefined && begun.length >= MOST_A_DAY) return later(first + DAY_MS - now)
      const { wait } = rate.take({ socket, forwardedFor }, 1)
      if (wait > 0) return later(wait * 1000)
      begun = [...begun, now]
      queue.push(incident)
      working ??= work()
      return { kind: 'taken' }
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the server ends'))
      await working
    },
  }
}
