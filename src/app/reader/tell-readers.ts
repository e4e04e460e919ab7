import { defined } from '../../core/model/defined.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { CrowdSignal } from '../../core/model/people/crowd-check.ts'
import type { ShownReports } from '../../reports/shown-reports.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import type { OpenFolder } from '../folder/open.ts'
import { tellNow, tellPeople } from './shown.ts'

/** How often a centre says that it is there. */
const NOW_MS = 2_000
/** What people said changes when a slot of 15 minutes is settled, or a moderator did something. */
const PEOPLE_MS = MINUTE_MS

/** What a centre shows of people. */
export interface ToldParts {
  readonly people: ShownReports
  readonly checks: () => Promise<readonly CrowdSignal[]>
  readonly services: readonly string[]
  readonly log: Pick<Log, 'error'>
}

/** Tells readers of a folder what its pages show of parts that they do not get, at once and until disposed (shown.ts). */
export async function openTelling(
  folder: Pick<OpenFolder, 'path' | 'mirrorKeyLine'>,
  { people, checks, services, log }: ToldParts,
): Promise<AsyncDisposable> {
  let toldPeople = -Infinity
  let isOver = false
  let failed = false
  const tell = async (): Promise<void> => {
    try {
      const now = systemClock.monotonic()
      if (now - toldPeople >= PEOPLE_MS) {
        await tellPeople(folder.path, { people, checks: await checks(), services })
        toldPeople = now
      }
      const mirrorKey = await folder.mirrorKeyLine()
      await tellNow(folder.path, { at: systemClock.now(), ...defined({ mirrorKey }) })
      failed = false
    } catch (error) {
      if (!failed) log.error({ error }, 'what readers show could not be written for them: their pages get old')
      failed = true
    }
    if (!isOver) timer = setTimeout(begin, NOW_MS).unref()
  }
  let last = Promise.resolve()
  const begin = (): void => void (last = tell())
  let timer: NodeJS.Timeout | undefined
  await tell()
  return {
    async [Symbol.asyncDispose]() {
      isOver = true
      clearTimeout(timer)
      await last
    },
  }
}
