import { defaultSettings } from '../../core/detect/chain/default-settings.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { openDetectPool } from '../../pipeline/detect/detect-pool.ts'
import { seriesAvailability } from '../../pipeline/detect/series-availability.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'
import type { SiteFolder } from '../reader/site-folder.ts'
import { loadAvailability } from '../folder/load-availability.ts'

type Ask = NonNullable<SiteOptions['availability']>

/** Counts availability for the pages of a folder, in a thread of its own that starts when first asked. */
export function siteAvailability(folder: SiteFolder): Ask {
  const settings = defaultSettings()
  let opened: ({ readonly pool: WorkerPool } & ReturnType<typeof loadAvailability>) | undefined
  return remember(async (series, period) => {
    // Tables are read once: an operator's own may be large, and this thread answers readers.
    if (opened === undefined) {
      opened = { ...loadAvailability(folder.path), pool: openDetectPool({ settings }, { threads: 1 }) }
      folder.closeWith(opened.pool)
    }
    const about = { warehouse: await folder.warehouse(), settings, ...opened, now: systemClock.now() }
    return seriesAvailability(series, period, about)
  })
}

/** How long an answer is kept, and how many are kept: detection of a long series takes a second of the processor. */
const KEPT_MS = MINUTE_MS
const MOST_KEPT = 500

/** Answers the same question once a minute, so that a page asked for again and again costs nothing more. */
export function remember(ask: Ask, now: () => number = () => systemClock.monotonic()): Ask {
  const kept = new Map<string, { readonly answer: ReturnType<Ask>; readonly until: number }>()
  return (series, period) => {
    const key = JSON.stringify([series.service, series.asn, series.simulated, period.since, period.until])
    const known = kept.get(key)
    if (known !== undefined && now() < known.until) return known.answer
    kept.delete(key)
    const answer = ask(series, period)
    kept.set(key, { answer, until: now() + KEPT_MS })
    answer.catch(() => kept.delete(key))
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break
      kept.delete(oldest)
    }
    return answer
  }
}
