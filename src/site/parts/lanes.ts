import { html } from 'hono/html'
import { anchor, lastKnown } from '../../core/model/incident/bounds.ts'
import { filedAt } from '../../core/model/incident/entries.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { bareEntry, oneOfEach, type NamedEntry } from '../../core/text/sentence/episode.ts'
import { edgesText, intervalText, networkText, type NamedIncident } from '../../core/text/sentence/incident.ts'
import { formatClock, formatDate, formatDateTime } from '../../core/text/time.ts'
import type { Markup } from '../../web/html/markup.ts'
import { urls } from '../urls.ts'
import { mark } from './mark.ts'

// A small picture of an entry: one row for each network, one bar for each incident. Shapes show the state, as in the
// marks: whole, half, striped. Where nothing was measured a bar is interrupted by dots.

/** Units of a drawing: its width stands for the whole time, and each bar has a height and a distance. */
const WIDTH = 1000
const BAR = 8
const STEP = 13
/** Bounds of start and end are a line below the bar: on the bar they look like a gap. */
const BOUND = BAR + 1.5
/** A bar is at least so wide, or it would not be seen. */
const SLIVER = 6
/** Share of the length that is shown on either side. */
const ASIDE = 0.06

interface Span {
  readonly from: number
  readonly until: number
}

/** From the earliest bound of a start to the latest bound of an end, with some of the time around. */
function windowOf(incidents: readonly Incident[]): Span | undefined {
  const starts = incidents.flatMap((one) => [one.start.lo95 ?? [], anchor(one) ?? []].flat())
  const ends = incidents.flatMap((one) => [one.end.hi95 ?? [], lastKnown(one) ?? []].flat())
  if (starts.length === 0) return undefined
  const [from, until] = [Math.min(...starts), Math.max(...starts, ...ends)]
  const aside = Math.max(60_000, (until - from) * ASIDE)
  return { from: from - aside, until: until + aside }
}

const CLASSES: { readonly [state in Incident['state']]?: string } = {
  restricted: 'z-shut',
  'partly-restricted': 'z-part',
  throttled: 'z-slow',
}

/** Bar of one incident: its time, the bounds of start and end as thin lines, dots where nothing was measured. */
function bar(incident: Incident, { from, until }: Span, top: number): Markup {
  const x = (at: number): number => Math.round(((at - from) / (until - from)) * WIDTH)
  const { start, end, gaps, state } = incident
  const left = x(filedAt(incident))
  const right = Math.max(left + SLIVER, x(lastKnown(incident) ?? filedAt(incident)))
  const middle = top + BAR / 2
  const cuts = gaps
    .map((gap): Span => ({ from: Math.max(left, x(gap.from)), until: Math.min(right, x(gap.until)) }))
    .filter((gap) => gap.until > gap.from)
  const dotted = [
    ...cuts,
    ...(end.median === undefined && right < WIDTH ? [{ from: right, until: WIDTH }] : []),
    ...(start.median === undefined && left > 0 ? [{ from: 0, until: left }] : []),
  ]
  const bounds = [start, end].flatMap(({ median, lo95, hi95 }) =>
    median === undefined || lo95 === undefined || hi95 === undefined ? [] : [{ from: x(lo95), until: x(hi95) }],
  )
  const lines = (spans: readonly Span[], y: number): string =>
    spans.map((one) => `M${one.from} ${y}H${one.until}`).join('')
  const boxes = (y: number, height: number): string =>
    [left, ...cuts.map((gap) => gap.until)]
      .map((begin, nth) => ({ from: begin, until: cuts[nth]?.from ?? right }))
      .filter((one) => one.until > one.from)
      .map((one) => `M${one.from} ${y}H${one.until}V${y + height}H${one.from}z`)
      .join('')
  return html`<path class="${CLASSES[state] ?? 'z-unkn'}" d="${boxes(top, BAR)}" />${
      state === 'partly-restricted' ? html`<path class="z-half" d="${boxes(middle, BAR / 2)}" />` : ''
    }${state === 'throttled' ? html`<path class="z-line" d="${boxes(middle - 1.2, 2.4)}" />` : ''}<path
      class="z-bound"
      d="${lines(bounds, top + BOUND)}"
    />${dotted.length === 0 ? '' : html`<path class="z-none" d="${lines(dotted, middle)}" />`}`
}

/** What the bar of an incident shows, in words. */
function barText(lang: Lang, { incident, serviceName }: NamedIncident): string {
  const { start, end } = edgesText(lang, incident)
  const text = say(lang, 'episode.bar', {
    service: serviceName,
    state: say(lang, `incident.state.${incident.state}`),
    start: start.value,
    end: end.value,
  })
  const gaps = incident.gaps.map((gap) => intervalText(lang, [gap.from, gap.until]))
  return gaps.length === 0 ? text : `${text} (${say(lang, 'board.state.none')}: ${gaps.join(', ')})`
}

function lane(lang: Lang, of: NamedIncident, own: readonly NamedIncident[], span: Span): Markup {
  const height = own.length * STEP
  const text = say(lang, 'episode.lane', {
    network: networkText(lang, of),
    list: own.map((one) => barText(lang, one)).join('; '),
  })
  return html`<li>
    <a href="${urls.network(lang, of.incident.asn)}">${of.networkName ?? `AS${of.incident.asn}`}</a>
    <svg
      role="img"
      aria-label="${text.replaceAll('..', '.')}"
      viewBox="0 0 ${WIDTH} ${height}"
      height="${height}"
      preserveAspectRatio="none"
    >
      ${own.map(({ incident }, nth) => bar(incident, span, nth * STEP + 1))}
    </svg>
  </li>`
}

const byService = (a: NamedIncident, b: NamedIncident): number =>
  a.serviceName < b.serviceName ? -1 : a.serviceName > b.serviceName ? 1 : filedAt(a.incident) - filedAt(b.incident)

/** The picture of an entry; nothing where none of its incidents has a time. */
export function entryLanes(lang: Lang, entry: NamedEntry): Markup {
  const span = windowOf(bareEntry(entry).incidents)
  if (span === undefined) return html``
  const [from, until] = [instant(Math.round(span.from)), instant(Math.round(span.until))]
  const isDay = formatDate(lang, from) === formatDate(lang, until)
  const label = (at: Instant): string => (isDay ? formatClock(at) : formatDateTime(lang, at))
  return html`<div class="lanes">
    <ul>
      ${oneOfEach(entry).map((one) =>
        lane(
          lang,
          one,
          entry.incidents.filter(({ incident }) => incident.asn === one.incident.asn).toSorted(byService),
          span,
        ),
      )}
    </ul>
    <p class="x"><span>${label(from)}</span><span>${label(until)}</span></p>
  </div>`
}

/** Signs of the picture. */
export const lanesLegend = (lang: Lang): Markup =>
  html`<ul class="legend">
    <li>${mark('shut')}${say(lang, 'incident.state.restricted')}</li>
    <li>${mark('part')}${say(lang, 'incident.state.partly-restricted')}</li>
    <li>${mark('slow')}${say(lang, 'incident.state.throttled')}</li>
    <li>
      <svg class="m" viewBox="0 0 18 18" aria-hidden="true" focusable="false"><path class="z-none" d="M0 9h18" /></svg
      >${say(lang, 'board.state.none')}
    </li>
    <li>
      <svg class="m" viewBox="0 0 18 18" aria-hidden="true" focusable="false"><path class="z-bound" d="M0 9h18" /></svg
      >${say(lang, 'episode.sign.interval')}
    </li>
  </ul>`
