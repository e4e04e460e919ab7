import type { JudgedTarget } from '../../core/judge/nettest/browser-check.ts'
import type { CheckPlan, CrowdOutcome } from '../../core/model/people/crowd-check.ts'
import type { Lang } from '../../core/text/lang.ts'
import { othersOf } from './others.ts'
import type { FinishedCheck } from './run-check.ts'
import type { Say } from './words.ts'

/** How a check ends: one sentence, and what else is worth saying, a line each. */
export interface CheckEnding {
  readonly sentence: string
  readonly lines: readonly string[]
}

export interface EndingOptions {
  readonly say: Say
  readonly lang: Lang
  readonly plan: Pick<CheckPlan, 'targets' | 'others'>
  /** Name of the reader's network; absent: it is not known. */
  readonly network: string | undefined
  /** Whether the reader's address is of no network of the country that serves people. */
  readonly isAway: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Does not open: no answer, or the connection was interrupted. */
const SHUT: readonly CrowdOutcome[] = ['interference', 'black-hole']

/** Says what a run found, and what others on the same network see of what did not open. */
export function endingOf(
  { judged: { online, controls, results, answered }, isInterrupted }: Pick<FinishedCheck, 'judged' | 'isInterrupted'>,
  { say, lang, plan, network, isAway, now }: EndingOptions,
): CheckEnding {
  const nameOf = (service: string): string => plan.targets.find((one) => one.service === service)?.name ?? service
  const named = (...outcomes: readonly CrowdOutcome[]): readonly string[] =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).map(({ service }) => nameOf(service))
  if (isInterrupted) return { sentence: say('end.interrupted'), lines: [] }
  if (results.length === 0) return { sentence: say('end.nothing'), lines: [] }
  const line = (word: Parameters<Say>[0], names: readonly string[]): readonly string[] =>
    names.length === 0 ? [] : [say(word, { services: names.join(', ') })]
  if (!online) {
    const lines = [say('end.offline-about'), ...line('end.offline-answered', answered.map(nameOf))]
    return { sentence: say('end.offline'), lines }
  }
  const here = say(isAway ? 'end.here-away' : network === undefined ? 'end.here' : 'end.here-named', {
    network: network ?? '',
  })
  const shut = results
    .filter(({ outcome }) => SHUT.includes(outcome))
    .map(({ service }) => ({ service, name: nameOf(service) }))
  const others = othersOf(shut, { say, lang, plan, now })
  const lines = [
    ...(isAway ? [say('end.away')] : []),
    ...others.lines,
    ...line('end.page', named('not-the-site')),
    ...line('end.slow', named('slow')),
    ...line('end.unstable', named('unstable')),
    ...line('end.unclear', named('unknown')),
    ...(controls.silent.length === 0
      ? []
      : [say('end.control', { silent: controls.silent.join(', '), answered: controls.answered.join(', ') })]),
    ...(results.some(({ mayBeShield }) => mayBeShield === true) ? [say('end.shield')] : []),
  ]
  return {
    sentence: sentenceOf(results, { say, shut: shut.map(({ name }) => name), here, others: others.clause }),
    lines,
  }
}

interface SentenceParts {
  readonly say: Say
  /** Names of services that do not open. */
  readonly shut: readonly string[]
  readonly here: string
  /** What others see of them; empty where nothing is known. */
  readonly others: string
}

function sentenceOf(results: readonly JudgedTarget[], { say, shut, here, others }: SentenceParts): string {
  const open = results.filter(({ outcome }) => outcome === 'reachable' || outcome === 'slow').length
  const values = { here, services: shut.join(', '), open, all: results.length, others }
  if (shut.length === 0) {
    if (open === results.length) return say('end.open', values)
    return open === 0 ? say('end.none') : say('end.some-open', values)
  }
  const isRestOpen = shut.length + open === results.length && open > 0
  if (shut.length === 1) return say(isRestOpen ? 'end.one-shut' : 'end.one-shut-counted', values)
  if (shut.length === results.length) return say('end.all-shut', values)
  return say(isRestOpen ? 'end.shut' : 'end.shut-counted', values)
}
