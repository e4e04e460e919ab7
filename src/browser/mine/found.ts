import { instant } from '../../core/model/units.ts'
import type { Kind } from '../../core/model/measured/verdict.ts'
import { say } from '../../core/text/format.ts'
import { homeMidnight } from '../../core/text/home-day.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatClock, formatDate } from '../../core/text/time.ts'
import { element, markElement, shown } from '../verify/element.ts'
import type { OwnRow } from './month-files.ts'

const MARKS = {
  reachable: 'open',
  interfered: 'shut',
  unreachable: 'fault',
  inconclusive: 'unkn',
  'not-judged': 'none',
} as const satisfies Record<Kind, string>

/** Rows of a key by day, the newest first. A day is drawn when it is opened: a month may have thousands of rows. */
export class Found {
  readonly element: HTMLElement
  readonly #lang: Lang
  readonly #services: Readonly<Record<string, string>>
  readonly #places = new Map<number, HTMLElement>()
  readonly #inLog = new Set<number>()

  constructor(lang: Lang, rows: readonly OwnRow[], services: Readonly<Record<string, string>>) {
    this.#lang = lang
    this.#services = services
    const days = [...Map.groupBy(rows, ({ day }) => day)].toSorted(([one], [other]) => (one < other ? 1 : -1))
    this.element = element('div', {}, ...days.map(([day, own], at) => this.#day(day, own, at === 0)))
  }

  /** A day of Astana as a reader knows it. */
  dayName(day: string): string {
    return formatDate(this.#lang, homeMidnight(day))
  }

  /** Says of these places that the log was found to have them. */
  mark(places: readonly number[]): void {
    for (const place of places) {
      this.#inLog.add(place)
      const line = this.#places.get(place)
      if (line !== undefined) line.textContent = this.#placeLine(place)
    }
  }

  #day(day: string, rows: readonly OwnRow[], isOpen: boolean): HTMLElement {
    const summary = say(this.#lang, 'mine.tool.day', { day: this.dayName(day), count: rows.length })
    const made = element('details', { class: 'tab' }, element('summary', {}, summary))
    const draw = (): void => {
      if (made.childElementCount > 1) return
      const sorted = rows.toSorted((a, b) => b.at - a.at || a.leaf - b.leaf)
      made.append(element('ul', { class: 'lines' }, ...sorted.map((row) => this.#row(row))))
    }
    made.addEventListener('toggle', draw)
    if (isOpen) {
      draw()
      made.open = true
    }
    return made
  }

  #row(row: OwnRow): HTMLElement {
    const { id, leaf, at, service, asn, kind } = row
    const lang = this.#lang
    const name = this.#services[service] ?? shown(service.replace(/^(?:web|test):/, ''))
    const place = element('span', {}, this.#placeLine(leaf))
    this.#places.set(leaf, place)
    const words = { time: formatClock(instant(at)), service: name, kind: say(lang, `kind.${kind}`) }
    return element(
      'li',
      {},
      element('p', { class: 'st' }, markElement(MARKS[kind]), say(lang, 'mine.tool.row', words)),
      element(
        'p',
        { class: 'sm q' },
        place,
        ' · ',
        element('a', { href: `/${lang}/n/AS${asn}` }, `AS${asn}`),
        ' · ',
        element('a', { href: `/${lang}/m/${encodeURIComponent(id)}`, rel: 'noreferrer' }, say(lang, 'mine.tool.page')),
      ),
    )
  }

  #placeLine(place: number): string {
    const line = say(this.#lang, 'mine.tool.place', { place: String(place) })
    return this.#inLog.has(place) ? `${line}, ${say(this.#lang, 'mine.tool.in-log')}` : line
  }
}
