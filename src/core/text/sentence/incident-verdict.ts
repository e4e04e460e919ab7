import {
  PAIRS_LOG10,
  quotedOf,
  SUPPORT,
  type CauseFinding,
  type CauseWord,
  type EarlierRatio,
  type Support,
  type ToldRatio,
} from '../../model/incident/cause.ts'
import type { Incident, IncidentState } from '../../model/incident/incident.ts'
import { listedCounts, opponentName, quotedSentence, ratioValues } from './cause.ts'
import { capitalise, say } from '../format.ts'
import { ratioText, timesText } from './incident.ts'
import type { Lang } from '../lang.ts'
import { formatNumber } from '../number.ts'

// What may be concluded about the cause of an incident: one form of sentence on pages, cards, in texts to copy and in
// documents. It says what the signs fit better, never that a cause is shown; the number to quote comes before the
// larger one, which is not to be quoted.

/** What a sentence on a verdict needs: the verdict of the weighing, and whether the service was slow and not shut. */
export interface Concluded {
  readonly cause: Pick<CauseFinding, 'word'>
  readonly state?: IncidentState
}

/** Words of a verdict: those of the weighing, and the one for a service that was slow. */
type VerdictWord = CauseWord | 'throttling'

/** A slow service is not said to be blocked: the same rule gives the word of speed. */
const verdictWord = ({ cause, state }: Concluded): VerdictWord =>
  cause.word === 'blocking' && state === 'throttled' ? 'throttling' : cause.word

/** The conclusion as a clause without a stop: `The signs fit blocking better than a technical fault`. */
export const verdictClause = (lang: Lang, concluded: Concluded): string =>
  say(lang, `incident.verdict.${verdictWord(concluded)}`)

/** The conclusion as a sentence. */
export const conclusionSentence = (lang: Lang, concluded: Concluded): string => `${verdictClause(lang, concluded)}.`

/** The conclusion for a narrow place, as a clause with its own subject: `the signs fit blocking better`. */
export const verdictShort = (lang: Lang, concluded: Concluded): string =>
  say(lang, `incident.verdict-short.${verdictWord(concluded)}`)

/** The conclusion as one word of a table. */
export const verdictName = (lang: Lang, concluded: Concluded): string => say(lang, `word.${verdictWord(concluded)}`)

/** Strength of the evidence: its word and its step of the six of the scale (docs/methods/cause.md, 4). */
const strength = (lang: Lang, support: Support): { support: string; step: string } => ({
  support: say(lang, `support.${support}`),
  step: formatNumber(lang, SUPPORT.indexOf(support)),
})

type Weighed = Pick<CauseFinding, 'word' | 'support' | 'log10Lr'>

/** The strength as one sentence, with the side it is for. Insufficient evidence has none: an empty text. */
export function strengthSentence(lang: Lang, { word, support, log10Lr }: Weighed): string {
  if (word === 'insufficient') return ''
  if (support === 'none') return say(lang, 'incident.strength-none')
  return say(lang, `incident.strength-${log10Lr > 0 ? 'interference' : 'fault'}`, strength(lang, support))
}

/** The strength as a clause beside a verdict, `evidence: strong, step 4 of 6`, with its side where the verdict names none; empty where there is none. */
export function strengthClause(lang: Lang, { word, support, log10Lr }: Weighed): string {
  if (word === 'insufficient' || support === 'none') return ''
  const side = log10Lr > 0 ? 'interference' : 'fault'
  const key = word === 'not-determined' ? (`incident.strength-for-${side}` as const) : 'incident.strength'
  return say(lang, key, strength(lang, support))
}

/** Verdict and strength as one line of a list, without a stop; for a word of neither side the verdict alone. */
export function verdictLine(lang: Lang, { cause, state }: Pick<Incident, 'cause' | 'state'>): string {
  const clause = verdictClause(lang, { cause, state })
  const sided = cause.word === 'blocking' || cause.word === 'fault' ? strengthClause(lang, cause) : ''
  return sided === '' ? clause : `${clause} (${sided})`
}

/** Least ratio of each step, as log10; the scale of `src/core/detect/cause/word.ts`, for readers. */
export const STEPS = [
  ['weak', Math.log10(2)],
  ['moderate', 1],
  ['moderately-strong', 2],
  ['strong', 3],
  ['very-strong', 4],
  ['extremely-strong', 6],
] as const satisfies readonly (readonly [Support, number])[]

/** The six steps of strength, weakest first, each with the ratio from which it holds. */
export const scaleSentences = (lang: Lang): readonly { readonly support: Support; readonly text: string }[] =>
  STEPS.map(([support, from]) => ({
    support,
    text: say(lang, 'incident.scale-from', {
      support: capitalise(lang, say(lang, `support.${support}`)),
      value: ratioText(lang, from),
    }),
  }))

type Ratios = Pick<CauseFinding, 'quoted' | 'log10Lr' | 'lo95' | 'hi95' | 'rival'>

/** A 95 % interval, told the way round that `timesText` tells its ratio: `4,1–120`. */
export function weightInterval(
  lang: Lang,
  { log10Lr, lo95, hi95 }: { readonly log10Lr: number; readonly lo95: number; readonly hi95: number },
): string {
  const [from, until] = log10Lr < 0 ? [-hi95, -lo95] : [lo95, hi95]
  return `${ratioText(lang, from)}\u2013${ratioText(lang, until)}`
}

/** The interval of the quoted ratio; empty in revisions of earlier rules, which have none. */
export const quotedInterval = (lang: Lang, told: ToldRatio): string =>
  'followed' in told ? '' : weightInterval(lang, told)

/** What a revision of earlier rules quoted, and that its verdict and step followed another ratio. */
const earlierSentence = (lang: Lang, { log10Lr, followed }: EarlierRatio): string =>
  say(lang, 'weigh.quoted-earlier', { times: timesText(lang, log10Lr), mean: timesText(lang, followed) })

/** What the pairs alone show, and how it is to be read; nothing where no pair was discordant. */
export function pairsSentences(lang: Lang, { pairs }: Pick<CauseFinding, 'pairs'>): readonly string[] {
  if (pairs === undefined) return []
  const { discordant, named, log10E } = pairs
  const counts = { count: formatNumber(lang, discordant), named: formatNumber(lang, named) }
  if (log10E < PAIRS_LOG10) return [say(lang, 'incident.pairs-none', counts)]
  const { ratio: limit } = ratioValues(lang, log10E)
  return [
    say(lang, 'incident.pairs', { ...counts, times: timesText(lang, log10E) }),
    say(lang, 'incident.pairs-how', { limit }),
  ]
}

/** The numbers of a weight in words. */
export interface NumberWords {
  /** The one to quote, with its interval. */
  readonly quoted: string
  /** The ratio of averages, which is larger and not to be quoted; none of earlier rules: the first sentence gives both. */
  readonly mean?: string
  /** What the quoted number says and what it does not say; none where none is quoted. */
  readonly meaning: readonly string[]
}

/** The numbers of a weight as sentences; insufficient evidence has none. */
export function numberWords(lang: Lang, cause: Ratios): NumberWords {
  const quoted = quotedOf(cause)
  if ('followed' in quoted) return { quoted: earlierSentence(lang, quoted), meaning: [] }
  const interval = quotedInterval(lang, quoted)
  const counts = listedCounts(lang)
  const even = quoted.log10Lr === 0
  const side = quoted.log10Lr < 0 ? ('-fault' as const) : ('' as const)
  return {
    quoted: `${quotedSentence(lang, quoted)}${even ? '' : ` ${say(lang, 'weigh.interval', { interval })}`}`,
    mean: say(lang, 'weigh.mean', {
      ...counts,
      times: timesText(lang, cause.log10Lr),
      interval: weightInterval(lang, cause),
    }),
    meaning:
      quoted.log10Lr === 0
        ? []
        : [say(lang, `incident.number-is${side}`, counts), say(lang, `incident.number-not${side}`)],
  }
}

/** Verdict and strength, then the number to quote: two sentences of a copied text. No number if evidence is insufficient. */
export function findingSentence(lang: Lang, { cause, state }: Pick<Incident, 'cause' | 'state'>): string {
  const verdict = verdictClause(lang, { cause, state })
  const strong = strengthClause(lang, cause)
  if (cause.word === 'insufficient') return `${verdict}.`
  if (strong === '') return `${verdict}. ${say(lang, 'incident.strength-none')}`
  const finding = say(lang, 'incident.quote.finding', { verdict, strength: strong })
  const quoted = quotedOf(cause)
  if ('followed' in quoted) return `${finding} ${earlierSentence(lang, quoted)}`
  const interval = quotedInterval(lang, quoted)
  const { ratio: times, count } = ratioValues(lang, quoted.log10Lr)
  const key = quoted.log10Lr < 0 ? 'incident.quote.fault' : 'incident.quote.interference'
  return `${finding} ${say(lang, key, { times, count, interval, against: opponentName(lang, quoted.against) })}`
}

/** The whole conclusion in sentences: verdict, strength, both numbers, what the one to quote says and does not say. */
export function conclusionSentences(lang: Lang, incident: Pick<Incident, 'cause' | 'state'>): readonly string[] {
  const { cause } = incident
  if (cause.word === 'insufficient') return [conclusionSentence(lang, incident)]
  const { quoted, mean, meaning } = numberWords(lang, cause)
  return [
    ...pairsSentences(lang, cause),
    conclusionSentence(lang, incident),
    strengthSentence(lang, cause),
    quoted,
    ...meaning,
    ...(mean === undefined ? [] : [mean]),
  ]
}

/** Items that move nothing: a factor of 1.05. */
const NOTHING = 0.02

/** Items that speak against the conclusion, strongest first: for interference where it is a fault, else for a fault. */
export function itemsAgainst({ word, items }: Pick<CauseFinding, 'word' | 'items'>): CauseFinding['items'] {
  const side = word === 'fault' ? -1 : 1
  return items.filter(({ log10Lr }) => side * log10Lr < -NOTHING).toSorted((a, b) => side * (a.log10Lr - b.log10Lr))
}
