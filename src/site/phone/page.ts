import { html } from 'hono/html'
import type { Markup } from '../../web/html/markup.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { KeyEnd } from '../../core/text/catalogue.ts'
import { paragraphs, partSection, titled } from '../../web/html/prose.ts'
import type { Page } from '../parts/layout.ts'
import { urls } from '../urls.ts'

/** Script of the button; it registers nothing before it is pressed. */
export const PHONE_SCRIPT = 'phone.js'

/** Installing the site as an app, and keeping its last answer for when there is no connection. */
export const phonePage = (lang: Lang, { isLive }: { readonly isLive: boolean }): Page => {
  const title = say(lang, 'phone.title')
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'phone.lead'),
    simulated: false,
    inLang: (other) => urls.plain(other, 'phone'),
    ...(isLive ? { scripts: [PHONE_SCRIPT] } : {}),
    body: () =>
      html`${titled(title, say(lang, 'phone.lead'))}
      ${partSection(lang, { id: 'install', heading: 'phone.install', body: paragraphs(lang, ['phone.install-about', 'phone.install-rights']) })}
      ${partSection(lang, { id: 'keep', heading: 'phone.keep', body: keep(lang, isLive) })}
      ${partSection(lang, { id: 'less', heading: 'phone.less', body: paragraphs(lang, ['phone.less-about']) })}`,
  }
}

const KEPT = ['keep-kept', 'keep-not-kept', 'keep-seen'] as const satisfies readonly KeyEnd<'phone'>[]
/** What the script says. */
const WORDS = [
  'on',
  'off',
  'is-on',
  'is-off',
  'deleted',
  'unable',
  'failed',
] as const satisfies readonly KeyEnd<'phone'>[]

const keep = (lang: Lang, isLive: boolean): Markup =>
  html`<p>${say(lang, 'phone.keep-about')}</p>
    <ul class="points">
      ${KEPT.map((key) => html`<li>${say(lang, `phone.${key}`)}</li>`)}
    </ul>
    ${isLive ? control(lang) : html`<p>${say(lang, 'phone.copy')}</p>`}`

const control = (lang: Lang): Markup =>
  html`<div
    class="after"
    data-keep="${urls.keptPageWorker()}"
    data-page="${urls.first(lang)}"
    data-words="${JSON.stringify(Object.fromEntries(WORDS.map((word) => [word, say(lang, `phone.${word}`)])))}"
  >
    <noscript><p>${say(lang, 'phone.no-script')}</p></noscript>
  </div>`
