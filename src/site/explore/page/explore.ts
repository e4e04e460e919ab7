import { CHART_SCRIPT } from '../../charts/explored.ts'
import { html, raw } from 'hono/html'
import { formatAsn } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatDate, formatPeriod } from '../../../core/text/time.ts'
import type { Frame } from '../../../web/html/frame.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { section } from '../../../web/html/section.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { urls } from '../../urls.ts'
import { EXPLORE_CHARTS, EXPLORE_VALUES, type ExploreAsked } from '../choice.ts'
import { takeChart, type ChartFiles } from '../../take/take.ts'
import { chartNotes, panelFigure } from './figure.ts'
import { serviceText, networkLabelOf, type ExplorePeriodView, type ExploreView } from './words.ts'

/** Order in which ways of grouping are offered. */
const STEPS = ['hour', 'day', 'week', 'clock'] as const

/** Services, networks and days as a reader combines them. */
export function explorePage(lang: Lang, view: ExploreView, files: ChartFiles): Page {
  const { asked } = view
  const subject = asked.services.map((id) => serviceText(view, id)).join(', ')
  return {
    lang,
    title: `${say(lang, 'explore.title')}: ${subject} · Kuager`,
    simulated: view.simulated,
    inLang: (other) => urls.explore(other, asked),
    data: urls.apiExplored(asked),
    scripts: [CHART_SCRIPT],
    body: (frame) =>
      html`<div class="ttl">
          <h1>${say(lang, 'explore.title')}: ${subject}</h1>
          <p>${say(lang, 'explore.lead')}</p>
        </div>
        <div class="explore">
          ${frame.medium === 'live' ? section('choose', say(lang, 'explore.choose'), '', form(lang, view)) : ''}
          <div id="explored" aria-live="polite">${shown(lang, view, frame)} ${takeChart(lang, files, frame)}</div>
        </div>`,
  }
}

function form(lang: Lang, view: ExploreView): Markup {
  const { asked } = view
  const box = (name: string, value: string, label: string, checked: boolean): Markup => {
    const id = `${name}-${value.replaceAll(/[^\w-]/g, '-')}`
    return html`<div class="tick">
      <input type="checkbox" name="${name}" value="${value}" id="${id}" ${checked ? raw(' checked') : ''} />
      <label for="${id}">${label}</label>
    </div>`
  }
  const choice = <T extends string>(name: 'value' | 'by' | 'chart', options: readonly T[], chosen: T): Markup =>
    html`<div class="field">
      <label for="x-${name}">${say(lang, `explore.${name}`)}</label>
      <select name="${name}" id="x-${name}">
        ${options.map((one) => html`<option value="${one}" ${one === chosen ? raw(' selected') : ''}>${say(lang, `explore.${name}.${one}` as 'explore.by.day')}</option>`)}
      </select>
    </div>`
  const date = (name: string, label: string, value: string | undefined, isRequired: boolean): Markup =>
    html`<label
      >${label} <input type="date" name="${name}" value="${value ?? ''}" ${isRequired ? raw(' required') : ''}
    /></label>`
  const days = (
    legend: string,
    names: readonly [string, string],
    of: ExploreAsked['with'],
    isRequired: boolean,
  ): Markup =>
    html`<fieldset class="dates">
      <legend>${legend}</legend>
      ${date(names[0], say(lang, 'first.since'), of?.since, isRequired)}
      ${date(names[1], say(lang, 'first.until'), of?.until, isRequired)}
    </fieldset>`
  const chosenServices = view.services.filter(({ id }) => asked.services.includes(id))
  const chosenNetworks = view.networks.filter(({ asn }) => asked.networks.includes(asn))
  const summary = (label: string, chosen: readonly string[], none: string): string =>
    `${label}: ${chosen.length === 0 ? none : chosen.join(', ')}`
  return html`<form class="explore-form" method="get" action="${urls.explore(lang)}">
    <details class="tab">
      <summary>
        ${summary(
          say(lang, 'explore.services'),
          chosenServices.map(({ name }) => name),
          '',
        )}
      </summary>
      <fieldset class="ticks">
        <legend class="hint">${say(lang, 'explore.services-hint')}</legend>
        ${view.services.map(({ id, name }) => box('service', id, name, asked.services.includes(id)))}
      </fieldset>
    </details>
    <details class="tab">
      <summary>
        ${summary(
          say(lang, 'explore.networks'),
          chosenNetworks.map(({ asn }) => networkLabelOf(view, asn)),
          say(lang, 'explore.all-networks'),
        )}
      </summary>
      <fieldset class="ticks">
        <legend class="hint">${say(lang, 'explore.networks-hint')}</legend>
        ${view.networks.map(({ asn, name }) => box('network', formatAsn(asn), name === '' ? formatAsn(asn) : `${name} (${formatAsn(asn)})`, asked.networks.includes(asn)))}
      </fieldset>
    </details>
    <div class="choose">
      ${days(say(lang, 'explore.days'), ['since', 'until'], asked.days, true)}
      ${choice('value', EXPLORE_VALUES, asked.value)} ${choice('by', STEPS, asked.by)}
      ${choice('chart', EXPLORE_CHARTS, asked.chart)}
    </div>
    <details class="tab" ${asked.with === undefined ? '' : raw(' open')}>
      <summary>${say(lang, 'explore.with')}</summary>
      ${days(say(lang, 'explore.with-hint'), ['since2', 'until2'], asked.with, false)}
    </details>
    <button class="btn first" type="submit">${say(lang, 'first.show')}</button>
  </form>`
}

/** What was counted, one period below or next to the other. */
function shown(lang: Lang, view: ExploreView, frame: Frame): Markup {
  const { periods } = view
  return html`${view.isCoarser ? html`<p>${say(lang, 'explore.hours-as-days')}</p>` : ''}
    <div class="${periods.length > 1 ? 'both' : 'one'}">
      ${periods.map((period, index) => periodSection(lang, view, { period, index }))}
    </div>
    ${chartNotes(lang, view).map((text) => html`<p class="sm q after">${text}</p>`)}
    ${frame.medium === 'live' ? html`<p class="sm q js-hint" hidden>${say(lang, 'explore.hint')}</p>` : ''}`
}

interface Placed {
  readonly period: ExplorePeriodView
  readonly index: number
}

function periodSection(lang: Lang, view: ExploreView, { period, index }: Placed): Markup {
  const days = formatPeriod(lang, period.first, period.last)
  return html`<section class="sec" aria-labelledby="days-${index}">
    <div class="head">
      <h2 id="days-${index}">${days}</h2>
      <p>${simulatedTag(lang, view.simulated)}${say(lang, 'explore.caption', { days, count: period.measurements })}</p>
    </div>
    ${period.measurements === 0 ? none(lang, view) : period.panels.map((panel, place) => panelFigure(lang, view, { period, panel, id: `${index}-${place}` }))}
  </section>`
}

const none = (lang: Lang, { known }: ExploreView): Markup =>
  html`<p>
    <b>${say(lang, 'explore.none')}</b>
    ${known === undefined ? '' : say(lang, 'explore.none-about', { since: formatDate(lang, known.first), until: formatDate(lang, known.last) })}
  </p>`
