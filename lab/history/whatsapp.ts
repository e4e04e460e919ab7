import type { Run } from './run.ts'
import { createTrace } from './trace.ts'
import { connectHost, fetchSecure, together, urlgetterKeys } from './urlgetter.ts'
import type { Measured } from './web.ts'

const HOSTS = Array.from({ length: 16 }, (_, i) => `e${i + 1}.whatsapp.net`)

/** Measures WhatsApp the way its nettest 0.11.0 does: sixteen endpoints on two ports, registration, web client. */
export function measureWhatsapp(run: Run): Measured {
  const trace = createTrace(run.random, run.probe.roundTrip, run.weather.pace)
  const open = new Set<string>()
  let registration: string | null = null
  let web: string | null = null
  const endpoints = HOSTS.flatMap((host) =>
    [443, 5222].map((port) => () => {
      if (connectHost(run, trace, host, port).failure === null) open.add(host)
    }),
  )
  together(
    trace,
    run.random.shuffle([
      ...endpoints,
      () => {
        registration = fetchSecure(run, trace, 'https://v.whatsapp.net/v2/register').failure
      },
      () => {
        web = fetchSecure(run, trace, 'https://web.whatsapp.com/').failure
      },
    ]),
  )
  const status = (failure: string | null): string => (failure === null ? 'ok' : 'blocked')
  return urlgetterKeys(trace, {
    registration_server_failure: registration,
    registration_server_status: status(registration),
    whatsapp_endpoints_blocked: HOSTS.filter((host) => !open.has(host)),
    whatsapp_endpoints_dns_inconsistent: [],
    whatsapp_endpoints_status: open.size > 0 ? 'ok' : 'blocked',
    whatsapp_web_failure: web,
    whatsapp_web_status: status(web),
  })
}
