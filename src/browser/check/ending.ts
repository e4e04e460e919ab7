import type { JudgedRun, JudgedTarget } from '../../judge/browser-check.ts'
import type { CheckPlan, CrowdOutcome } from '../../model/crowd-check.ts'
import { clockTime, type Say } from './words.ts'

/** How a check ends: one sentence, and what else is worth saying, a line each. */
export interface Ending {
  readonly sentence: string
  readonly lines: readonly string[]
}

export interface EndingOptions {
  readonly say: Say
  readonly plan: Pick<CheckPlan, 'targets' | 'others'>
  /** Name of the reader's network; absent: it is not known. */
  readonly network: string | undefined
  /** Whether the reader's address is of no network of the country that serves people. */
  readonly isAway: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Does not open: silent, or broken off. */
const SHUT: readonly CrowdOutcome[] = ['interference', 'black-hole']

/** Says what a run found, and what others on the same network see of what did not open. */
export function endingOf(
  { online, controls, results, answered }: JudgedRun,
  { say, plan, network, isAway, now }: EndingOptions,
): Ending {
  const nameOf = (service: string): string => plan.targets.find((one) => one.service === service)?.name ?? service
  const named = (...outcomes: readonly CrowdOutcome[]): readonly string[] =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).map(({ service }) => nameOf(service))
  const first = network === undefined ? '' : `${say('end.network', { network })} `
  if (results.length === 0) return { sentence: say('end.nothing'), lines: [] }
  const line = (word: Parameters<Say>[0], names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [say(word, { services: names.join(', ') })]
  if (!online) {
    const lines = [say('end.offline-about'), ...line('end.offline-answered', answered.map(nameOf))]
    return { sentence: say('end.offline'), lines }
  }
  const lines = [
    ...(isAway ? [say('end.away')] : []),
    ...results.filter(({ outcome }) => SHUT.includes(outcome)).flatMap((one) => othersLines(one, { say, plan, now })),
    ...line('end.page', named('not-the-site')),
    ...line('end.slow', named('slow')),
    ...line('end.unstable', named('unstable')),
    ...line('end.unclear', named('unknown')),
    ...(controls.silent.length === 0
      ? []
      : [say('end.control', { silent: controls.silent.join(', '), answered: controls.answered.join(', ') })]),
    ...(results.some(({ mayBeShield }) => mayBeShield === true) ? [say('end.shield')] : []),
  ]
  return { sentence: `${first}${mainClause(results, { say, shut: named(...SHUT) })}`, lines }
}

function mainClause(
  results: readonly JudgedTarget[],
  { say, shut }: { readonly say: Say; readonly shut: readonly string[] },
): string {
  const open = results.filter(({ outcome }) => outcome === 'reachable' || outcome === 'slow').length
  const values = { services: shut.join(', '), open, all: results.length }
  if (shut.length === 0) {
    if (open === results.length) return say('end.open')
    return open === 0 ? say('end.none') : say('end.some-open', values)
  }
  const rest = shut.length + open === results.length && open > 0
  if (shut.length === 1) return say(rest ? 'end.one-shut' : 'end.one-shut-counted', values)
  return say(rest ? 'end.shut' : 'end.shut-counted', values)
}

function othersLines(
  { service }: JudgedTarget,
  { say, plan, now }: Pick<EndingOptions, 'say' | 'plan' | 'now'>,
): readonly string[] {
  const others = plan.others.find((one) => one.service === service)
  const name = plan.targets.find((one) => one.service === service)?.name ?? service
  if (others === undefined) return [say('others.unknown', { service: name })]
  const { failing, of, since_utc: since, people } = others
  const counted =
    of === 0 ? 'others.unknown' : failing === 0 ? 'others.open' : since === null ? 'others.same-undated' : 'others.same'
  const time = since === null ? '' : clockTime(Date.parse(since), now)
  return [
    say(counted, { service: name, failing, of, time }),
    ...(people === null ? [] : [say('others.people', { service: name, people })]),
  ]
}
