import { knownBounds } from '../../core/model/incident/impact-bounds.ts'
import { knownSentences } from '../../core/text/sentence/impact.ts'
import { serviceName, type Names } from '../../core/text/names.ts'
import type { WeighedItem } from '../../core/model/incident/cause.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { Instant } from '../../core/model/units.ts'
import { outcomeName } from '../../core/text/sentence/cause.ts'
import { say } from '../../core/text/format.ts'
import {
  againstSentences,
  bracketText,
  comparedOpinions,
  dateText,
  edgesText,
  headline,
  lengthText,
  networkText,
  ratioText,
  shareText,
  timesText,
  type EdgeTexts,
  type NamedIncident,
} from '../../core/text/sentence/incident.ts'
import { pooledSentences } from '../../core/text/sentence/incident-pooled.ts'
import { quotable } from '../../core/text/sentence/incident-quote.ts'
import { numberWords, pairsSentences, verdictLine } from '../../core/text/sentence/incident-verdict.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { printable } from '../../core/text/printable.ts'
import { padded, table } from '../terminal/table.ts'

/** Columns of running text. */
const WIDTH = 78

/** An incident with the names of its service and network, safe for a terminal. */
export function nameIncident(incident: Incident, names: Names): NamedIncident {
  const network = names.networkName(incident.asn)
  return {
    incident,
    serviceName: printable(serviceName(names, incident.service)),
    ...(network === undefined ? {} : { networkName: printable(network) }),
  }
}

/** Text broken at spaces into lines of at most 78 columns, each indented. */
export function wrapped(text: string, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/ +/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((one) => `${indent}${one}\n`).join('')
}

/** A row whose last column is running text, broken into lines below one another. */
function hanging(head: string, text: string): string {
  const indent = ' '.repeat(head.length)
  return `${head}${wrapped(text, indent).slice(indent.length)}`
}

const edgeLine = (lang: Lang, { value, interval }: EdgeTexts): string =>
  interval === undefined ? value : say(lang, 'incident.interval', { value, interval })

/** The mark before a headline: full restriction, partial or slow, too little evidence, taken back. */
const mark = ({ withdrawn, state }: Incident): string => {
  if (withdrawn) return '–'
  if (state === 'restricted') return '█'
  return state === 'insufficient' ? '?' : '▒'
}

/** What a list says of one incident: what, where, from when to when, how sure, its id. */
export function incidentEntry(lang: Lang, named: NamedIncident): string {
  const { incident } = named
  const { start, end } = edgesText(lang, incident)
  const when = [
    dateText(lang, incident),
    `${say(lang, 'incident.start')}: ${edgeLine(lang, start)}`,
    `${say(lang, 'incident.end')}: ${edgeLine(lang, end)}`,
  ]
  const lines = [
    `${mark(incident)} ${headline(lang, named)}. ${networkText(lang, named)}\n`,
    // A Russian date ends with a point of its own.
    wrapped(when.map((part) => part.replace(/\.$/, '')).join('. '), '  '),
    ...(incident.withdrawn ? [] : [wrapped(`${verdictLine(lang, incident)}.`, '  ')]),
    `  ${incident.id}\n`,
  ]
  return lines.join('')
}

/**
 * Everything a person at a terminal reads of one incident, the answer first. `apart`: measurements around it by senders
 * who are unknown.
 */
export function incidentText(lang: Lang, named: NamedIncident, apart = 0): string {
  const { incident } = named
  const blocks = [
    wrapped(quotable(lang, named)),
    facts(lang, incident, apart),
    weight(lang, incident),
    section(
      say(lang, 'incident.against'),
      orNone(againstSentences(lang, incident), say(lang, 'incident.against-none')).map((one) => wrapped(one, '  ')),
    ),
    section(say(lang, 'incident.who'), [wrapped(say(lang, 'incident.who-answer'), '  ')]),
    opinions(lang, incident),
    impact(lang, incident),
    source(lang, incident),
  ]
  return blocks.filter((block) => block !== '').join('\n')
}

const section = (title: string, lines: readonly string[]): string => `${title}\n${lines.join('')}`

const orNone = (sentences: readonly string[], none: string): readonly string[] =>
  sentences.length === 0 ? [none] : sentences

function facts(lang: Lang, incident: Incident, apart: number): string {
  const length = edgeLine(lang, lengthText(lang, incident))
  const { alarm } = incident
  const lines = [
    `${say(lang, 'incident.length')}: ${length}`,
    ...shareText(lang, incident),
    ...(apart === 0 ? [] : [say(lang, 'incident.kept-apart', { count: formatNumber(lang, apart) })]),
    ...(incident.mechanism === undefined ? [] : [say(lang, 'incident.mechanism', { mechanism: incident.mechanism })]),
    say(lang, incident.state === 'throttled' ? 'incident.bracket-slow' : 'incident.bracket', {
      start: bracketText(lang, incident.start),
      end: bracketText(lang, incident.end),
    }),
    ...pooledSentences(lang, incident),
    ...outageSentences(lang, incident),
    ...(alarm === undefined ? [] : [say(lang, 'incident.alarm', { at: formatDateTime(lang, alarm.raisedAt) })]),
  ]
  return section(
    say(lang, 'incident.what'),
    lines.map((one) => wrapped(one, '  ')),
  )
}

/** Outages in which failures count as not measured, each with its source and the hash of the answer. */
function outageSentences(lang: Lang, { outages = [] }: Incident): readonly string[] {
  if (outages.length === 0) return []
  const each = outages.map(({ scope, from, until, source, sha256 }) => {
    const span = `${formatDateTime(lang, from)} \u2013 ${formatDateTime(lang, until)}`
    const hash = sha256 === undefined ? '' : `. SHA-256: ${sha256}`
    return `${say(lang, `incident.ioda-entity.${scope}`)}: ${span}. ${printable(source)}${hash}`
  })
  return [say(lang, 'incident.outages'), ...each]
}

/** Bars of one side or the other, a block for each factor of two. */
const BAR = 8
function bar(log10Lr: number): string {
  const blocks = Math.min(BAR, Math.round(Math.abs(log10Lr) / Math.log10(2)))
  const drawn = '█'.repeat(blocks)
  return log10Lr < 0 ? `${drawn.padStart(BAR)}|${' '.repeat(BAR)}` : `${' '.repeat(BAR)}|${drawn.padEnd(BAR)}`
}

function weight(lang: Lang, { cause }: Incident): string {
  const counted = ({ count }: WeighedItem): string =>
    count.n === 0 ? '' : `${formatNumber(lang, count.k)} / ${formatNumber(lang, count.n)}`
  const heads = cause.items.map((item) => [`  ${bar(item.log10Lr)}`, ratioText(lang, item.log10Lr), counted(item)])
  const rows = padded(heads).map((head, i) => {
    const item = cause.items[i]! // one for each
    return hanging(head, outcomeName(lang, item, item.outcome))
  })
  const interval = `${ratioText(lang, cause.lo95)} – ${ratioText(lang, cause.hi95)}`
  const numbers = cause.word === 'insufficient' ? undefined : numberWords(lang, cause)
  const sum = `${say(lang, 'incident.weight-sum')}: ${timesText(lang, cause.log10Lr)}.`
  return section(say(lang, 'incident.weight'), [
    ...pairsSentences(lang, cause).map((sentence) => wrapped(sentence, '  ')),
    ...(numbers === undefined ? [] : [wrapped(numbers.quoted, '  ')]),
    `  ${say(lang, 'incident.weight-fault').padStart(BAR)}|${say(lang, 'incident.weight-interference')}\n`,
    ...rows,
    wrapped(`${sum} ${say(lang, 'incident.weight-interval', { interval })}`, '  '),
    ...(numbers?.mean === undefined ? [] : [wrapped([...numbers.meaning, numbers.mean].join(' '), '  ')]),
    wrapped(say(lang, 'incident.weight-politics'), '  '),
  ])
}

function opinions(lang: Lang, incident: Incident): string {
  if (incident.opinions.length === 0) return ''
  const time = (at: Instant | undefined): string => (at === undefined ? '–' : formatDateTime(lang, at))
  const rows = comparedOpinions(incident).map(({ method, start, end, compared }) => [
    `  ${say(lang, `incident.method.${method}`)}`,
    time(start),
    time(end),
    say(lang, `incident.opinion.${compared}`),
  ])
  return section(say(lang, 'incident.opinions'), [table(rows)])
}

function impact(lang: Lang, { impact: found }: Incident): string {
  if (found === undefined) return ''
  const least = say(lang, 'incident.at-least', { value: formatNumber(lang, found.atLeast) })
  const most = say(lang, 'incident.at-most', { value: formatNumber(lang, found.atMost) })
  const known = knownBounds(found)
  return section(say(lang, 'incident.impact'), [
    ...(known === undefined ? [] : knownSentences(lang, known).map((text) => wrapped(text, '  '))),
    wrapped(say(lang, 'incident.assumed-range', { bounds: `${least}, ${most}` }), '  '),
    wrapped(say(lang, 'incident.assumed-why'), '  '),
    wrapped(say(lang, `incident.basis.${found.basis}`), '  '),
  ])
}

function source(lang: Lang, incident: Incident): string {
  const rows = [
    [say(lang, 'incident.cite-id'), incident.id],
    [say(lang, 'incident.revision'), `${incident.revision} (${say(lang, `incident.reason.${incident.reason}`)})`],
    [say(lang, 'incident.revised-at'), formatDateTime(lang, incident.revisedAt)],
    [say(lang, 'incident.measurements'), formatNumber(lang, incident.measurements.length)],
    [say(lang, 'incident.cite-rules'), incident.rulesVersion],
  ]
  return table(rows)
}

/** Every revision of an incident as a short table: number, when, why, what it said. */
export function historyTable(lang: Lang, revisions: readonly Incident[]): string {
  const head = (['incident.revision', 'incident.revised-at', 'incident.revision-why'] as const).map((key) =>
    say(lang, key),
  )
  const rows = revisions.map((one) => {
    const { start, end } = edgesText(lang, one)
    return [
      String(one.revision),
      formatDateTime(lang, one.revisedAt),
      say(lang, `incident.reason.${one.reason}`),
      `${edgeLine(lang, start)} → ${edgeLine(lang, end)}`,
      one.note === undefined ? '' : printable(one.note),
    ]
  })
  return table([head, ...rows])
}
