import { crumbs, homePage } from '../../parts/crumbs.ts'
import { html, raw } from 'hono/html'
import { DAY_MS, HOUR_MS } from '../../../core/model/duration.ts'
import { momentBounds } from '../../../core/model/moment.ts'
import type { Course, Reported, Statement } from '../../../core/model/tables/record.ts'
import { parseInstant, type Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatMoment, formatPeriodDays } from '../../../core/text/moment.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatClock, formatDayMonth, formatOffset } from '../../../core/text/time.ts'
import { homeDay } from '../../../core/text/home-day.ts'
import { scrolled } from '../../../web/html/fold.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { section } from '../../../web/html/section.ts'
import { unbroken } from '../../../web/html/unbroken.ts'
import { courseSpans, courseEdge, renderCourse } from '../../charts/course.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { sourceLine } from '../../parts/source-line.ts'
import { urls } from '../../urls.ts'

/** A reported incident of which a source gives the course. */
export interface CourseView {
  readonly row: Reported & { readonly course: Course }
  /** Statements of its days, oldest first. */
  readonly statements: readonly Statement[]
  readonly simulated: boolean
}

/** The parts of a record that such a page shows. */
interface CourseRecord {
  readonly chronicle: readonly Reported[]
  readonly statements: readonly Statement[]
  readonly simulated: boolean
}

/** The row of an id where its course is known, with the statements of its days. */
export function courseView(record: CourseRecord, id: string): CourseView | undefined {
  const row = record.chronicle.find((one) => one.id === id)
  if (row?.course === undefined) return undefined
  const { course } = row
  const from = Math.min(...course.starts.map(({ at }) => momentBounds(at).from)) - DAY_MS
  const until = Math.max(...course.ends.map(({ at }) => momentBounds(at).until)) + DAY_MS
  const near = ({ at }: Statement): boolean => {
    const bounds = momentBounds(at)
    // A statement of which only the year is known may be about anything.
    return at.length > 4 && bounds.from < until && bounds.until > from
  }
  return { row: { ...row, course }, statements: record.statements.filter(near), simulated: record.simulated }
}

/** One reported incident by itself: its drawing, its times, where they come from, and what was said in those days. */
export function coursePage(lang: Lang, view: CourseView): Page {
  const { row } = view
  const title = say(lang, 'course.title', { date: formatPeriodDays(lang, daysOf(row.course)) })
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: view.simulated,
    description: row.text[lang],
    inLang: (other) => urls.course(other, row.id),
    body: () =>
      html`${crumbs(lang, [homePage(lang), { href: urls.plain(lang, 'chronicle'), text: say(lang, 'chronicle.title') }])}
        <div class="ttl">
          <h1>${title}</h1>
          <p>${unbroken(row.text[lang])}</p>
          <p><b>${say(lang, 'course.not-measured')}</b></p>
        </div>
        ${figure(lang, view)} ${said(lang, view)}`,
  }
}

/** First and last day of the course, as the record writes days. */
const daysOf = ({ starts, ends }: Course): { readonly since: string; readonly until: string } => ({
  since: homeDay(courseEdge(starts).first),
  until: homeDay(courseEdge(ends).last),
})

function figure(lang: Lang, { row, simulated }: CourseView): Markup {
  const { course } = row
  const zone = formatOffset(courseEdge(course.starts).first)
  const title = say(lang, 'course.figure')
  const about = say(lang, 'course.figure-about', { zone })
  const description = `${simulated ? `${say(lang, 'incident.simulated')} ` : ''}${about} ${sum(lang, course)}`
  const body = html`<figure class="fig">
      ${simulated ? html`<figcaption class="sm">${simulatedTag(lang, true)}</figcaption>` : ''}
      ${(['narrow', 'broad'] as const).map((shape) =>
        raw(renderCourse(lang, courseSpans(course), { id: `course-${shape}`, shape, title, description })),
      )}
      <ul class="legend">
        <li>${KEYS.off}${say(lang, 'course.off')}</li>
        <li>${KEYS.unsure}${say(lang, 'course.unsure')}</li>
        <li>${KEYS.on}${say(lang, 'course.on')}</li>
      </ul>
    </figure>
    <p>${sum(lang, course)}</p>
    ${scrolled(say(lang, 'course.times'), table(lang, course))}
    <p class="sm q any">${say(lang, 'course.source')}: ${sourceLine(lang, course.source)}</p>
    <p class="sm q any">
      ${say(lang, 'reported.sources')}:
      ${row.sources.map((source, index) => html`${index === 0 ? '' : '; '}${sourceLine(lang, source)}`)}
    </p>`
  return section('course', title, about, body)
}

const key = (className: string): Markup =>
  raw(
    `<svg class="m chart" viewBox="0 0 18 18" aria-hidden="true" focusable="false"><path class="${className}" d="M1 4h16v10H1z"/></svg>`,
  )
const KEYS = { off: key('co-off'), unsure: key('co-unsure'), on: key('co-on') } as const

const hours = (ms: number): number => Math.round((ms / HOUR_MS) * 10) / 10

/** Length of the whole, as a range where sources differ, and of the windows in it. */
function sum(lang: Lang, { starts, ends, windows }: Course): string {
  const [start, end] = [courseEdge(starts), courseEdge(ends)]
  const [least, most] = [hours(end.first - start.last), hours(end.last - start.first)]
  const show = (value: number): string => formatNumber(lang, value, Number.isInteger(value) ? 0 : 1)
  const open = windows.reduce((all, [from, until]) => all + parseInstant(until) - parseInstant(from), 0)
  const total = least === most ? show(least) : `${show(least)}\u2013${show(most)}`
  return say(lang, 'course.sum', { total, open: show(hours(open)) })
}

interface Line {
  readonly what: string
  readonly from: Instant
  readonly until?: Instant
}

function table(lang: Lang, { starts, ends, windows }: Course): Markup {
  const lines: readonly Line[] = [
    ...starts.map(({ at, by }): Line => ({ what: say(lang, 'course.start', { by }), from: parseInstant(at) })),
    ...windows.map(([from, until], index): Line => ({
      what: say(lang, 'course.window', { number: index + 1 }),
      from: parseInstant(from),
      until: parseInstant(until),
    })),
    ...ends.map(({ at, by }): Line => ({ what: say(lang, 'course.end', { by }), from: parseInstant(at) })),
  ]
  const when = ({ from, until }: Line, zone?: string): string => {
    const day = (at: Instant): string => formatDayMonth(lang, at, zone)
    const first = `${day(from)}, ${formatClock(from, zone)}`
    if (until === undefined) return first
    const last = formatClock(until, zone)
    return day(from) === day(until) ? `${first}\u2013${last}` : `${first} \u2013 ${day(until)}, ${last}`
  }
  return html`<table class="tbl">
    <thead>
      <tr>
        <th scope="col">${say(lang, 'course.what')}</th>
        <th scope="col">${say(lang, 'course.local')}</th>
        <th scope="col">${say(lang, 'course.utc')}</th>
        <th scope="col">${say(lang, 'course.length')}</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        (line) =>
          html`<tr>
            <th scope="row">${line.what}</th>
            <td>${when(line)}</td>
            <td>${when(line, 'UTC')}</td>
            <td>${line.until === undefined ? '' : lengthText(lang, line.until - line.from)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

const lengthText = (lang: Lang, ms: number): string =>
  say(lang, 'course.hours', { hours: formatNumber(lang, hours(ms), Number.isInteger(hours(ms)) ? 0 : 1) })

const said = (lang: Lang, { statements }: CourseView): Markup =>
  section(
    'said',
    say(lang, 'course.said'),
    say(lang, 'course.said-about'),
    statements.length === 0
      ? html`<p>${say(lang, 'course.said-none')}</p>`
      : html`<ul class="story">
          ${statements.map(
            (one) =>
              html`<li id="c-${one.id}" class="is-statement">
                <h3 class="by"><b>${formatMoment(lang, one.at)}</b></h3>
                <div>
                  <p><b>${one.who[lang]}</b>. ${one.summary[lang]}</p>
                  <p class="sm q any">${say(lang, 'claims.source')}: ${sourceLine(lang, one.source)}</p>
                  <p class="sm">
                    <a class="tap" href="${urls.claims(lang, one.id)}">${say(lang, 'chronicle.to-statement')}</a>
                  </p>
                </div>
              </li>`,
          )}
        </ul>`,
  )
