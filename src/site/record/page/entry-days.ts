import { html } from 'hono/html'
import { lastKnown } from '../../../core/model/incident/bounds.ts'
import { filedAt, reaches } from '../../../core/model/incident/entries.ts'
import { instant } from '../../../core/model/units.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import { dayAfter, daysBetween, homeDay, homeDayBounds } from '../../../core/text/home-day.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatMoment } from '../../../core/text/moment.ts'
import { bareEntry, type NamedEntry } from '../../../core/text/sentence/episode.ts'
import { fold } from '../../../web/html/fold.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { section } from '../../../web/html/section.ts'
import { entryMark } from '../../parts/entry-card.ts'
import { mark } from '../../parts/mark.ts'
import { urls } from '../../urls.ts'

// Days with measured entries, each leading to what was seen on it.

/** A day with the entries that reach it, by day; newest first. */
export type EntryDays = readonly (readonly [day: string, entries: readonly NamedEntry[]])[]

/** Days longer than these are not listed for one entry: it is found from its first ones. */
const MOST_DAYS = 400

/** Every day that an incident may have been on, up to its last measurement while it continues. */
export function entryDays(entries: readonly NamedEntry[]): EntryDays {
  const days = new Map<string, NamedEntry[]>()
  for (const entry of entries) {
    const { incidents } = bareEntry(entry)
    const standing = incidents.filter(({ withdrawn }) => !withdrawn)
    if (standing.length === 0) continue
    const first = Math.min(...standing.map((one) => Math.min(filedAt(one), one.start.lo95 ?? Infinity)))
    const last = Math.max(...standing.map((one) => Math.max(lastKnown(one) ?? 0, filedAt(one), one.end.hi95 ?? 0)))
    const from = homeDay(instant(first))
    const count = Math.min(MOST_DAYS, daysBetween(from, homeDay(instant(last))))
    for (let nth = 0; nth < count; nth++) {
      const day = dayAfter(from, nth)
      // As the page of that day chooses them.
      if (standing.some((one) => reaches(one, homeDayBounds(day)))) days.set(day, [...(days.get(day) ?? []), entry])
    }
  }
  return [...days].toSorted(([a], [b]) => (a < b ? 1 : -1))
}

/** Months that are open; older ones open on a tap. */
const OPEN_MONTHS = 3

/** A calendar of the days with entries, newest month first; each day has the mark of its worst entry. */
export function daysSection(lang: Lang, days: EntryDays, service: string | undefined): Markup {
  if (days.length === 0) return html``
  const months = [...Map.groupBy(days, ([day]) => day.slice(0, 7))]
  const rows = (list: typeof months): Markup =>
    html`<dl class="day-marks">
      ${list.map(
        ([month, own]) =>
          html`<div>
            <dt>${capitalise(lang, formatMoment(lang, month))}</dt>
            <dd>${own.map(([day, entries]) => dayLink(lang, { day, entries, service }))}</dd>
          </div>`,
      )}
    </dl>`
  const rest = months.slice(OPEN_MONTHS)
  return section(
    'days',
    say(lang, 'chronicle.days'),
    say(lang, 'chronicle.days-about'),
    html`${rows(months.slice(0, OPEN_MONTHS))}
    ${rest.length === 0 ? '' : fold(say(lang, 'chronicle.days-more', { count: rest.length }), rows(rest))}`,
  )
}

interface DayLink {
  readonly day: string
  readonly entries: readonly NamedEntry[]
  readonly service: string | undefined
}

/** The worst of several marks has the first place. */
const WORST = ['shut', 'part', 'slow', 'unkn', 'none'] as const

function dayLink(lang: Lang, { day, entries, service }: DayLink): Markup {
  const worst = WORST.find((name) => entries.some((entry) => entryMark(entry) === name)) ?? 'none'
  const name = say(lang, 'chronicle.day', { day: formatMoment(lang, day), count: entries.length })
  const filter = { day, ...(service === undefined ? {} : { service }) }
  return html`<a href="${urls.incidents(lang, filter)}" aria-label="${name}"
    >${mark(worst)}${String(Number(day.slice(8)))}</a
  >`
}
