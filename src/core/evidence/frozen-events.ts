import {
  FROZEN_FORMAT,
  frozenSchema,
  MOST_EVENTS,
  type CoincidencePlan,
  type FrozenEvents,
} from '../model/incident/coincidence.ts'
import { InputError } from '../model/errors.ts'
import { momentBounds } from '../model/moment.ts'
import type { OutsideEvent, Source } from '../model/tables/record.ts'
import { formatInstantUtc, type Instant } from '../model/units.ts'
import { encodeCanonical } from './canonical-json.ts'

/** SHA-256 of a text in UTF-8, as 64 lower-case hexadecimal digits. */
export type TextDigest = (text: string) => string

/** Something in a list that forbids freezing it. */
export interface EventProblem {
  readonly code: 'events.duplicate' | 'events.link' | 'events.source' | 'events.order' | 'events.count'
  readonly path: string
  readonly found: string
  readonly expected: string
}

/** Places where the material of an event itself would lie, or an account that spreads it: never a source. */
const MATERIAL =
  /(^|[./])(youtube\.com|youtube-nocookie\.com|rumble\.com|odysee\.com|bit\.ly|goo\.gl|tinyurl\.com|youtu\.be|facebook\.com|fb\.watch|fb\.com|instagram\.com|t\.me|telegram\.me|tiktok\.com|twitter\.com|x\.com|vk\.com|vk\.ru|ok\.ru|periscope\.tv|pscp\.tv|twitch\.tv|rutube\.ru|vimeo\.com|dailymotion\.com|soundcloud\.com|threads\.net)\.?([/:?#]|$)/i
/** An address or an account in a text that should be words. */
const ADDRESS = /https?:|www\.|(^|\s)@\w|[\w-]+\.(com|net|org|kz|ru|me|be|tv|watch|info)(\/|\b)|\w\.[a-z]{2,}\/\S/i

/**
 * What forbids freezing a list: an id that stands twice, an end before its start, words that hold an address, a source
 * that is the material itself, no source at all. Simulated lists have no source to show.
 */
export function eventProblems(events: readonly OutsideEvent[], simulated: boolean): readonly EventProblem[] {
  const problems: EventProblem[] = []
  const seen = new Set<string>()
  for (const [index, event] of events.entries()) {
    const add = (code: EventProblem['code'], path: string, [found, expected]: readonly [string, string]): void => {
      problems.push({ code, path: `/events/${index}/${path}`, found, expected })
    }
    if (seen.has(event.id)) add('events.duplicate', 'id', [`"${event.id}" a second time`, 'an id of its own'])
    seen.add(event.id)
    if (event.end !== undefined && endsBefore(event.end, event.start))
      add('events.order', 'end', [`${event.end}, before ${event.start}`, 'an end after the start'])
    for (const [lang, words] of Object.entries(event.label))
      if (ADDRESS.test(words)) add('events.link', `label/${lang}`, ['an address', 'neutral words'])
    if (event.channel !== undefined && ADDRESS.test(event.channel))
      add('events.link', 'channel', ['an address', 'a name in words'])
    const wrong = sourceProblem(event.source)
    if (wrong !== undefined) add('events.link', 'source', wrong)
    const { url, archived } = event.source
    if (!simulated && url === undefined && archived === undefined)
      add('events.source', 'source', ['no address and no archived copy', 'where the event can be read about'])
  }
  return problems
}

/** Whether an end lies before a start however both are read: `2018-03-13` may be any hour of that day. */
const endsBefore = (end: string, start: string): boolean =>
  end.length > 10
    ? momentBounds(end).from < momentBounds(start).from
    : momentBounds(end).until <= momentBounds(start).from

/** An address as it leads on, where it is written in an escaped form: copies of pages carry theirs so. */
function unescaped(address: string): string {
  try {
    return decodeURIComponent(address)
  } catch (error) {
    if (error instanceof URIError) return address
    throw error
  }
}

function sourceProblem({ url, archived, title }: Source): readonly [string, string] | undefined {
  const material = [url, archived].find((one) => one !== undefined && MATERIAL.test(unescaped(one)))
  if (material !== undefined || (ADDRESS.test(title) && MATERIAL.test(title)))
    return ['a link to the material or to an account', 'a registered medium that reports the event']
  return undefined
}

/** A list that the form of a frozen one would refuse: none, or more than it takes. */
const countProblem = ({ length }: readonly OutsideEvent[]): EventProblem | undefined =>
  length >= 1 && length <= MOST_EVENTS
    ? undefined
    : { code: 'events.count', path: '/events', found: `${length} events`, expected: `1 to ${MOST_EVENTS}` }

const byStart = (a: OutsideEvent, b: OutsideEvent): number =>
  a.start < b.start ? -1 : a.start > b.start ? 1 : a.id < b.id ? -1 : 1

export interface FreezeOptions {
  readonly simulated: boolean
  readonly at: Instant
  readonly digest: TextDigest
}

/** Freezes a list with its plan: events in order, digest over everything else. Throws InputError with the first problem. */
export function freezeEvents(
  events: readonly OutsideEvent[],
  plan: CoincidencePlan,
  { simulated, at, digest }: FreezeOptions,
): FrozenEvents {
  const problem = countProblem(events) ?? eventProblems(events, simulated)[0]
  if (problem !== undefined)
    throw new InputError(`Cannot freeze events, ${problem.path}: found ${problem.found}`, problem)
  const content = {
    format: FROZEN_FORMAT,
    frozenAtUtc: formatInstantUtc(at),
    simulated,
    plan,
    events: [...events].sort(byStart),
  } as const
  return { ...content, sha256: digest(encodeCanonical(content)) }
}

/** Steps of the verification of a pre-registered list, in their order. */
export const FROZEN_STEPS = ['form', 'digest', 'rules', 'time'] as const
export type FrozenStep = (typeof FROZEN_STEPS)[number]
export interface EventsStep {
  readonly step: FrozenStep
  readonly outcome: 'ok' | 'failed' | 'not-checked'
  /** What was found, where it is not ok. */
  readonly found?: string
}

/**
 * Verifies a pre-registered list: its form, its digest, the rules of freezing, and that it was not frozen after `now`.
 * Gives every step, also after one that failed. A digest cannot show that no one had seen the data before: only its
 * publication in a log before the period ends does.
 */
export function verifyFrozen(
  value: unknown,
  { digest, now }: { readonly digest: TextDigest; readonly now: Instant },
): { readonly steps: readonly EventsStep[]; readonly frozen?: FrozenEvents } {
  const parsed = frozenSchema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const found = `/${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'wrong shape'}`
    return {
      steps: FROZEN_STEPS.map((step) =>
        step === 'form' ? { step, outcome: 'failed', found } : { step, outcome: 'not-checked' },
      ),
    }
  }
  const { sha256, ...content } = parsed.data
  const actual = digest(encodeCanonical(content))
  const problem = eventProblems(parsed.data.events, parsed.data.simulated)[0]
  const future = Date.parse(parsed.data.frozenAtUtc) > now
  const failed = {
    form: undefined,
    digest: actual === sha256 ? undefined : `${actual}, the file says ${sha256}`,
    rules: problem === undefined ? undefined : `${problem.path}: ${problem.found}`,
    time: future ? parsed.data.frozenAtUtc : undefined,
  } satisfies Record<FrozenStep, string | undefined>
  const steps = FROZEN_STEPS.map((step): EventsStep => {
    const found = failed[step]
    return found === undefined ? { step, outcome: 'ok' } : { step, outcome: 'failed', found }
  })
  return steps.every(({ outcome }) => outcome === 'ok') ? { steps, frozen: parsed.data } : { steps }
}

/** When a list was frozen, against the days of its period in its own zone. */
export type FrozenWhen = 'before' | 'during' | 'after'

/**
 * Whether a list was frozen before its period, in it or after it. Only the first leaves no measurement of the period
 * that someone could have seen; the other two say so next to every figure.
 */
export function frozenWhen({ frozenAtUtc, plan }: FrozenEvents): FrozenWhen {
  const parts = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: plan.zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(Date.parse(frozenAtUtc))
  const part = (name: string): string => parts.find(({ type }) => type === name)?.value ?? ''
  const day = `${part('year')}-${part('month')}-${part('day')}`
  if (day < plan.period.since) return 'before'
  return day > plan.period.until ? 'after' : 'during'
}
