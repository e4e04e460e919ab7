import type { Run } from './run.ts'
import { createTrace } from './trace.ts'
import { fetchSecure, lookUpHost, together, urlgetterKeys } from './urlgetter.ts'
import type { Measured } from './web.ts'

const HOSTS = ['sfu.voip.signal.org', 'storage.signal.org', 'cdsi.signal.org', 'chat.signal.org'] as const

/** Measures Signal the way its nettest 0.2.5 does: four backends over https and a lookup that is not judged. */
export function measureSignal(run: Run): Measured {
  const trace = createTrace(run.random, run.probe.roundTrip, run.weather.pace)
  let last: string | null = null
  together(trace, [
    ...HOSTS.map((host) => () => {
      last = fetchSecure(run, trace, `https://${host}/`).failure ?? last
    }),
    () => void lookUpHost(run, trace, 'uptime.signal.org'),
  ])
  return urlgetterKeys(trace, { signal_backend_status: last === null ? 'ok' : 'blocked', signal_backend_failure: last })
}
