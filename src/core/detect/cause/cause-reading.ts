import type { Layer } from '../../model/measured/mechanism.ts'
import { halvesOf } from '../../model/measured/reading-of.ts'
import type { Instant, Sha256 } from '../../model/units.ts'
import type { Fact, LayerState, Verdict } from '../../model/measured/verdict.ts'
import type { CauseReading, PairReading } from './cause-input.ts'

/** Who measured, when, and what only a series can tell of it. */
export interface ReadingContext {
  readonly at: Instant
  readonly probe: string
  readonly version: string
  /** Test of the measurement: in `sni_blocking` and by our own probe the control name was tried, or would have been. */
  readonly testName: string
  readonly slow?: boolean
  readonly id?: Sha256
}

/** Reduces a judged measurement to what the weighing of a cause looks at (docs/methods/cause.md, section 5). */
export function causeReading(context: ReadingContext, verdict: Verdict): CauseReading {
  const facts = [...new Set(verdict.grounds.map(({ fact }) => fact))]
  const pair = pairOf(context, verdict, new Set(facts))
  const family = familyOf(verdict)
  const layers: Partial<Record<Layer, LayerState>> = {}
  for (const { layer, state } of verdict.layers) layers[layer] ??= state
  return {
    at: context.at,
    probe: context.probe,
    version: context.version,
    kind: verdict.kind,
    ...(verdict.mechanism === undefined ? {} : { mechanism: verdict.mechanism }),
    ...(verdict.layer === undefined ? {} : { layer: verdict.layer }),
    facts,
    layers,
    ...(family === undefined ? {} : { family }),
    ...(pair === undefined ? {} : context.testName === 'sni_blocking' ? { elsewhere: pair } : { pair }),
    artefact: halvesOf(verdict).artefact,
    ...(dohAnswered(verdict) ? { dohAnswers: true } : {}),
    slow: context.slow ?? false,
    ...(context.id === undefined ? {} : { id: context.id }),
  }
}

/**
 * The halves of a pair. A server that answered (an alert, a certificate, an HTTP error) makes no discordant pair: the
 * two exchanges then differ in what the server said, not in whether they passed. Slowness of one half is a discordant pair
 * (docs/methods/cause.md, section 5).
 */
function pairOf(
  { testName, slow }: ReadingContext,
  verdict: Verdict,
  facts: ReadonlySet<Fact>,
): PairReading | undefined {
  // Only a pair has a ratio to be slow by: both halves completed, and one of them was slowed.
  if (slow === true) return 'fail-pass'

  const passed = facts.has('tls.innocent-passed') || facts.has('quic.innocent-passed')
  const failed = facts.has('tls.innocent-failed') || facts.has('quic.innocent-failed')
  if (verdict.kind === 'reachable') {
    if (passed) return 'pass-pass'
    if (failed) return 'pass-fail'
    return testName === 'sni_blocking' || testName === 'kuager' ? 'pass' : undefined
  }
  if (verdict.mechanism?.startsWith('fault.') === true) return undefined
  if (failed) return 'fail-fail'
  if (!passed || verdict.kind !== 'interfered') return undefined
  // The name resolved to no address of the service: where the exchange failed says nothing about a name at one address.
  return verdict.layer !== 'dns' && endsUnanswered(verdict) ? 'fail-pass' : undefined
}

const endsUnanswered = ({ mechanism }: Verdict): boolean =>
  mechanism !== undefined && /^(?:(tls|quic)\.(timeout|reset|close|injected|throttle)|throughput\.)/.test(mechanism)

function dohAnswered(verdict: Verdict): boolean {
  return verdict.grounds.some(
    ({ fact, values }) =>
      fact === 'dns.other-resolver-answered' && (values['resolver'] === 'doh' || values['resolver'] === 'dot'),
  )
}

/** Family of the addresses that the deciding grounds name, where all are of one. */
function familyOf(verdict: Verdict): 4 | 6 | undefined {
  const families = new Set(
    verdict.grounds.flatMap(({ role, values }) => {
      const address = values['address']
      if ((role !== 'decisive' && role !== 'context') || typeof address !== 'string' || address === '') return []
      return [address.includes(':') ? 6 : 4] as const
    }),
  )
  const [only] = families
  return families.size === 1 ? only : undefined
}
