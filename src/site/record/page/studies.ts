import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { PublishedStudy } from '../../../core/model/incident/study.ts'
import { parseInstant } from '../../../core/model/units.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatPeriodDays } from '../../../core/text/moment.ts'
import { formatDate } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { section } from '../../../web/html/section.ts'

const NEEDS = ['list', 'frozen', 'weeks', 'schedule', 'once'] as const

/** Published studies of coincidence, and what one needs: where there is none, the page says so. */
export function studiesPage(lang: Lang, studies: readonly PublishedStudy[]): Page {
  const title = say(lang, 'coincide.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: studies.some((one) => one.kind === 'whole' && one.frozen.simulated),
    description: say(lang, 'study.about'),
    inLang: (other) => urls.plain(other, 'coincidence'),
    body: () =>
      html`<div class="ttl">
          <h1>${title}</h1>
          <p>${say(lang, 'study.about')} ${say(lang, 'coincide.no-cause')}</p>
        </div>
        ${section('studies', say(lang, 'study.list'), '', list(lang, studies))}
        ${section('needs', say(lang, 'study.needs'), '', needs(lang))}`,
  }
}

const list = (lang: Lang, studies: readonly PublishedStudy[]): Markup =>
  studies.length === 0
    ? html`<p>${say(lang, 'study.none')}</p>
        <p class="q after">${say(lang, 'study.none-about')}</p>`
    : html`<ul class="lines">
        ${studies.map((study) => item(lang, study))}
      </ul>`

function item(lang: Lang, study: PublishedStudy): Markup {
  const link = (words: string): Markup =>
    html`<h3><a class="tap any" href="${urls.study(lang, study.id)}">${words}</a></h3>`
  if (study.kind === 'refused')
    return html`<li>
      ${link(study.id)}
      <p><b>${say(lang, 'study.refused')}</b></p>
    </li>`
  const { plan, frozenAtUtc, simulated } = study.frozen
  const { primary } = study.answer.report
  return html`<li>
    ${link(capitalise(lang, plan.primary.label[lang]))}
    <p>${simulatedTag(lang, simulated)}<b>${say(lang, `coincide.finding.${primary.finding}`)}</b></p>
    <p class="sm q">
      <span class="v">${say(lang, 'study.period', { period: formatPeriodDays(lang, plan.period) })}</span>
      <span class="v">${say(lang, 'study.frozen-on', { date: formatDate(lang, parseInstant(frozenAtUtc)) })}</span>
    </p>
  </li>`
}

const needs = (lang: Lang): Markup =>
  html`<ul class="plain">
    ${NEEDS.map((one) => html`<li>${say(lang, `study.need.${one}`)}</li>`)}
  </ul>`
