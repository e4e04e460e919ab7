import { html } from 'hono/html'
import type { Operator } from '../../model/operator.ts'
import { say } from '../../text/format.ts'
import type { Lang } from '../../text/lang.ts'
import { urls } from '../urls.ts'
import type { Page } from './layout.ts'
import type { Markup } from './mark.ts'
import { section } from './section.ts'

/** How to tell us that something does not open: measure it once, or write. There is no form. */
export const reportPage = (lang: Lang): Page => ({
  lang,
  title: `${say(lang, 'report.title')} · Kuager`,
  simulated: false,
  inLang: (other) => urls.report(other),
  body: ({ operator }) =>
    html`<div class="ttl">
        <h1>${say(lang, 'report.title')}</h1>
        <p>${say(lang, 'report.about')}</p>
      </div>
      ${section(
        'measure',
        say(lang, 'report.measure'),
        '',
        html`<p>${say(lang, 'report.measure-about')}</p>
          <p class="after">
            <a class="btn first" href="${urls.plain(lang, 'probe')}">${say(lang, 'report.measure-link')}</a>
          </p>`,
      )}
      ${section('write', say(lang, 'report.write'), '', contacts(lang, operator))}
      ${section('tell', say(lang, 'report.tell'), '', whatToTell(lang))}`,
})

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
