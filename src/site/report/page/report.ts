import { crumbs, homePage } from '../../parts/crumbs.ts'
import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { defined } from '../../../core/model/defined.ts'
import { parseAsn } from '../../../core/model/units.ts'
import type { Operator } from '../../../core/model/operator.ts'
import { NOTE_KEPT_DAYS } from '../../../core/model/people/report.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { urls } from '../../urls.ts'
import type { Page } from '../../parts/layout.ts'
import { reportForm, type ReportFormView } from './form.ts'
import { section } from '../../../web/html/section.ts'

/** The page of reports: the form where reports are taken, and other ways to tell us. */
export const reportPage = (lang: Lang, view?: ReportFormView): Page => {
  const title = say(lang, view === undefined ? 'report.title' : 'report.form-title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: view?.simulated === true,
    inLang: (other) => urls.report(other, aboutOf(view)),
    ...(view === undefined ? {} : { scripts: ['report.js'] }),
    // A copy has no server that takes a report.
    body: ({ operator, medium }) =>
      medium !== 'live' || view === undefined
        ? html`<div class="ttl">
              <h1>${say(lang, 'report.title')}</h1>
              <p>${say(lang, 'report.about')}</p>
            </div>
            ${measureSection(lang)} ${writeSections(lang, operator)}`
        : html`<div class="ttl">
              <h1>${title}</h1>
              <p>${say(lang, 'report.form-about')}</p>
            </div>
            <div class="sec side">
              <div class="head"></div>
              <div>${reportForm(lang, view)}</div>
            </div>
            ${section(
              'kept',
              say(lang, 'report.kept'),
              '',
              html`<p>${say(lang, 'report.kept-about', { days: NOTE_KEPT_DAYS })}</p>
                <p class="after">${say(lang, 'report.kept-who')}</p>
                <p class="after">
                  <a class="tap" href="${urls.plain(lang, 'safety')}">${say(lang, 'menu.safety')}</a>
                </p>`,
            )}
            ${measureSection(lang)} ${writeSections(lang, operator)}`,
  }
}

/** What the form has chosen, to be kept in another language. Of a form that came back nothing enters an address. */
function aboutOf(view: ReportFormView | undefined): Parameters<typeof urls.report>[1] {
  if (view === undefined || view.word !== undefined || view.errors.length > 0) return {}
  const { service, network = '' } = view.values
  return { ...defined({ service }), ...(/^AS\d+$/.test(network) ? { asn: parseAsn(network) } : {}) }
}

/** Where the reporter is led. The same for everyone: it says nothing of what was reported. */
export const reportThanksPage = (lang: Lang, simulated: boolean): Page => ({
  lang,
  title: `${say(lang, 'report.thanks')} · Kuager`,
  simulated,
  inLang: (other) => urls.reportThanks(other),
  body: () =>
    html`${crumbs(lang, [homePage(lang), { href: urls.report(lang), text: say(lang, 'board.report') }])}
      <div class="ttl">
        <h1>${say(lang, 'report.thanks')}</h1>
        <p>${say(lang, 'report.thanks-about')}</p>
        <p>${say(lang, 'report.thanks-shown')}</p>
      </div>
      <p class="ways">
        <a class="btn first" href="${urls.check(lang)}">${say(lang, 'check.title')}</a>
        <a class="tap" href="${urls.map(lang)}">${say(lang, 'menu.map')}</a>
        <a class="tap" href="${urls.report(lang)}">${say(lang, 'report.another')}</a>
      </p>`,
})

const measureSection = (lang: Lang): Markup =>
  section(
    'measure',
    say(lang, 'report.measure'),
    '',
    html`<p>${say(lang, 'report.measure-about')}</p>
      <p class="after">
        <a class="btn" href="${urls.plain(lang, 'probe')}">${say(lang, 'report.measure-link')}</a>
      </p>`,
  )

const writeSections = (lang: Lang, operator: Operator | undefined): Markup =>
  html`${section('write', say(lang, 'report.write'), '', contacts(lang, operator))}
  ${section('tell', say(lang, 'report.tell'), '', whatToTell(lang))}`

type Contact = Operator['contacts'][number]

function contacts(lang: Lang, operator: Operator | undefined): Markup {
  if (operator === undefined) return html`<p>${say(lang, 'report.nobody')}</p>`
  return html`<p>${operator.name[lang]}. ${say(lang, 'report.write-about')}</p>
    <dl class="pairs after">
      ${operator.contacts.map(
        (contact) =>
          html`<div>
            <dt>${say(lang, `report.contact.${contact.kind}`)}</dt>
            <dd class="any">${contactValue(contact)}</dd>
          </div>`,
      )}
    </dl>`
}

/** A link where the value is an address that a browser opens, and nothing else; other values as they were written. */
function contactValue({ kind, value }: Contact): Markup {
  const isAddress = (kind === 'web' || kind === 'onion' || kind === 'signal') && /^https?:\/\/[^\s"<>]+$/.test(value)
  if (isAddress) return html`<a href="${value}" rel="noreferrer">${value}</a>`
  if (kind === 'mail' && /^[^\s@:/?#]+@[^\s@:/?#]+$/.test(value)) return html`<a href="mailto:${value}">${value}</a>`
  return html`${value}`
}

const TOLD = ['service', 'network', 'when', 'what', 'where'] as const

const whatToTell = (lang: Lang): Markup =>
  html`<ol class="steps">
      ${TOLD.map((one) => html`<li>${say(lang, `report.tell.${one}`)}</li>`)}
    </ol>
    <p class="after">${say(lang, 'report.not')}</p>`
