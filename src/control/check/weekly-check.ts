import { setTimeout } from 'node:timers/promises'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { serviceCheckSchema, type ServiceCheck } from '../../core/model/tables/service-check.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { CheckResult } from './check-services.ts'

const WEEK = 7 * DAY_MS
/** Between two looks at the clock. */
const STEP = HOUR_MS

export interface WeeklyCheckOptions {
  /** Where the newest check is kept, so that a restart checks nothing again. */
  readonly file: string
  readonly clock: Clock
  /** One check of today. */
  readonly check: (day: string, signal: AbortSignal) => Promise<CheckResult>
  /** Told of what went wrong; the next try is a day later. */
  readonly onProblem: (problem: string) => void
}

/** A check of the list of services once a week; disposing it ends one that is under way. */
export interface WeeklyCheck extends AsyncDisposable {
  /** The newest check; undefined before the first. */
  latest(): ServiceCheck | undefined
}

/** When the next check is due: a week after the day of the last one, and at once where there is none. */
export const nextCheck = (last: ServiceCheck | undefined): Instant =>
  instant(last === undefined ? 0 : Date.parse(last.checked_at) + WEEK)

/** The check kept in a file; undefined where there is none, or none that can be read. */
export async function readServiceCheck(file: string): Promise<ServiceCheck | undefined> {
  const bytes = await readWhole(file)
  if (bytes === undefined) return undefined
  try {
    return serviceCheckSchema.parse(JSON.parse(bytes.toString()))
  } catch {
    return undefined
  }
}

/** Begins to check once a week. */
export async function openWeeklyCheck(options: WeeklyCheckOptions): Promise<WeeklyCheck> {
  const { file, clock } = options
  let last = await readServiceCheck(file)
  let notBefore = 0
  const ended = new AbortController()
  const look = async (): Promise<void> => {
    const now = clock.now()
    if (now < nextCheck(last) || now < notBefore) return
    notBefore = now + DAY_MS
    try {
      const result = await options.check(new Date(now).toISOString().slice(0, 10), ended.signal)
      if (result.kind === 'unfit') return options.onProblem('most hosts failed: this connection is at fault')
      last = result.check
      await writeDurable(file, Buffer.from(`${JSON.stringify(last, null, 2)}\n`))
    } catch (error) {
      if (!ended.signal.aborted) options.onProblem(error instanceof Error ? error.message : String(error))
    }
  }
  const running = (async () => {
    while (!ended.signal.aborted) {
      await look()
      await setTimeout(STEP, undefined, { signal: ended.signal, ref: false }).catch(() => undefined)
    }
  })()
  return {
    latest: () => last,
    [Symbol.asyncDispose]: async () => {
      ended.abort(new Error('the control stops'))
      await running
    },
  }
}
