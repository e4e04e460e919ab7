import { anchor, goesOn } from '../../model/incident/bounds.ts'
import { successorOf, type Incident } from '../../model/incident/incident.ts'
import { outcomeName } from './cause.ts'
import { capitalise, say } from '../format.ts'
import {
  againstSentences,
  dateText,
  devicesText,
  edgesText,
  headlineState,
  inLine,
  networkText,
  noteText,
  reasonText,
  type EdgeTexts,
  type NamedIncident,
} from './incident.ts'
import { findingSentence, itemsAgainst, verdictShort } from './incident-verdict.ts'
import { LANGS, type Lang } from '../lang.ts'
import { formatClock, formatDateTime, formatOffset, HOME_ZONE } from '../time.ts'

// The paragraph that carries an incident out of the site: complete in itself, and no longer than a caption in a messenger
// holds. A copy of it includes the strength, both numbers, their interval and what speaks against.

/** Letters of what speaks against that a caption has room for; of more, the first alone. */
const MOST_LETTERS = 90

const unstopped = (text: string): string => text.replace(/\.$/, '')

/**
 * Two or three sentences to be copied unchanged: what, where, when with both intervals, on how many devices; what the
 * signs fit better, how well, by the lower (conservative) figure first; what speaks against; that no one is named. Its
 * source last, a simulated incident said to be one first. For a withdrawn incident they say only that it is withdrawn.
 */
export function quotable(lang: Lang, named: NamedIncident, zone: string = HOME_ZONE): string {
  const { incident } = named
  const sentences = [
    incident.simulated ? say(lang, 'incident.simulated') : '',
    ...(incident.withdrawn
      ? [
          withdrawnSentence(lang, named, zone),
          ...(successorOf(incident) === undefined ? [] : [noteText(lang, incident)]),
        ]
      : [
          whatSentence(lang, named, zone),
          findingSentence(lang, incident),
          againstSentence(lang, incident),
          say(lang, incident.cause.word === 'blocking' ? 'incident.quote.who' : 'incident.quote.who-if'),
        ]),
    say(lang, 'incident.source', { id: incident.id, revision: incident.revision }),
  ]
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

/**
 * One sentence of at most thirty words for a newspaper: network, what was seen, when, what the signs fit better, the
 * check code. What goes on is said to have lasted until it was last seen: the sentence may be read much later. A withdrawn
 * incident has no other sentence than that it is withdrawn.
 */
export function oneSentence(lang: Lang, named: NamedIncident, code: string): string {
  const { incident, serviceName: service } = named
  if (incident.withdrawn) return withdrawnSentence(lang, named, HOME_ZONE)
  const { start, end, dated } = edgesText(lang, incident)
  const state = headlineState(incident)
  const last = lastSeen(lang, incident, { zone: HOME_ZONE, dated })
  const text = say(lang, 'say.incident', {
    network: networkText(lang, named),
    headline: say(lang, state === 'insufficient' ? 'incident.quote.seen' : `incident.past.${state}`, { service }),
    time: [
      ...(dated ? [] : [dateText(lang, incident)]),
      `${unstopped(start.value)}\u00a0\u2013 ${last === undefined ? unstopped(end.value) : say(lang, 'say.or-later', { time: last })}`,
    ].join(', '),
    verdict: verdictShort(lang, incident),
    code,
  })
  return incident.simulated ? `${unstopped(say(lang, 'incident.simulated'))}: ${text}` : text
}

/** What was seen and what the signs fit better, with its number: the quotation without what speaks against. */
export const shortQuotation = (lang: Lang, named: NamedIncident): string =>
  named.incident.withdrawn
    ? quotable(lang, named)
    : [
        ...(named.incident.simulated ? [say(lang, 'incident.simulated')] : []),
        whatSentence(lang, named, HOME_ZONE),
        findingSentence(lang, named.incident),
        say(lang, 'incident.source', { id: named.incident.id, revision: named.incident.revision }),
      ]
        .filter((sentence) => sentence !== '')
        .join(' ')

function withdrawnSentence(lang: Lang, named: NamedIncident, zone: string): string {
  const { incident, serviceName } = named
  return say(lang, 'incident.quote.withdrawn', {
    service: serviceName,
    network: networkText(lang, named),
    date: dateText(lang, incident, zone),
    at: formatDateTime(lang, incident.revisedAt, zone),
    reason: reasonText(lang, incident),
  })
}

/** Until when an incident that goes on was seen; `dated`: with the day. */
function lastSeen(
  lang: Lang,
  incident: Incident,
  { zone, dated }: { readonly zone: string; readonly dated: boolean },
): string | undefined {
  const last = goesOn(incident) ? incident.end.bracket[0] : undefined
  if (last === undefined) return undefined
  return dated ? unstopped(formatDateTime(lang, last, zone)) : formatClock(last, zone)
}

/**
 * When it was, with both intervals: of what goes on, until when it was seen. Without a stop.
 */
export function whenText(lang: Lang, incident: Incident, zone: string = HOME_ZONE): string {
  const { start, end, dated } = edgesText(lang, incident, zone)
  const at = anchor(incident)
  const last = lastSeen(lang, incident, { zone, dated })
  const edge = ({ value, interval }: EdgeTexts): string =>
    unstopped(interval === undefined ? value : say(lang, 'incident.interval', { value, interval }))
  const day = [
    ...(dated ? [] : [dateText(lang, incident, zone)]),
    ...(at === undefined ? [] : [say(lang, 'incident.quote.zone', { offset: formatOffset(at, zone) })]),
  ].join(', ')
  const edges = [
    say(lang, 'incident.quote.start', { time: edge(start) }),
    last === undefined
      ? say(lang, 'incident.quote.end', { time: edge(end) })
      : say(lang, incident.state === 'throttled' ? 'incident.quote.last-slow' : 'incident.quote.last-failed', {
          time: last,
        }),
  ].join(', ')
  return day === '' ? edges : `${day}: ${edges}`
}

/** What was seen, in the past. */
function whatSentence(lang: Lang, named: NamedIncident, zone: string): string {
  const { incident, serviceName } = named
  const state = headlineState(incident)
  return say(lang, 'incident.quote.what', {
    headline:
      state === 'insufficient'
        ? say(lang, 'incident.quote.seen', { service: serviceName })
        : say(lang, `incident.past.${state}`, { service: serviceName }),
    network: networkText(lang, named),
    when: capitalise(lang, whenText(lang, incident, zone)),
    devices: unstopped(inLine(lang, devicesText(lang, incident))),
  })
}

/**
 * The strongest item against the conclusion and the first limit of the data; where there is neither, what was not
 * tested. Whether there is room for both is decided by the longest language, so that each says the same.
 */
function againstSentence(lang: Lang, incident: Incident): string {
  const { cause } = incident
  if (cause.word === 'insufficient') return ''
  const list = againstList(lang, incident)
  if (list.length > 0) {
    const longest = Math.max(...LANGS.map((one) => againstList(one, incident).join('; ').length))
    return say(lang, 'incident.quote.against', { list: list.slice(0, longest > MOST_LETTERS ? 1 : 2).join('; ') })
  }
  const turning = cause.unseen.filter(({ after }) => after.some(({ word }) => word !== cause.word)).length
  return turning === 0 ? '' : say(lang, 'incident.quote.untested', { count: turning })
}

function againstList(lang: Lang, incident: Incident): readonly string[] {
  const { cause } = incident
  const [contrary] = itemsAgainst(cause)
  const limits = againstSentences(lang, { ...incident, opinions: [], cause: { ...cause, unseen: [] } })
  return [
    ...(contrary === undefined ? [] : [outcomeName(lang, contrary, contrary.outcome)]),
    ...limits.slice(0, 1).map((one) => unstopped(inLine(lang, one))),
  ]
}
