import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { REGIONS } from '../../../core/model/region.ts'
import { PROBLEMS, SINCE } from '../../../core/model/people/report.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { urls } from '../../urls.ts'
import type { FirstNetwork } from '../../first/page/shown.ts'

/** Fields of the form; each error is shown at one of them. */
export const REPORT_FIELDS = ['service', 'problem', 'since', 'region', 'network', 'note'] as const
export type ReportField = (typeof REPORT_FIELDS)[number]

/** Longest text next to a report, in characters. */
export const MOST_NOTE = 1000
/** Stands for a service that is on no list. */
export const OTHER_SERVICE = 'other'
/** Chosen by who does not know the network, or whose address shows a wrong one. */
export const NO_NETWORK = 'none'

/** What is shown above the form when it comes back. */
export type ReportFormWord =
  | { readonly kind: 'again' | 'foreign' | 'broken' | 'fault' | 'gone' }
  | { readonly kind: 'later'; readonly wait: number }

export interface ReportFormView {
  readonly ticket: string
  /** What was typed, as it came. */
  readonly values: Readonly<Partial<Record<ReportField, string>>>
  readonly errors: readonly ReportField[]
  readonly word?: ReportFormWord
  readonly services: readonly { readonly id: string; readonly name: string; readonly first: boolean }[]
  /** Network that the address shows. */
  readonly found?: FirstNetwork
  readonly networks: readonly FirstNetwork[]
  /** Whether reports of this site are of a simulated folder. */
  readonly simulated: boolean
}

/** The form, whole without scripts; a script puts a proof of work into it. */
export const reportForm = (lang: Lang, view: ReportFormView): Markup =>
  html`${summary(lang, view)}
    <form
      class="form"
      id="report"
      method="post"
      action="${urls.report(lang)}"
      autocomplete="off"
      data-challenge="${urls.work('report')}"
      data-working="${say(lang, 'report.working')}"
      data-unreached="${say(lang, 'report.unreached')}"
    >
      <input type="hidden" name="ticket" value="${view.ticket}" />
      <input type="hidden" name="work" value="" />
      ${serviceField(lang, view)}
      ${choiceField(lang, view, { field: 'problem', choices: PROBLEMS.map((id) => [id, say(lang, `report.problem.${id}`)]) })}
      ${choiceField(lang, view, {
        field: 'since',
        choices: [
          ...SINCE.map((id) => [id, say(lang, `report.since.${id}`)] as const),
          ['', say(lang, 'report.since-none')],
        ],
      })}
      ${regionField(lang, view)} ${networkField(lang, view)} ${noteField(lang, view)}
      <div class="vh" aria-hidden="true">
        <label for="website">${say(lang, 'report.empty')}</label>
        <input id="website" name="website" tabindex="-1" autocomplete="off" />
      </div>
      <p><button class="btn first" type="submit">${say(lang, 'report.send')}</button></p>
      <p class="hint sending" role="status" id="sending"></p>
    </form>`

const idOf = (field: ReportField): string => `f-${field}`
/** What the link of an error leads to: of a choice, its first button. */
const targetOf = (field: ReportField): string =>
  field === 'problem' || field === 'since' ? `${idOf(field)}-0` : idOf(field)

const errorText = (lang: Lang, field: ReportField): string =>
  field === 'note' ? say(lang, 'report.error.note', { most: MOST_NOTE }) : say(lang, `report.error.${field}`)

const wordText = (lang: Lang, word: ReportFormWord): string =>
  word.kind === 'later' ? say(lang, 'report.later', { seconds: word.wait }) : say(lang, `report.${word.kind}`)

/** Said first and focused when the form comes back: what is wrong, each with the way to its field. */
function summary(lang: Lang, { errors, word }: ReportFormView): Markup {
  if (errors.length === 0 && word === undefined) return html``
  return html`<div class="wrongs" role="alert" tabindex="-1" autofocus>
    ${
      word === undefined
        ? html`<p><b>${say(lang, 'report.errors')}</b></p>
            <ul>
              ${errors.map((field) => html`<li><a href="#${targetOf(field)}">${errorText(lang, field)}</a></li>`)}
            </ul>`
        : html`<p>${wordText(lang, word)}</p>`
    }
  </div>`
}

const errorLine = (lang: Lang, { errors }: ReportFormView, field: ReportField): Markup =>
  errors.includes(field) ? html`<p class="bad" id="${idOf(field)}-e">${errorText(lang, field)}</p>` : html``

const fieldClass = ({ errors }: ReportFormView, field: ReportField): string =>
  errors.includes(field) ? 'field amiss' : 'field'

/** Ties a control to the texts about it. */
function described({ errors }: ReportFormView, field: ReportField, hint = ''): Markup {
  const ids = [...(errors.includes(field) ? [`${idOf(field)}-e`] : []), ...(hint === '' ? [] : [hint])].join(' ')
  const about = ids === '' ? html`` : html`aria-describedby="${ids}"`
  return errors.includes(field) ? html`aria-invalid="true" ${about}` : about
}

const option = (value: string, text: string, chosen: string | undefined): Markup =>
  html`<option value="${value}" ${value === (chosen ?? '') ? html`selected` : ''}>${text}</option>`

const optional = (lang: Lang): Markup => html` <span class="q">(${say(lang, 'report.optional')})</span>`

function serviceField(lang: Lang, view: ReportFormView): Markup {
  const chosen = view.values.service
  const options = (first: boolean): readonly Markup[] =>
    view.services.filter((one) => one.first === first).map(({ id, name }) => option(id, name, chosen))
  return html`<div class="${fieldClass(view, 'service')}">
    <label for="${idOf('service')}">${say(lang, 'report.service')}</label>
    ${errorLine(lang, view, 'service')}
    <select id="${idOf('service')}" name="service" required ${described(view, 'service')}>
      ${option('', say(lang, 'report.choose'), chosen)}
      <optgroup label="${say(lang, 'report.services')}">${options(true)}</optgroup>
      <optgroup label="${say(lang, 'report.services-more')}">
        ${options(false)} ${option(OTHER_SERVICE, say(lang, 'report.other'), chosen)}
      </optgroup>
    </select>
  </div>`
}

interface Choice {
  readonly field: 'problem' | 'since'
  readonly choices: readonly (readonly [value: string, text: string])[]
}

const choiceField = (lang: Lang, view: ReportFormView, { field, choices }: Choice): Markup =>
  html`<fieldset class="${fieldClass(view, field)}" ${described(view, field)}>
    <legend>${say(lang, `report.${field}`)}${field === 'since' ? optional(lang) : ''}</legend>
    ${errorLine(lang, view, field)}
    ${choices.map(
      ([value, text], at) =>
        html`<p class="tick">
          <input
            type="radio"
            id="${idOf(field)}-${at}"
            name="${field}"
            value="${value}"
            ${value === view.values[field] ? html`checked` : ''}
            ${field === 'problem' ? html`required` : ''}
          /><label for="${idOf(field)}-${at}">${text}</label>
        </p>`,
    )}
  </fieldset>`

const regionField = (lang: Lang, view: ReportFormView): Markup =>
  html`<div class="${fieldClass(view, 'region')}">
    <label for="${idOf('region')}">${say(lang, 'report.region')}${optional(lang)}</label>
    ${errorLine(lang, view, 'region')}
    <select id="${idOf('region')}" name="region" ${described(view, 'region')}>
      ${option('', say(lang, 'report.region-none'), view.values.region)}
      ${REGIONS.map((region) => option(region, say(lang, `region.${region}`), view.values.region))}
    </select>
  </div>`

const nameOf = ({ asn, name }: FirstNetwork): string => (name === '' ? `AS${asn}` : `${name}, AS${asn}`)

/** The network that the address shows, and the way to say another. */
function networkField(lang: Lang, view: ReportFormView): Markup {
  const { found, networks, values } = view
  const about = `${idOf('network')}-about`
  const others = networks.filter(({ asn }) => asn !== found?.asn)
  return html`<div class="${fieldClass(view, 'network')}">
    ${
      found === undefined
        ? html`<label for="${idOf('network')}">${say(lang, 'report.network-choose')}${optional(lang)}</label>
            <p class="hint">${say(lang, 'report.network-unknown')}</p>`
        : html`<p>${say(lang, 'report.network-found', { network: nameOf(found) })}</p>
            <label for="${idOf('network')}">${say(lang, 'report.network-wrong')}</label>`
    }
    <p class="hint" id="${about}">${say(lang, 'report.network-about')}</p>
    ${errorLine(lang, view, 'network')}
    <select id="${idOf('network')}" name="network" ${described(view, 'network', about)}>
      ${option('', say(lang, found === undefined ? 'report.network-none' : 'report.network-right'), values.network)}
      ${others.map((one) => option(`AS${one.asn}`, nameOf(one), values.network))}
      ${found === undefined ? '' : option(NO_NETWORK, say(lang, 'report.network-none'), values.network)}
    </select>
  </div>`
}

const noteField = (lang: Lang, view: ReportFormView): Markup =>
  html`<div class="${fieldClass(view, 'note')}">
    <label for="${idOf('note')}">${say(lang, 'report.note')}${optional(lang)}</label>
    <p class="hint" id="${idOf('note')}-about">${say(lang, 'report.note-about')}</p>
    ${errorLine(lang, view, 'note')}
    <textarea
      id="${idOf('note')}"
      name="note"
      rows="3"
      maxlength="${MOST_NOTE}"
      autocomplete="off"
      ${described(view, 'note', `${idOf('note')}-about`)}
    >
${view.values.note ?? ''}</textarea>
  </div>`
