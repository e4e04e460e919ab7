import { html } from 'hono/html'
import type { CauseWord } from '../../../core/model/incident/cause.ts'
import { entryGoesOn } from '../../../core/model/incident/entries.ts'
import type { Incident } from '../../../core/model/incident/incident.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { bareEntry, entryDate, entryHeadline, oneOfEach, type NamedEntry } from '../../../core/text/sentence/episode.ts'
import { networkText } from '../../../core/text/sentence/incident.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { entryHref, entryMark } from '../../parts/entry-card.ts'
import { simulatedTag } from '../../parts/layout.ts'
import { mark } from '../../parts/mark.ts'
import { urls } from '../../urls.ts'

/** Measured entries of one month of Kazakhstan: ongoing ones first, then newest start first. */
export interface MeasuredMonth {
  /** `2026-03`. */
  readonly month: string
  readonly entries: readonly NamedEntry[]
}

/** Entries of a month that are named, and all ongoing ones; the others are counted. */
const MOST_ENTRIES = 5
/** Words of cause in the order in which they are counted. */
const WORDS = ['blocking', 'not-determined', 'fault', 'insufficient'] as const satisfies readonly CauseWord[]

/** What was measured in a month: conclusions by number of incidents, then its entries. */
export function measuredMonth(lang: Lang, { entries }: MeasuredMonth, simulated: boolean): Markup {
  const incidents = incidentsIn({ entries })
  const ongoing = entries.filter((entry) => entryGoesOn(bareEntry(entry))).length
  const shown = entries.slice(0, Math.max(ongoing, MOST_ENTRIES))
  const words = WORDS.flatMap((word) => {
    const count = incidents.filter(({ cause }) => cause.word === word).length
    return count === 0 ? [] : [say(lang, `chronicle.word.${word}`, { count })]
  })
  return html`<p>
      ${simulatedTag(lang, simulated)}<b>${say(lang, 'chronicle.measured', { count: incidents.length })}</b>
    </p>
    <p class="sm q">${words.map((word) => html`<span class="v">${word}</span> `)}</p>
    <ul>
      ${shown.map(
        (entry) =>
          html`<li>
            <a class="st tap" href="${entryHref(lang, entry)}"
              >${mark(entryMark(entry))}<span>${entryHeadline(lang, entry)}</span></a
            >
            <span class="sm q below">${entryDate(lang, entry)}, ${whereText(lang, entry)}</span>
          </li>`,
      )}
    </ul>
    ${
      entries.length === shown.length
        ? ''
        : html`<p class="sm">
            <a class="tap" href="${urls.incidents(lang)}"
              >${say(lang, 'claims.more-incidents', { count: entries.length - shown.length })}</a
            >
          </p>`
    }`
}

/** Networks of an entry by name; of more than two, their number. */
function whereText(lang: Lang, entry: NamedEntry): string {
  const networks = oneOfEach(entry)
  return networks.length > 2
    ? say(lang, 'board.networks-count', { count: networks.length })
    : networks.map((one) => networkText(lang, one)).join(', ')
}

/** Incidents of a month, by which it is counted. */
export const incidentsIn = ({ entries }: Pick<MeasuredMonth, 'entries'>): readonly Incident[] =>
  entries.flatMap((entry) => bareEntry(entry).incidents)
