import { entryGoesOn, lastOf, entrySpan, type IncidentEntry } from '../../model/incident/entries.ts'
import { goesOn } from '../../model/incident/bounds.ts'
import { jointRatio, SUPPORT } from '../../model/incident/cause.ts'
import type { Incident, IncidentState } from '../../model/incident/incident.ts'
import { instant, type Instant } from '../../model/units.ts'
import { capitalise, say } from '../format.ts'
import { LANGS, type Lang } from '../lang.ts'
import { formatNumber } from '../number.ts'
import { formatClock, formatDateTime, formatDayMonth, HOME_ZONE, zonedParts } from '../time.ts'
import { whenText } from './incident-quote.ts'
import { dateText, edgesText, headline, networkText, timesText, type NamedIncident } from './incident.ts'
import { verdictClause, verdictLine, verdictShort } from './incident-verdict.ts'

// The words of an entry of a list: an episode of several incidents, or a single one. An episode has no conclusion of its
// own: each figure is that of one of its incidents, and each conclusion comes with the number of incidents that have it
// (docs/methods/episodes.md).

/** An entry with the names that a reader knows. */
export type NamedEntry = IncidentEntry<NamedIncident>

/** The incidents of an entry without their names. */
export const bareEntry = (entry: NamedEntry): IncidentEntry => ({
  ...entry,
  incidents: entry.incidents.map(({ incident }) => incident),
})

/** States in the order in which they are named. */
const STATES = ['restricted', 'partly-restricted', 'throttled'] as const satisfies readonly IncidentState[]
type Seen = (typeof STATES)[number]

/** Names of services, each once, in their order of names. */
export const serviceNames = ({ incidents }: NamedEntry): readonly string[] =>
  [...new Set(incidents.map(({ serviceName }) => serviceName))].toSorted((a, b) => (a < b ? -1 : 1))

/** One incident of each network, in the order of their numbers. */
export const oneOfEach = ({ incidents }: NamedEntry): readonly NamedIncident[] =>
  [...new Map(incidents.toReversed().map((one) => [one.incident.asn, one] as const)).values()].toSorted(
    (a, b) => a.incident.asn - b.incident.asn,
  )

/** Services that a heading names; the others are counted. */
const MOST_NAMED = 4

function namesText(lang: Lang, names: readonly string[], most: number): string {
  // One more is named sooner than counted.
  const shown = names.length <= most + 1 ? names.length : most
  const text = names.slice(0, shown).join(', ')
  return names.length === shown
    ? text
    : say(lang, 'episode.more-services', { names: text, count: formatNumber(lang, names.length - shown) })
}

/** What was seen, as a clause, of several states each. */
function seenText(lang: Lang, { incidents }: NamedEntry, tense: 'now' | 'past'): string {
  const count = new Set(incidents.map(({ incident }) => incident.service)).size
  const [first, ...others] = STATES.filter((state) => incidents.some(({ incident }) => incident.state === state))
  if (first === undefined) return say(lang, 'incident.state.insufficient')
  const clause = (state: Seen): string => say(lang, `episode.${tense}.${state}`, { count })
  return others.reduce((text, state) => say(lang, 'episode.or', { first: text, second: clause(state) }), clause(first))
}

/** The worst state that an incident of an entry has. */
export const worstState = ({ incidents }: NamedEntry): IncidentState =>
  STATES.find((state) => incidents.some(({ incident }) => incident.state === state)) ?? 'insufficient'

const isSingle = ({ incidents }: NamedEntry): boolean => incidents.length === 1

/** What an entry is about, without a stop: `Telegram, YouTube: did not open`; of a single incident its own heading. */
export function entryHeadline(lang: Lang, entry: NamedEntry): string {
  const [first] = entry.incidents
  if (first !== undefined && isSingle(entry)) return headline(lang, first)
  // Of the present only where all of them continue.
  const tense = entry.incidents.every(({ incident }) => goesOn(incident)) ? 'now' : 'past'
  return `${servicesText(lang, entry)}: ${seenText(lang, entry, tense)}`
}

/** Services of an entry by name; of many, how many more there are. */
export const servicesText = (lang: Lang, entry: NamedEntry): string => namesText(lang, serviceNames(entry), MOST_NAMED)

/** Start and end of an entry: those of its earliest incident, and of the one that ends last. */
export const entryEdges = (lang: Lang, entry: NamedEntry): ReturnType<typeof edgesText> =>
  edgesText(lang, entrySpan(bareEntry(entry)))

/** Day or days of an entry. */
export const entryDate = (lang: Lang, entry: NamedEntry): string => dateText(lang, entrySpan(bareEntry(entry)))

/** The incidents whose start and whose end an entry shows. */
export function edgeIds(entry: NamedEntry): { readonly first: string; readonly last: string } {
  const { incidents } = bareEntry(entry)
  return { first: incidents[0]?.id ?? '', last: lastOf(incidents).id }
}

/** Incidents with one conclusion: in words, with the range of its strength. */
interface Conclusion {
  readonly incidents: readonly Incident[]
  readonly text: string
}

/** The conclusions of the incidents of an entry, that of most of them first; of as many the more cautious one. */
function conclusions(lang: Lang, entry: NamedEntry): readonly Conclusion[] {
  const { incidents } = bareEntry(entry)
  return [...Map.groupBy(incidents, (one) => verdictClause(lang, one))]
    .map(([clause, own]): Conclusion => ({ incidents: own, text: withStrength(lang, clause, own) }))
    .toSorted((a, b) => b.incidents.length - a.incidents.length || weightOf(a) - weightOf(b))
}

const stepOf = ({ cause }: Incident): number => SUPPORT.indexOf(cause.support)
const weightOf = ({ incidents: [first] }: Conclusion): number =>
  first === undefined || first.cause.word === 'insufficient' ? -1 : first.cause.word === 'not-determined' ? 0 : 1

/** A conclusion with the weakest and the strongest evidence for it; of equal ones the words of an incident. */
function withStrength(lang: Lang, clause: string, incidents: readonly Incident[]): string {
  const sorted = incidents.toSorted((a, b) => stepOf(a) - stepOf(b))
  const [least, most] = [sorted[0], sorted.at(-1)]
  if (least === undefined || most === undefined) return clause
  const isSided = least.cause.word === 'blocking' || least.cause.word === 'fault'
  if (!isSided || stepOf(least) === stepOf(most)) return verdictLine(lang, least)
  const range = say(lang, 'episode.strength-range', {
    least: say(lang, `support.${least.cause.support}`),
    most: say(lang, `support.${most.cause.support}`),
    from: formatNumber(lang, stepOf(least)),
    until: formatNumber(lang, stepOf(most)),
  })
  return `${clause} (${range})`
}

/** The conclusion that most incidents of an entry have: those incidents, the weakest first, of how many. */
export function mainConclusion(
  lang: Lang,
  entry: NamedEntry,
): { readonly incidents: readonly Incident[]; readonly total: number } {
  const [main] = conclusions(lang, entry)
  const incidents = (main?.incidents ?? []).toSorted((a, b) => stepOf(a) - stepOf(b))
  return { incidents, total: entry.incidents.length }
}

/** Weakest and strongest evidence of some incidents: `moderate`, `weak – strong`. */
export function supportRange(lang: Lang, incidents: readonly Incident[]): string {
  const steps = incidents.toSorted((a, b) => stepOf(a) - stepOf(b))
  const ends = [steps[0], steps.at(-1)].flatMap((one) =>
    one === undefined ? [] : say(lang, `support.${one.cause.support}`),
  )
  return [...new Set(ends)].join(' \u2013 ')
}

/** How sure an entry is: each conclusion of its incidents with the number of those that have it. No stops. */
export const sureTexts = (lang: Lang, entry: NamedEntry): readonly string[] =>
  conclusions(lang, entry).map(({ text, incidents }) =>
    isSingle(entry)
      ? text
      : say(lang, 'episode.sure', { verdict: text, count: incidents.length, total: entry.incidents.length }),
  )

/**
 * The joint weight of an episode, and that ratios of its incidents are not multiplied. What earlier rules quoted has no
 * such mean, and counts as nothing.
 */
export function jointText(lang: Lang, entry: NamedEntry): string {
  const joint = jointRatio(bareEntry(entry).incidents.map(({ cause }) => cause.quoted?.log10Lr ?? 0))
  return [
    joint === 0 ? say(lang, 'incidents.joint-none') : say(lang, 'incidents.joint', { times: timesText(lang, joint) }),
    say(lang, 'incidents.not-multiplied'),
  ].join(' ')
}

const unstopped = (text: string): string => text.replace(/\.$/, '')
const isSimulated = ({ incidents }: NamedEntry): boolean => incidents.some(({ incident }) => incident.simulated)
const networksText = (lang: Lang, entry: NamedEntry): string =>
  oneOfEach(entry)
    .map((one) => networkText(lang, one))
    .join(', ')

/** Words of a sentence at most. */
const MOST_WORDS = 30
const wordsOf = (text: string): number => text.split(/[\s\u00a0]+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length

/** How much a sentence names, the most first: so many services, and a single network by its name or as one. */
const SAID = [true, false].flatMap((isNamed) => [3, 2, 1].map((most) => ({ isNamed, most })))
type Said = (typeof SAID)[number]

/**
 * One sentence of at most thirty words for a newspaper: services, networks, when, the conclusion that most incidents
 * have and how many, the check code. As much is named as fits in the longest language, so that each says the same.
 */
export function episodeSentence(lang: Lang, entry: NamedEntry, code: string): string {
  const fits = (said: Said): boolean =>
    LANGS.every((one) => wordsOf(sentenceWith(one, entry, { code, ...said })) <= MOST_WORDS)
  const text = sentenceWith(lang, entry, { code, ...(SAID.find(fits) ?? { isNamed: false, most: 1 }) })
  return isSimulated(entry) ? `${unstopped(say(lang, 'incident.simulated'))}: ${text}` : text
}

/** The end for a sentence: of a day of the year of the start without that year. */
function endText(lang: Lang, entry: NamedEntry): string {
  const { start, end } = entrySpan(bareEntry(entry))
  const { value } = entryEdges(lang, entry).end
  const [from, at] = [start.median, end.median]
  if (from === undefined || at === undefined) return value
  const year = (of: Instant): number => zonedParts(of, HOME_ZONE).year
  return year(from) === year(at)
    ? value.replace(formatDateTime(lang, at), `${formatDayMonth(lang, at)}, ${formatClock(at)}`)
    : value
}

function sentenceWith(
  lang: Lang,
  entry: NamedEntry,
  { code, most, isNamed }: Said & { readonly code: string },
): string {
  const names = serviceNames(entry)
  const states = new Set(entry.incidents.map(({ incident }) => incident.state))
  const [state = 'restricted'] = states.size > 1 ? (['mixed'] as const) : STATES.filter((one) => states.has(one))
  const seen = say(lang, `episode.past.${state}`, { count: names.length })
  const { start, dated } = entryEdges(lang, entry)
  const networks = oneOfEach(entry)
  const [main] = conclusions(lang, entry)
  const [only, one] = [networks[0], main?.incidents[0]]
  return say(lang, 'say.episode', {
    headline: `${namesText(lang, names, most)}: ${seen}`,
    networks:
      isNamed && networks.length === 1 && only !== undefined
        ? networkText(lang, only)
        : formatNumber(lang, networks.length),
    time: [
      ...(dated ? [] : [entryDate(lang, entry)]),
      `${unstopped(start.value)}\u00a0\u2013 ${unstopped(endText(lang, entry))}`,
    ].join(', '),
    verdict: one === undefined ? '' : verdictShort(lang, one),
    count: formatNumber(lang, main?.incidents.length ?? 0),
    total: formatNumber(lang, entry.incidents.length),
    code,
  })
}

/** What was seen, where, when, and the conclusions with how many incidents have each; with its source. */
export function episodeParagraph(lang: Lang, entry: NamedEntry): string {
  const bare = bareEntry(entry)
  return [
    ...(isSimulated(entry) ? [say(lang, 'incident.simulated')] : []),
    say(lang, 'episode.quote.what', {
      // In the past: of what continues it is said until when it was seen.
      headline: `${servicesText(lang, entry)}: ${seenText(lang, entry, 'past')}`,
      networks: networksText(lang, entry),
      when: capitalise(lang, whenText(lang, entrySpan(bare))),
      count: bare.incidents.length,
    }),
    ...sureTexts(lang, entry).map((text) => `${text}.`),
    say(lang, 'episode.quote.grouped'),
    say(lang, 'episode.source', {
      id: entry.episode ?? '',
      at: unstopped(formatDateTime(lang, instant(Math.max(...bare.incidents.map(({ revisedAt }) => revisedAt))))),
    }),
  ].join(' ')
}

/** The paragraph with the joint weight, and that no one is named. */
export const episodeQuotation = (lang: Lang, entry: NamedEntry): string =>
  [episodeParagraph(lang, entry), jointText(lang, entry), say(lang, 'incident.quote.who-if')].join(' ')

/** Sentences that would overstate an episode, the worst first. */
export function episodeNever(lang: Lang, entry: NamedEntry): readonly string[] {
  const { incidents } = bareEntry(entry)
  const words = new Set(incidents.map(({ cause }) => cause.word))
  const last = lastOf(incidents)
  const seen = last.end.bracket[0]
  const proved = (['blocking', 'fault'] as const)
    .filter((word) => words.has(word))
    .map((word) => {
      const isSlow = word === 'blocking' && incidents.every(({ state }) => state === 'throttled')
      return say(lang, `incident.not-proved.${isSlow ? 'throttling' : word}`)
    })
  return [
    say(lang, 'incident.not-who'),
    say(lang, 'episode.not-one-cause'),
    ...proved,
    ...(words.has('not-determined') ? [say(lang, 'incident.not-cause')] : []),
    say(lang, 'episode.not-certain', { count: incidents.length }),
    say(lang, 'episode.not-country', { networks: networksText(lang, entry) }),
    ...(entryGoesOn({ incidents, total: incidents.length }) && seen !== undefined
      ? [
          say(lang, last.state === 'throttled' ? 'incident.not-now-slow' : 'incident.not-now', {
            time: unstopped(formatDateTime(lang, seen)),
          }),
        ]
      : []),
  ]
}
