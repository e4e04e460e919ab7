import {
  isSettled,
  judgeBrowserCheck,
  type JudgedRun,
  type TriedTarget,
} from '../../core/judge/nettest/browser-check.ts'
import type { CheckTarget, CrowdCheck, CrowdTry } from '../../core/model/people/crowd-check.ts'
import { askPair } from './ask.ts'
import { ControlHosts } from './control-hosts.ts'
import { freshAgeOf, serverTime, type KnownPlan } from './plan.ts'

/** Pairs of requests at once: more would make a slow line slower still. */
const AT_ONCE = 4

/** What a run reports while it continues. */
export type CheckNews =
  | { readonly kind: 'asking'; readonly service: string; readonly nth: number }
  | { readonly kind: 'tried'; readonly service: string; readonly nth: number; readonly isOpen: boolean }
  /** Seconds until what did not open is asked again, 0: it is about to be; and how many those are. */
  | { readonly kind: 'pause'; readonly seconds: number; readonly left: number }

export interface FinishedCheck {
  readonly judged: JudgedRun
  readonly check: CrowdCheck
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly isStopped: boolean
  /**
   * The device slept or the connection changed in between: nothing that was found says anything, and none of it is
   * kept.
   */
  readonly isInterrupted: boolean
}

export interface BrowserCheckOptions {
  readonly signal: AbortSignal
  readonly tell: (news: CheckNews) => void
  readonly region: CrowdCheck['region']
}

/**
 * Makes one check: every target with the control hosts before, during and after, and again what did not open. A run
 * that the reader stops is judged as far as it came.
 */
export async function runCheck(
  known: KnownPlan,
  { signal, tell, region }: BrowserCheckOptions,
): Promise<FinishedCheck> {
  const { plan } = known
  const startedAt = serverTime(known)
  const interruption = watchInterruption()
  const tries = new Map<string, CrowdTry[]>(plan.targets.map(({ service }) => [service, []]))
  const asking = { timeoutMs: plan.timeout_ms, signal }
  const controls = new ControlHosts(plan.controls, (pair) => askPair(pair, { ...asking, readable: true }))
  const round = (targets: readonly CheckTarget[], nth: number): Promise<void> =>
    controls.round(() =>
      eachOf(targets, async (target) => {
        tell({ kind: 'asking', service: target.service, nth })
        const one = await askPair(target, asking)
        tries.get(target.service)?.push(one)
        tell({ kind: 'tried', service: target.service, nth, isOpen: !isSettled(one) })
      }),
    )
  try {
    await round(plan.targets, 0)
    const open = plan.targets.filter(({ service }) => tries.get(service)?.some((one) => !isSettled(one)) === true)
    if (open.length > 0 && controls.haveAnswered) {
      await pause(plan.between_tries_ms, {
        signal,
        tell: (seconds) => tell({ kind: 'pause', seconds, left: open.length }),
      })
      await round(open, 1)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    interruption.end()
  }
  const isInterrupted = interruption.happened
  if (isInterrupted) for (const service of tries.keys()) tries.set(service, [])
  const targets = plan.targets.map((target): TriedTarget => {
    const { service, document, abroad } = target
    const host = new URL(document).hostname
    return { service, host, abroad, tries: tries.get(service) ?? [], freshAgeMs: freshAgeOf(known, target) }
  })
  const judged = judgeBrowserCheck({
    controls: isInterrupted ? [] : controls.asked,
    targets: targets.filter((one) => one.tries.length > 0),
    timeoutMs: plan.timeout_ms,
  })
  const check: CrowdCheck = {
    format: 'kuager-crowd-check/1',
    at_utc: `${new Date(startedAt).toISOString().slice(0, 16)}Z`,
    network: plan.network,
    region,
    online: judged.online,
    results: judged.results.map(({ service, outcome }) => ({ service, outcome, tries: tries.get(service) ?? [] })),
  }
  return { judged, check, startedAt, isStopped: signal.aborted, isInterrupted }
}

/** A few at a time. */
async function eachOf<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...list]
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

interface PauseOptions {
  readonly signal: AbortSignal
  readonly tell: (seconds: number) => void
}

async function pause(ms: number, { signal, tell }: PauseOptions): Promise<void> {
  // By the clock: in a tab in the background a second may take a minute.
  const end = performance.now() + ms
  for (let left = ms; left > 0; left = end - performance.now()) {
    tell(Math.ceil(left / 1000))
    await pauseFor(Math.min(1000, left), signal)
  }
  tell(0)
}

/** Rejects where the signal aborts. */
export function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const stop = (): void => {
    clearTimeout(timer)
    reject(signal.reason)
  }
  signal.addEventListener('abort', stop)
  return promise.finally(() => signal.removeEventListener('abort', stop))
}

/** The clocks differ by this where a device slept: one stops in sleep, the other continues. */
const SLEPT_MS = 2000

interface Interruption {
  /** Whether the page stood still, or its line was another one, since the watch began. */
  readonly happened: boolean
  end(): void
}

/** The connection of a phone, where a browser tells of it. */
interface Line extends EventTarget {
  readonly type?: string
}

/**
 * Watches for what spoils a check without a fault of any site: the device sleeps, the browser freezes the page, the
 * line goes away or becomes another one. Requests that were on their way then fail.
 */
function watchInterruption(): Interruption {
  const drift = (): number => Date.now() - performance.now()
  const line = (navigator as Navigator & { readonly connection?: Line }).connection // not of every browser
  const [began, type] = [drift(), line?.type]
  let told = false
  const ended = new AbortController()
  const { signal } = ended
  const tell = (): void => {
    told = true
  }
  document.addEventListener('freeze', tell, { signal })
  window.addEventListener('offline', tell, { signal })
  line?.addEventListener('change', () => (told ||= line.type !== type), { signal })
  return {
    get happened() {
      // A clock that was set back by its owner is no sleep.
      return told || drift() - began > SLEPT_MS
    },
    end: () => ended.abort(),
  }
}
