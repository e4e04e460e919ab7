import type { PairTimes } from './pair-times.ts'
import type { LineNote } from './measurement.ts'
import type { Half, TargetHalf } from './reading.ts'
import type { Fact, Verdict } from './verdict.ts'

/** What one verdict tells the detector: the halves of a pair, without who measured and when. */
export interface Halves {
  readonly target: TargetHalf
  readonly control: Half
  readonly canary: Half
  readonly artefact: boolean
}

/** A ratio counts where the target was judged and the control does not fail with it: a common failure says nothing. */
export const ratioCounts = ({ target, control }: Pick<Halves, 'target' | 'control'>): boolean =>
  target === 'ok' || ((target === 'fail' || target === 'slow') && control !== 'fail')

/** Facts that stand without a control (docs/methods/judging.md §2.4). */
const ARTEFACTS: ReadonlySet<Fact> = new Set([
  'http.fingerprint',
  'tls.interception-issuer',
  'dns.bogon',
  'dns.fingerprint',
])

/**
 * The control failed where the target passed. A helper that cannot resolve a name is not among them: that tells of the
 * helper's resolver, nothing of a load on the way or on the server.
 */
const CONTROL_FAILED: ReadonlySet<Fact> = new Set([
  'tls.innocent-failed',
  'tcp.control-failed',
  'tls.control-failed',
  'quic.control-failed',
  'http.control-failed',
  'tunnel.shaped-failed',
])

const CONTROL_PASSED: ReadonlySet<Fact> = new Set([
  'tls.innocent-passed',
  'tls.sibling-passed',
  'tcp.control-connected',
  'tls.control-completed',
  'tls.control-assumed',
  'quic.control-completed',
  'http.control-answered',
  'http.page-alike',
  'quic.innocent-passed',
  'http.innocent-passed',
  'tunnel.shaped-passed',
])

/** The line itself did not work. `line.no-ipv6` and `line.clock` are no such thing: the rest of the line works. */
const LINE_FAILED: ReadonlySet<Fact> = new Set([
  'line.captive-portal',
  'line.own-failure',
  'line.nothing-works',
  'line.resolver-broken',
  'line.resolver-fails',
  'line.unstable',
])

/** Only what is at home was reached: no fault of the line itself. */
const ONLY_HOME: ReadonlySet<Fact> = new Set(['line.abroad-filtered'])

/**
 * The halves of a verdict, by the table of docs/methods/readings.md §1. It is in the model because the warehouse stores
 * its result as columns, and the stores know only the model.
 *
 * `pair`: the times of both halves, where both were answered: then the control passed, also where no ground says so,
 * because a target that completes needs no control to be reachable. `line`: what our own probe found of its line.
 *
 * A block page that only counts next to a control (`weak-fingerprint`) is not direct evidence. Wrong when: the helper
 * that plays the control is itself broken, then a reachable service looks like a reversed pair.
 */
export function halvesOf(
  verdict: Pick<Verdict, 'kind' | 'mechanism' | 'grounds'>,
  pair?: PairTimes,
  line?: LineNote,
): Halves {
  const found = halvesOfVerdict(verdict, pair)
  return found.canary === 'none' ? { ...found, canary: canaryOf(line) } : found
}

/**
 * What the names never restricted did in the run of our own probe: three exchanges at least; four in five pass, or half
 * of them fail. Between, nothing.
 */
function canaryOf(line: LineNote | undefined): Half {
  const tried = line?.canaries.reduce((sum, one) => sum + one.tried, 0) ?? 0
  const passed = line?.canaries.reduce((sum, one) => sum + one.passed, 0) ?? 0
  if (tried < 3) return 'none'
  return passed >= tried * 0.8 ? 'ok' : passed <= tried * 0.5 ? 'fail' : 'none'
}

function halvesOfVerdict(verdict: Pick<Verdict, 'kind' | 'mechanism' | 'grounds'>, pair?: PairTimes): Halves {
  const has = (facts: ReadonlySet<Fact>): boolean => verdict.grounds.some(({ fact }) => facts.has(fact))
  const passed = has(CONTROL_PASSED) || pair !== undefined
  const control: Half = has(CONTROL_FAILED) ? 'fail' : passed ? 'ok' : 'none'
  switch (verdict.kind) {
    case 'reachable':
      return { target: 'ok', control, canary: 'none', artefact: false }
    case 'interfered': {
      // Without direct evidence no verdict says so unless a control passed at that layer, even if something failed
      // later.
      const artefact = showsArtefact(verdict.grounds)
      return { target: 'fail', control: artefact ? control : 'ok', canary: 'none', artefact }
    }
    case 'unreachable':
      return { target: 'fail', control: 'fail', canary: 'none', artefact: false }
    case 'inconclusive':
    case 'not-judged': {
      const failed = (verdict.mechanism === 'fault.client' && has(LINE_FAILED)) || has(ONLY_HOME)
      const canary = failed ? 'fail' : 'none'
      return { target: 'none', control: 'none', canary, artefact: false }
    }
  }
}

function showsArtefact(grounds: Verdict['grounds']): boolean {
  const weak = grounds.some(({ fact, values }) => fact === 'ratio.halved' && values['why'] === 'weak-fingerprint')
  return !weak && grounds.some(({ fact, role }) => role === 'decisive' && ARTEFACTS.has(fact))
}
