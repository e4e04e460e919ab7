import { setTimeout as pause } from 'node:timers/promises'
import type { World } from '../../runtime/world.ts'
import type { Detected } from '../../pipeline/detect/detection.ts'
import { systemClock } from '../../runtime/clock.ts'
import { durations } from '../../runtime/metrics.ts'
import { openLog } from '../../runtime/log.ts'
import { isWarehouseAway } from '../../store/warehouse/away.ts'
import type { OpenFolder } from './open.ts'
import { folderDetection } from './detection.ts'

/** How often the warehouse is asked for new rows: a question that costs a few milliseconds where there are none. */
const LOOK_MS = 5000
/** Least time from the beginning of one detection to that of the next: a stream of measurements is taken together. */
const APART_MS = 15_000

const tookToDetect = durations(
  'kuager_detection_seconds',
  'One detection over the series that have new measurements.',
  [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
)

/** Detection that follows what is inserted into a folder, until disposed. */
export interface LiveDetection extends AsyncDisposable {
  /** Resolves when what was in the folder at the start is detected; rejects where that failed. */
  readonly caughtUp: Promise<Detected>
}

/**
 * Detects what the folder holds and from then on what is inserted by any process: within 20 seconds and the time of
 * the detection. What breaks one detection is logged, and the next one tries again.
 */
export function openLiveDetection(folder: OpenFolder, world: World): LiveDetection {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, world.signal])
  const log = openLog({ level: 'warn' })
  const caughtUp = folderDetection(folder, world).then((detection) => detection.run('changed', { signal }))
  const failed = (error: unknown): void => {
    // A warehouse that is away is a reason of the server's health, said once.
    if (!signal.aborted && !isWarehouseAway(error)) log.error({ error }, 'incidents could not be detected')
  }
  const follow = async (): Promise<void> => {
    let scope: 'changed' | 'new' = 'new'
    await caughtUp.catch((error: unknown) => {
      if (isWarehouseAway(error)) scope = 'changed'
      failed(error)
    })
    while (!signal.aborted) {
      let series = 0
      const began = systemClock.monotonic()
      try {
        series = (await (await folderDetection(folder, world)).run(scope, { signal })).series
        scope = 'new'
        if (series > 0) tookToDetect(systemClock.monotonic() - began)
      } catch (error) {
        failed(error)
      }
      await pause(series > 0 ? APART_MS : LOOK_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  const following = follow()
  following.catch(() => undefined) // thrown again where it is awaited
  return {
    caughtUp,
    async [Symbol.asyncDispose]() {
      controller.abort()
      await following
    },
  }
}
