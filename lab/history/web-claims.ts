import type { Page } from './pages.ts'
import { resolve, type Run } from './run.ts'
import type { Site } from './world.ts'

/** What became of the flows of a web measurement. */
export interface WebOutcome {
  readonly candidates: number
  connected: number
  /** Failure of a flow, where no page was fetched the last one decides. */
  failure: string | null
}

interface Seen {
  readonly input: string
  readonly outcome: WebOutcome
  readonly page: Page | undefined
  readonly controlled: boolean
}

/** What the probe's own program would conclude, as far as anybody reads it: reference ooni.md §6.4, §6.5. */
export function webClaims(run: Run, site: Site, seen: Seen): object {
  const system = resolve(run, site, 'system')
  const forged = run.weather.interference === 'dns-bogon' || run.weather.line === 'portal'
  const dnsFails = seen.controlled && (system.failure !== null || forged)
  const [blocking, accessible] = conclude(run, seen, dnsFails)
  const failed = seen.page === undefined
  const differs = blocking === 'http-diff'
  const compared = !failed && seen.controlled
  return {
    x_dns_flags: dnsFails ? (system.failure === null ? 1 : 2) : 0,
    dns_experiment_failure: system.failure,
    dns_consistency: seen.controlled ? (dnsFails ? 'inconsistent' : 'consistent') : null,
    http_experiment_failure: failed ? (seen.outcome.failure ?? system.failure) : null,
    x_blocking_flags:
      (dnsFails ? 1 : 0) +
      (blocking === 'tcp_ip' ? 2 : 0) +
      (blocking === 'http-failure' ? 4 : 0) +
      (differs ? 16 : 0) +
      (accessible === true ? 32 : 0),
    x_null_null_flags: 0,
    body_proportion: compared ? (differs ? 0.4 : 1) : 0,
    body_length_match: compared ? !differs : null,
    headers_match: compared ? true : null,
    status_code_match: compared ? seen.page?.code === 200 : null,
    title_match: compared ? !differs : null,
    blocking,
    accessible,
  }
}

type Conclusion = readonly [blocking: string | false | null, accessible: boolean | null]

function conclude(run: Run, seen: Seen, dnsFails: boolean): Conclusion {
  const secure = seen.input.startsWith('https:')
  const { interference, origin } = run.weather
  if (seen.page !== undefined && secure) return [false, true]
  if (!seen.controlled) return [null, null]
  if (dnsFails) return ['dns', false]
  if (seen.page !== undefined) return interference === 'block-page' ? ['http-diff', false] : [false, true]
  if (origin === 'down' || origin === 'expired') return [false, false]
  return [seen.outcome.connected === 0 ? 'tcp_ip' : 'http-failure', false]
}
