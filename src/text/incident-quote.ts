import { SUPPORT, type CauseFinding } from '../model/cause.ts'
import type { Incident } from '../model/incident.ts'
import { say } from './format.ts'
import {
  anchor,
  dateText,
  devicesText,
  edgesText,
  goesOn,
  headline,
  networkText,
  ratioText,
  timesText,
  type EdgeParts,
  type NamedIncident,
} from './incident-sentence.ts'
import type { Lang } from './lang.ts'
import { formatNumber } from './number.ts'
import { formatDateTime, formatOffset, HOME_ZONE } from './time.ts'

// What may be said of the cause of an incident, and the paragraph that carries it out of the site. Whoever copies it
// takes the strength, the interval and the nearest other explanation along.

const stopped = (text: string): string => (text.endsWith('.') ? text : `${text}.`)

/** The 95 % interval of a weight, told the way round that `timesText` tells the weight: `4,1–120`. */
export function weightInterval(lang: Lang, { log10Lr, lo95, hi95 }: CauseWeight): string {
  const [from, until] = log10Lr < 0 ? [-hi95, -lo95] : [lo95, hi95]
  return `${ratioText(lang, from)}\u2013${ratioText(lang, until)}`
}

type CauseWeight = Pick<CauseFinding, 'log10Lr' | 'lo95' | 'hi95'>

/** Strength of the evidence: its word and its step of the six of the scale (docs/methods/cause.md, 4). */
const strength = (lang: Lang, { support }: Pick<CauseFinding, 'support'>): { support: string; step: string } => ({
  support: say(lang, `support.${support}`),
  step: formatNumber(lang, SUPPORT.indexOf(support)),
})

/** The strength as one sentence, with the side it is for. Insufficient evidence has none: an empty text. */
export function strengthSentence(lang: Lang, cause: Pick<CauseFinding, 'word' | 'support' | 'log10Lr'>): string {
  if (cause.word === 'insufficient') return ''
  if (cause.support === 'none') return say(lang, 'incident.strength-none')
  return say(lang, `incident.strength-${cause.log10Lr > 0 ? 'interference' : 'fault'}`, strength(lang, cause))
}

/** The explanation that comes nearest, with the weight against it where there is one: the cautious number. */
function rivalOf(lang: Lang, { rival }: CauseFinding): string {
  const name = say(lang, `cause.${rival.cause}`)
  return rival.log10Lr > 0
    ? say(lang, 'incident.quote-rival-times', { rival: name, times: timesText(lang, rival.log10Lr) })
    : say(lang, 'incident.quote-rival', { rival: name })
}

/** What may be said of the cause, by the word rule and by nothing else, with the weight and its interval. */
export const causeSentence = (lang: Lang, { cause }: Pick<Incident, 'cause'>): string =>
  say(lang, `incident.quote-cause.${cause.word}`, {
    times: timesText(lang, cause.log10Lr),
    interval: weightInterval(lang, cause),
  })

/**
 * What the measurements show where the word is `blocking`, never without the strength. That access was interfered with
 * is said flatly from `strong` on; below, that they fit interference.
 */
export function showsSentence(
  lang: Lang,
  { cause }: { readonly cause: Pick<CauseFinding, 'word' | 'support'> },
): string {
  if (cause.word !== 'blocking') return ''
  const flat = SUPPORT.indexOf(cause.support) >= SUPPORT.indexOf('strong')
  return say(lang, flat ? 'incident.shows' : 'incident.shows-fits', strength(lang, cause))
}

/** Until when something that goes on was seen. */
function lastFailed(lang: Lang, { end, state }: Incident, zone: string): string {
  const [last] = end.bracket
  const key = state === 'throttled' ? 'incident.last-slow' : 'incident.last-failed'
  return last === undefined ? '' : say(lang, key, { time: formatDateTime(lang, last, zone) })
}

/** Everything a copied text says of the cause: strength, word, weight with its interval, nearest other explanation. */
function quotedCause(lang: Lang, incident: Incident): readonly string[] {
  const { cause } = incident
  if (cause.word === 'insufficient') return [causeSentence(lang, incident)]
  return [
    cause.word === 'blocking' ? showsSentence(lang, incident) : strengthSentence(lang, cause),
    causeSentence(lang, incident),
    rivalOf(lang, cause),
  ]
}

/**
 * The paragraph that may be copied as it stands: what, where, when with both intervals, on how many devices, what it
 * shows with which strength and what it does not, its cause by the word rule, its id and revision; a simulated one begins by saying so.
 */
export function quotable(lang: Lang, named: NamedIncident, zone: string = HOME_ZONE): string {
  const { incident } = named
  const { start, end } = edgesText(lang, incident, zone)
  const edge = ({ value, interval }: EdgeParts): string =>
    interval === undefined ? value : say(lang, 'incident.interval', { value, interval })
  const at = anchor(incident)
  const sentences = [
    incident.simulated ? say(lang, 'incident.simulated') : '',
    headline(lang, named),
    say(lang, 'incident.network', { network: networkText(lang, named) }),
    say(lang, 'incident.date', { date: dateText(lang, incident, zone) }),
    incident.withdrawn ? '' : `${say(lang, 'incident.start')}: ${edge(start)}`,
    incident.withdrawn ? '' : `${say(lang, 'incident.end')}: ${edge(end)}`,
    at === undefined ? '' : say(lang, 'incident.zone', { offset: formatOffset(at, zone) }),
    incident.withdrawn ? '' : devicesText(lang, incident),
    incident.withdrawn
      ? say(lang, 'incident.withdrawn-about', { reason: say(lang, `incident.reason.${incident.reason}`) })
      : '',
    ...(incident.withdrawn ? [] : quotedCause(lang, incident)),
    goesOn(incident) ? lastFailed(lang, incident, zone) : '',
    goesOn(incident) ? say(lang, 'incident.provisional', { at: formatDateTime(lang, incident.revisedAt, zone) }) : '',
    say(lang, 'incident.source', { id: incident.id, revision: formatNumber(lang, incident.revision) }),
  ]
  return sentences
    .filter((sentence) => sentence !== '')
    .map(stopped)
    .join(' ')
}
