import { SUPPORT, type CauseFinding, type CauseWord, type Support } from '../../model/incident/cause.ts'
import type { Incident, IncidentState } from '../../model/incident/incident.ts'
import { ratioSentence, ratioValues, rivalSentence } from './cause.ts'
import { capitalise, say } from '../format.ts'
import { ratioText, timesText } from './incident.ts'
import type { Lang } from '../lang.ts'
import { formatNumber } from '../number.ts'

// What may be concluded about the cause of an incident: one form of sentence on pages, cards, in texts to copy and in
// documents. It says what the signs fit better, never that a cause is shown; the lower (conservative) figure comes
// before the larger one.

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

type Ratios = Pick<CauseFinding, 'log10Lr' | 'lo95' | 'hi95' | 'leading' | 'rival'>

/** The 95 % interval of a weight, told the way round that `timesText` tells the weight: `4,1–120`. */
export function weightInterval(lang: Lang, { log10Lr, lo95, hi95 }: Omit<Ratios, 'leading' | 'rival'>): string {
  const [from, until] = log10Lr < 0 ? [-hi95, -lo95] : [lo95, hi95]
  return `${ratioText(lang, from)}\u2013${ratioText(lang, until)}`
}

/** How the number against the best-fitting alternative compares with that against all. */
export type Compared = 'rival-first' | 'all-first' | 'opposed'

/**
 * Which of the two numbers is the conservative one: the one that says less for the side of the sum. `opposed`: only the
 * alternative points to the other side. The sum weighs all of either side, the alternative's number the best of either:
 * it is the larger where one kind of interference stands out from its side more than one fault does.
 */
export function compareNumbers({ log10Lr, rival }: Pick<Ratios, 'log10Lr' | 'rival'>): Compared {
  const against = log10Lr < 0 ? -rival.log10Lr : rival.log10Lr
  if (against <= 0) return 'opposed'
  return against <= Math.abs(log10Lr) ? 'rival-first' : 'all-first'
}

/** Both numbers in words, the cautious one first, and the sentence that tells them apart. */
export interface NumberWords {
  readonly first: string
  readonly second: string
  readonly apart: string
}

/** Both numbers of a weight as sentences; insufficient evidence has none. */
export function numberWords(lang: Lang, cause: Ratios): NumberWords {
  const compared = compareNumbers(cause)
  const all = `${ratioSentence(lang, cause.log10Lr)} ${say(lang, 'weigh.interval', { interval: weightInterval(lang, cause) })}`
  const rival = rivalSentence(lang, cause)
  const [first, second] = compared === 'all-first' ? [all, rival] : [rival, all]
  return { first, second, apart: say(lang, `weigh.apart.${compared}`) }
}

/** Both numbers for a page: the cautious one as a sentence, the other in few words beside it. */
export function cautiousNumbers(lang: Lang, cause: Ratios): { readonly first: string; readonly beside: string } {
  const compared = compareNumbers(cause)
  const { first } = numberWords(lang, cause)
  const interval = weightInterval(lang, cause)
  const rival = say(lang, `cause.${cause.rival.cause}`)
  const fault = cause.log10Lr < 0 ? '-fault' : ''
  if (compared === 'opposed')
    return { first, beside: say(lang, 'weigh.beside.opposed', { times: timesText(lang, cause.log10Lr), interval }) }
  return compared === 'rival-first'
    ? {
        first,
        beside: say(lang, `weigh.beside.all${fault}`, { times: ratioValues(lang, cause.log10Lr).ratio, interval }),
      }
    : {
        first,
        beside: say(lang, `weigh.beside.rival${fault}`, {
          times: ratioValues(lang, cause.rival.log10Lr).ratio,
          rival,
        }),
      }
}

/** Verdict and strength, then both numbers, the lower one first: two sentences of a copied text. No numbers if evidence is insufficient. */
export function findingSentence(lang: Lang, { cause, state }: Pick<Incident, 'cause' | 'state'>): string {
  const verdict = verdictClause(lang, { cause, state })
  const strong = strengthClause(lang, cause)
  const compared = compareNumbers(cause)
  if (cause.word === 'insufficient') return `${verdict}.`
  if (strong === '') return `${verdict}. ${say(lang, 'incident.strength-none')}`
  const finding = say(lang, 'incident.quote.finding', { verdict, strength: strong })
  if (compared === 'opposed') return finding
  const side = cause.log10Lr < 0 ? 'fault' : 'interference'
  const timesOf = (log10: number) => {
    const { ratio, count } = ratioValues(lang, log10)
    return { times: ratio, count }
  }
  const all = say(lang, `incident.quote.${side}.all`, {
    ...timesOf(cause.log10Lr),
    interval: weightInterval(lang, cause),
  })
  const rival = say(lang, `incident.quote.${side}.rival`, {
    ...timesOf(cause.rival.log10Lr),
    rival: say(lang, `cause.${cause.rival.cause}`),
  })
  const [first, second] = compared === 'rival-first' ? [rival, all] : [all, rival]
  return `${finding} ${say(lang, 'incident.quote.numbers', { first, second })}`
}

/** The whole conclusion in sentences: verdict, strength, both numbers, what they rest on. */
export function conclusionSentences(lang: Lang, incident: Pick<Incident, 'cause' | 'state'>): readonly string[] {
  const { cause } = incident
  if (cause.word === 'insufficient') return [conclusionSentence(lang, incident)]
  const { first, second, apart } = numberWords(lang, cause)
  return [conclusionSentence(lang, incident), strengthSentence(lang, cause), first, second, apart]
}

/** Items that move nothing: a factor of 1.05. */
const NOTHING = 0.02

/** Items that speak against the conclusion, strongest first: for interference where it is a fault, else for a fault. */
export function itemsAgainst({ word, items }: Pick<CauseFinding, 'word' | 'items'>): CauseFinding['items'] {
  const side = word === 'fault' ? -1 : 1
  return items.filter(({ log10Lr }) => side * log10Lr < -NOTHING).toSorted((a, b) => side * (a.log10Lr - b.log10Lr))
}
