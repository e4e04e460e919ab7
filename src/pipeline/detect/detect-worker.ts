import { workerData } from 'node:worker_threads'
import { detectPaired, resumePaired } from '../../core/detect/series/detect-paired.ts'
import { opine } from '../../core/detect/opinions/opine.ts'
import { defined } from '../../core/model/defined.ts'
import { serveCalls } from '../../runtime/serve-calls.ts'
import type { DetectCall, DetectReply, DetectSetup } from './detect-calls.ts'

// One object for the life of the thread: the detector builds its chain once for each object of settings.
const { settings } = workerData as DetectSetup

serveCalls({
  detect: (value) => {
    const { series, until, usageHours } = value as DetectCall
    const options = { until, opine, ...defined({ usageHours }) }
    const results = series.map(({ columns, settled }) =>
      settled === undefined
        ? detectPaired(columns, settings, options)
        : (resumePaired({ settled, columns }, settings, options) ?? null),
    )
    return { value: { results } satisfies DetectReply }
  },
})
