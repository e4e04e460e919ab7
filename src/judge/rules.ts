import type { Layer } from '../model/mechanism.ts'

interface Rule {
  readonly layer?: Layer
  /**
   * log10 of P(evidence | interfered) / P(evidence | not), before halvings. Starting values of
   * docs/methods/judging.md until they are fitted on reviewed labels; a single item never exceeds 2.
   */
  readonly log10Lr: number
}

/** Every rule a verdict or a layer finding may name; docs/methods/judging.md explains each one. */
export const RULES = {
  'dns.bogon': { layer: 'dns', log10Lr: 1.78 },
  'dns.fingerprint': { layer: 'dns', log10Lr: 2 },
  'dns.failure-control-resolves': { layer: 'dns', log10Lr: 1.61 },
  'dns.failure-sibling-resolves': { layer: 'dns', log10Lr: 1.61 },
  'dns.failure-control-too': { layer: 'dns', log10Lr: 0 },
  'dns.failure-no-control': { layer: 'dns', log10Lr: 0 },
  'dns.unmatched-refused': { layer: 'dns', log10Lr: 1.5 },
  'dns.unmatched-dead': { layer: 'dns', log10Lr: 1.2 },
  'dns.unmatched-page': { layer: 'dns', log10Lr: 1.5 },
  'dns.unmatched-untested': { layer: 'dns', log10Lr: 0.58 },
  'dns.answer-for-dead-name': { layer: 'dns', log10Lr: 0.58 },
  'dns.forged-for-dead-name': { layer: 'dns', log10Lr: 1.78 },
  'dns.cleared': { layer: 'dns', log10Lr: -0.98 },
  'dns.matches': { layer: 'dns', log10Lr: -0.5 },
  'dns.no-control': { layer: 'dns', log10Lr: 0 },
  'tcp.control-connects': { layer: 'tcp', log10Lr: 1.3 },
  'tcp.sibling-connects': { layer: 'tcp', log10Lr: 1 },
  'tcp.redirect-hop': { layer: 'tcp', log10Lr: 1.3 },
  'tcp.control-fails-too': { layer: 'tcp', log10Lr: 0 },
  'tcp.no-control': { layer: 'tcp', log10Lr: 0 },
  'tcp.connects': { layer: 'tcp', log10Lr: -0.3 },
  'tls.silence': { layer: 'tls', log10Lr: 1.65 },
  'tls.reset': { layer: 'tls', log10Lr: 2 },
  'tls.close': { layer: 'tls', log10Lr: 1.4 },
  'tls.alert': { layer: 'tls', log10Lr: 1.4 },
  'tls.not-tls': { layer: 'tls', log10Lr: 2 },
  'tls.failure': { layer: 'tls', log10Lr: 1 },
  'tls.interception-issuer': { layer: 'tls', log10Lr: 2 },
  'tls.certificate-refused': { layer: 'tls', log10Lr: 1.5 },
  'tls.certificate-of-origin': { layer: 'tls', log10Lr: 0 },
  'tls.certificate-expired-here': { layer: 'tls', log10Lr: 0 },
  'tls.stale-roots': { layer: 'tls', log10Lr: 0 },
  'tls.clock': { layer: 'tls', log10Lr: 0 },
  'tls.control-fails-too': { layer: 'tls', log10Lr: 0 },
  'tls.no-control': { layer: 'tls', log10Lr: 0 },
  'tls.completes': { layer: 'tls', log10Lr: -1.08 },
  'quic.silence': { layer: 'quic', log10Lr: 1.4 },
  'quic.close': { layer: 'quic', log10Lr: 1 },
  'quic.no-control': { layer: 'quic', log10Lr: 0 },
  'quic.completes': { layer: 'quic', log10Lr: -1.08 },
  'http.fingerprint': { layer: 'http', log10Lr: 2 },
  'http.page-differs': { layer: 'http', log10Lr: 1.5 },
  'http.redirected': { layer: 'http', log10Lr: 1.5 },
  'http.failure': { layer: 'http', log10Lr: 1.4 },
  'http.control-fails-too': { layer: 'http', log10Lr: 0 },
  'http.no-control': { layer: 'http', log10Lr: 0 },
  'http.answers': { layer: 'http', log10Lr: -1.08 },
  'http.page-alike': { layer: 'http', log10Lr: -0.6 },
  'http.cleartext-alone': { layer: 'http', log10Lr: 0 },
  'http.server-refuses': { layer: 'http', log10Lr: -1.08 },
  'http.server-error': { layer: 'http', log10Lr: 0 },
  'http.challenge': { layer: 'http', log10Lr: 0 },
  'http.own-filter': { layer: 'http', log10Lr: 0 },
  'tunnel.completes': { layer: 'tunnel', log10Lr: -1 },
  'tunnel.fails-alone': { layer: 'tunnel', log10Lr: 0 },
  'tunnel.one-kind-fails': { layer: 'tunnel', log10Lr: 1 },
  'part.fails-alone': { log10Lr: 0 },
  'part.few-fail': { log10Lr: 0 },
  'line.captive-portal': { log10Lr: 0 },
  'line.resolver-broken': { log10Lr: 0 },
  'line.own-failure': { log10Lr: 0 },
  'defect.explains': { log10Lr: 0 },
  'test.not-judged': { log10Lr: 0 },
  'test.no-operations': { log10Lr: 0 },
} as const satisfies Record<string, Rule>
export type RuleId = keyof typeof RULES
