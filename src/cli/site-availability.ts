import { defaultSettings } from '../detect/default-settings.ts'
import { openDetectPool } from '../pipeline/detect/detect-pool.ts'
import { seriesAvailability } from '../pipeline/detect/series-availability.ts'
import type { SiteOptions } from '../site/app.ts'
import type { WorkerPool } from '../sys/worker-pool.ts'
import type { OpenFolder } from './folder.ts'
import { loadAvailability } from './load-availability.ts'

/** Counts availability for the pages of a folder, in a thread of its own that starts when first asked. */
export function siteAvailability(folder: OpenFolder): NonNullable<SiteOptions['availability']> {
  const settings = defaultSettings()
  let pool: WorkerPool | undefined
  return async (series, period) => {
    if (pool === undefined) {
      pool = openDetectPool({ settings }, 1)
      folder.closeWith(pool)
    }
    const about = { warehouse: await folder.warehouse(), pool, settings, ...loadAvailability() }
    return seriesAvailability(series, period, about)
  }
}
