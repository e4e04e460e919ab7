import type { JudgedTarget } from '../../core/judge/nettest/browser-check.ts'
import type { CheckPlan, CrowdOutcome } from '../../core/model/people/crowd-check.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { FinishedCheck } from './run-check.ts'
import { type Say, clockTime } from './words.ts'

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

interface OthersPageOptions {
  readonly say: Say
  readonly lang: Lang
  readonly plan: Pick<CheckPlan, 'others'>
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What others on the reader's network see of services that did not open. */
interface Others {
  /** Ends the sentence of a check; empty where nothing is known. */
  readonly clause: string
  /** A line or more for each service. */
  readonly lines: readonly string[]
}

interface Shut {
  readonly service: string
  readonly name: string
}

type Seen = CheckPlan['others'][number]

/**
 * Devices that a reader sees as "others", as on the rest of the page (site/check/view.ts): one may have a fault of its
 * own.
 */
const FEWEST_DEVICES = 2

/**
 * Which way others speak: devices of volunteers where there are any, what people say where there are none. Where as
 * many see it open as do not, neither is said.
 */
function sideOf(seen: Seen | undefined): 'same' | 'mixed' | 'opens' | 'people' | 'people-open' | 'unknown' {
  if (seen === undefined) return 'unknown'
  const { failing, of, people, people_open: peopleOpen } = seen
  if (of >= FEWEST_DEVICES) return failing === 0 ? 'opens' : failing * 2 > of ? 'same' : 'mixed'
  if ((people ?? 0) === (peopleOpen ?? 0)) return 'unknown'
  return (people ?? 0) > (peopleOpen ?? 0) ? 'people' : 'people-open'
}

/** Says what others see, as plainly where it opens for them as where it does not. */
function othersOf(shut: readonly Shut[], options: OthersPageOptions): Others {
  const seenOf = ({ service }: Shut): Seen | undefined => options.plan.others.find((one) => one.service === service)
  const lines = shut.flatMap((one) => linesOf(one, seenOf(one), options))
  const [only, more] = shut
  if (only === undefined) return { clause: '', lines }
  if (more === undefined) return { clause: clauseOf(seenOf(only), options), lines }
  const { say } = options
  const same = shut.filter((one) => sideOf(seenOf(one)) === 'same')
  if (same.length === shut.length) return { clause: say('clause.all-same'), lines }
  if (shut.every((one) => sideOf(seenOf(one)) === 'opens')) return { clause: say('clause.all-open'), lines }
  const services = same.map(({ name }) => name).join(', ')
  return { clause: same.length === 0 ? '' : say('clause.some-same', { services }), lines }
}

function clauseOf(seen: Seen | undefined, { say, lang, now }: OthersPageOptions): string {
  if (seen === undefined) return ''
  const { failing, of, since_utc: since, people, people_open: peopleOpen } = seen
  const isOne = (count: number): boolean => new Intl.PluralRules(lang).select(count) === 'one'
  switch (sideOf(seen)) {
    case 'same': {
      const word = isOne(failing) ? 'clause.same-one' : 'clause.same'
      return since === null
        ? say(`${word}-undated`, { count: failing })
        : say(word, { count: failing, time: clockTime(Date.parse(since), now) })
    }
    case 'mixed':
      return say('clause.mixed', { count: failing, of })
    case 'opens':
      return say(isOne(of) ? 'clause.opens-one' : 'clause.opens', { count: of })
    case 'people':
      return say('clause.people', { count: people ?? 0 })
    case 'people-open':
      return say('clause.people-open', { count: peopleOpen ?? 0 })
    case 'unknown':
      return ''
  }
}

function linesOf({ name }: Shut, seen: Seen | undefined, { say, now }: OthersPageOptions): readonly string[] {
  if (seen === undefined) return [say('others.unknown', { service: name })]
  const { failing, of, since_utc: since, people, people_open: peopleOpen } = seen
  const side = sideOf(seen)
  const time = since === null ? '' : clockTime(Date.parse(since), now)
  const word =
    side === 'same'
      ? since === null
        ? 'others.same-undated'
        : 'others.same'
      : side === 'mixed'
        ? 'others.mixed'
        : side === 'opens'
          ? 'others.open'
          : undefined
  const counted = word === undefined ? [] : [say(word, { service: name, failing, of, time })]
  const said = [
    ...(people === null ? [] : [say('others.people', { service: name, people })]),
    ...(peopleOpen === null ? [] : [say('others.people-open', { service: name, people: peopleOpen })]),
  ]
  return counted.length + said.length === 0 ? [say('others.unknown', { service: name })] : [...counted, ...said]
}
