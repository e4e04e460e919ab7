import { html } from 'hono/html'
import { LANG_NAMES, LANGS, type Lang } from '../../../core/text/lang.ts'
import { say } from '../../../core/text/format.ts'
import {
  CONFIRM_HOURS,
  FEWEST_REGION_REPORTS,
  MOST_TOPICS,
  REGION_HOURS,
} from '../../../core/model/people/subscription.ts'
import type { Region } from '../../../core/model/region.ts'
import { formatAsn } from '../../../core/model/units.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { FirstNetwork } from '../../first/page/shown.ts'
import { urls } from '../../urls.ts'

/** Places of the form at which an error is shown. */
export const SUBSCRIBE_FIELDS = ['mail', 'topics', 'lang'] as const
export type SubscribeField = (typeof SUBSCRIBE_FIELDS)[number]

/** What is shown above the form when it comes back. */
export type SubscribeWord =
  | { readonly kind: 'again' | 'foreign' | 'broken' | 'fault' | 'gone' }
  | { readonly kind: 'later'; readonly wait: number }

/** What was typed and ticked, as it came. */
export interface SubscribeValues {
  readonly mail: string
  readonly services: readonly string[]
  /** As `AS64496`. */
  readonly networks: readonly string[]
  readonly regions: readonly string[]
  readonly lang: string
}

export interface SubscribeView {
  readonly ticket: string
  readonly values: SubscribeValues
  readonly errors: readonly SubscribeField[]
  readonly word?: SubscribeWord
  readonly services: readonly { readonly id: string; readonly name: string; readonly first: boolean }[]
  readonly networks: readonly FirstNetwork[]
  readonly regions: readonly Region[]
  readonly simulated: boolean
}

/** The form, whole without scripts; a script puts a proof of work into it. */
export const subscribeForm = (lang: Lang, view: SubscribeView): Markup =>
  html`${summary(lang, view)}
    <form
      class="form"
      id="subscribe"
      method="post"
      action="${urls.plain(lang, 'subscribe')}"
      autocomplete="off"
      data-challenge="${urls.work('subscribe')}"
      data-working="${say(lang, 'subscribe.working')}"
      data-unreached="${say(lang, 'subscribe.unreached')}"
    >
      <input type="hidden" name="ticket" value="${view.ticket}" />
      <input type="hidden" name="work" value="" />
      ${topicFields(lang, view)} ${mailField(lang, view)} ${langField(lang, view)}
      <div class="vh" aria-hidden="true">
        <label for="website">${say(lang, 'report.empty')}</label>
        <input id="website" name="website" tabindex="-1" autocomplete="off" />
      </div>
      <p><button class="btn first" type="submit">${say(lang, 'subscribe.send')}</button></p>
      <p class="hint sending" role="status" id="sending"></p>
    </form>`

const idOf = (field: SubscribeField): string => `f-${field}`

/** An address as the form shows one. */
const EXAMPLE = 'name@example.org'

function errorText(lang: Lang, field: SubscribeField): string {
  switch (field) {
    case 'topics':
      return say(lang, 'subscribe.error.topics', { most: MOST_TOPICS })
    case 'mail':
      return say(lang, 'subscribe.error.mail', { example: EXAMPLE })
    case 'lang':
      return say(lang, 'subscribe.error.lang')
  }
}

const wordText = (lang: Lang, word: SubscribeWord): string =>
  word.kind === 'later' ? say(lang, 'subscribe.later', { seconds: word.wait }) : say(lang, `subscribe.${word.kind}`)

/** Said first and focused when the form comes back: what is wrong, each with the way to its field. */
function summary(lang: Lang, { errors, word }: SubscribeView): Markup {
  if (errors.length === 0 && word === undefined) return html``
  return html`<div class="wrongs" role="alert" tabindex="-1" autofocus>
    ${
      word === undefined
        ? html`<p><b>${say(lang, 'subscribe.errors')}</b></p>
            <ul>
              ${errors.map((field) => html`<li><a href="#${idOf(field)}">${errorText(lang, field)}</a></li>`)}
            </ul>`
        : html`<p>${wordText(lang, word)}</p>`
    }
  </div>`
}

const errorLine = (lang: Lang, { errors }: SubscribeView, field: SubscribeField): Markup =>
  errors.includes(field) ? html`<p class="bad" id="${idOf(field)}-e">${errorText(lang, field)}</p>` : html``

const fieldClass = ({ errors }: SubscribeView, field: SubscribeField): string =>
  errors.includes(field) ? 'field amiss' : 'field'

interface Ticked {
  readonly name: 'service' | 'network' | 'region'
  readonly title: string
  readonly about: string
  readonly choices: readonly (readonly [value: string, text: string])[]
  readonly chosen: readonly string[]
  /** How many are shown at once. */
  readonly open: number
  /** Heading of the others. */
  readonly more: string
}

/** Choices of one kind; those after `open` fold away, unless one of them is ticked. */
function ticks({ name, title, about, choices, chosen, open, more }: Ticked): Markup {
  const box = ([value, text]: Ticked['choices'][number], at: number): Markup =>
    html`<p class="tick">
      <input
        type="checkbox"
        id="f-${name}-${at}"
        name="${name}"
        value="${value}"
        ${chosen.includes(value) ? html`checked` : ''}
      /><label for="f-${name}-${at}">${text}</label>
    </p>`
  const rest = choices.slice(open)
  return html`<fieldset class="field" aria-describedby="f-${name}-about">
    <legend>${title}</legend>
    <p class="hint" id="f-${name}-about">${about}</p>
    ${open === 0 ? '' : html`<div class="ticks">${choices.slice(0, open).map(box)}</div>`}
    ${
      rest.length === 0
        ? ''
        : html`<details class="tab" ${rest.some(([value]) => chosen.includes(value)) ? html`open` : ''}>
            <summary>${more}</summary>
            <div class="ticks">${rest.map((one, nth) => box(one, open + nth))}</div>
          </details>`
    }
  </fieldset>`
}

function topicFields(lang: Lang, view: SubscribeView): Markup {
  const { values } = view
  const services = [...view.services].toSorted((a, b) => Number(b.first) - Number(a.first))
  return html`<div class="${fieldClass(view, 'topics')}" id="${idOf('topics')}" tabindex="-1">
    ${errorLine(lang, view, 'topics')}
    ${ticks({
      name: 'service',
      title: say(lang, 'subscribe.services'),
      about: say(lang, 'subscribe.services-about'),
      choices: services.map(({ id, name }) => [id, name]),
      chosen: values.services,
      open: services.filter(({ first }) => first).length,
      more: say(lang, 'subscribe.more-services'),
    })}
    ${
      view.networks.length === 0
        ? ''
        : ticks({
            name: 'network',
            title: say(lang, 'subscribe.networks'),
            about: say(lang, 'subscribe.networks-about'),
            choices: view.networks.map(({ asn, name }) => [
              formatAsn(asn),
              name === '' ? formatAsn(asn) : `${name}, ${formatAsn(asn)}`,
            ]),
            chosen: values.networks,
            open: 8,
            more: say(lang, 'subscribe.more-networks'),
          })
    }
    ${ticks({
      name: 'region',
      title: say(lang, 'subscribe.regions'),
      about: say(lang, 'subscribe.regions-about', { hours: REGION_HOURS, fewest: FEWEST_REGION_REPORTS }),
      choices: view.regions.map((region) => [region, say(lang, `region.${region}`)]),
      chosen: values.regions,
      open: 0,
      more: say(lang, 'subscribe.choose-regions'),
    })}
  </div>`
}

const mailField = (lang: Lang, view: SubscribeView): Markup =>
  html`<div class="${fieldClass(view, 'mail')}">
    <label for="${idOf('mail')}">${say(lang, 'subscribe.mail')}</label>
    <p class="hint" id="${idOf('mail')}-about">${say(lang, 'subscribe.mail-about', { hours: CONFIRM_HOURS })}</p>
    ${errorLine(lang, view, 'mail')}
    <input
      id="${idOf('mail')}"
      name="mail"
      type="email"
      inputmode="email"
      required
      maxlength="320"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      value="${view.values.mail}"
      aria-describedby="${view.errors.includes('mail') ? `${idOf('mail')}-e ` : ''}${idOf('mail')}-about"
      ${view.errors.includes('mail') ? html`aria-invalid="true"` : ''}
    />
  </div>`

const langField = (lang: Lang, view: SubscribeView): Markup =>
  html`<div class="${fieldClass(view, 'lang')}">
    <label for="${idOf('lang')}">${say(lang, 'subscribe.lang')}</label>
    ${errorLine(lang, view, 'lang')}
    <select id="${idOf('lang')}" name="lang">
      ${LANGS.map(
        (one) =>
          html`<option value="${one}" ${one === view.values.lang ? html`selected` : ''}>
            ${LANG_NAMES[one].name}
          </option>`,
      )}
    </select>
  </div>`
