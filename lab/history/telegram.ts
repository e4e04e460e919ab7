import { portalRedirect } from './pages.ts'
import { TIMEOUT, type Run } from './run.ts'
import { createTrace, type Trace } from './trace.ts'
import { fetchSecure, together, urlgetterKeys } from './urlgetter.ts'
import type { Measured } from './web.ts'
import { DATACENTRES } from './world.ts'

/** Measures Telegram the way its nettest 0.3.1 does: datacentres by plain HTTP on two ports, then the web client. */
export function measureTelegram(run: Run): Measured {
  const trace = createTrace(run.random, run.probe.roundTrip, run.weather.pace)
  let answered = 0
  let connected = 0
  let web: string | null = null
  const knock = (address: string, port: 80 | 443) => (): void => {
    const failure = datacentreFailure(run)
    trace.connect(address, port, failure)
    if (failure === null) connected++
    const late = failure ?? (run.weather.line === 'stalled' ? TIMEOUT : null)
    if (late === null) answered++
    answer(run, trace, { url: port === 80 ? `http://${address}/` : `http://${address}:443/`, failure: late })
  }
  const page = (): void => {
    web = fetchSecure(run, trace, 'https://web.telegram.org/').failure
  }
  together(trace, [...DATACENTRES.flatMap((address) => [knock(address, 80), knock(address, 443)]), page])
  return urlgetterKeys(trace, {
    telegram_http_blocking: answered === 0,
    telegram_tcp_blocking: connected === 0,
    telegram_web_failure: web,
    telegram_web_status: web === null ? 'ok' : 'blocked',
  })
}

/** A censor of names cannot see a datacentre: it drops the addresses instead. */
function datacentreFailure(run: Run): string | null {
  const { line, interference, origin } = run.weather
  const lost = line === 'dead' || line === 'abroad-lost' || origin === 'down' || interference !== 'none'
  return lost ? TIMEOUT : null
}

function answer(run: Run, trace: Trace, asked: { readonly url: string; readonly failure: string | null }): void {
  const portal = run.weather.line === 'portal' ? portalRedirect(run.at) : undefined
  trace.exchange({
    ...asked,
    method: 'POST',
    code: portal?.code ?? 501,
    headers: portal?.headers ?? [
      ['Content-Type', 'text/html'],
      ['Server', 'nginx/0.3.33'],
    ],
    body: portal?.body ?? '<html><head><title>501 Not Implemented</title></head><body></body></html>',
  })
}
