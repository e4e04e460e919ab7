import type { Run } from './run.ts'
import { createTrace } from './trace.ts'
import { connectHost, lookUpHost, together, urlgetterKeys, type Reached } from './urlgetter.ts'
import type { Measured } from './web.ts'

const HOSTS = {
  b_api: 'b-api.facebook.com',
  b_graph: 'b-graph.facebook.com',
  edge: 'edge-mqtt.facebook.com',
  external_cdn: 'external.xx.fbcdn.net',
  scontent_cdn: 'scontent.xx.fbcdn.net',
  star: 'star.c10r.facebook.com',
} as const

/** Measures Messenger the way its nettest 0.2.1 does: names and connections only, no TLS. */
export function measureFacebookMessenger(run: Run): Measured {
  const trace = createTrace(run.random, run.probe.roundTrip, run.weather.pace)
  const keys: Record<string, boolean | null> = {}
  let dnsBlocking = false
  let tcpBlocking = false
  const note = (name: string, reached: Reached, inMeta: boolean): void => {
    const consistent = reached.step !== 'resolve' && inMeta
    keys[`facebook_${name}_dns_consistent`] = consistent
    if (!consistent) dnsBlocking = true
    if (name !== 'stun')
      keys[`facebook_${name}_reachable`] = reached.step === 'resolve' ? null : reached.failure === null
    if (reached.step === 'connect') tcpBlocking = true
  }
  const inMeta = run.weather.line !== 'portal'
  together(trace, [
    () => {
      const { failure } = lookUpHost(run, trace, 'stun.fbsbx.com')
      note('stun', { failure, step: failure === null ? null : 'resolve' }, inMeta)
    },
    ...Object.entries(HOSTS).map(
      ([name, host]) =>
        () =>
          note(name, connectHost(run, trace, host, 443), inMeta),
    ),
  ])
  return urlgetterKeys(trace, {
    ...keys,
    facebook_stun_reachable: null,
    facebook_dns_blocking: dnsBlocking,
    facebook_tcp_blocking: tcpBlocking,
  })
}
