import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { urls } from '../../urls.ts'
import type { Frame } from '../../../web/html/frame.ts'
import type { Page } from '../../parts/layout.ts'
import { commands, paragraphs, partSection, titled } from '../../../web/html/prose.ts'
import { copyCommands } from '../../verify/page/verify.ts'

/** Where the same pages are found, how a copy is checked and how one is made. */
export function mirrorsPage(lang: Lang): Page {
  const title = say(lang, 'mirrors.title')
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'mirrors.lead'),
    simulated: false,
    inLang: (other) => urls.plain(other, 'mirrors'),
    body: (frame) =>
      html`${titled(title, say(lang, 'mirrors.lead'))}
      ${partSection(lang, { id: 'addresses', heading: 'mirrors.addresses', body: addresses(lang, frame) })}
      ${partSection(lang, { id: 'check', heading: 'mirrors.check', body: check(lang, frame) })}
      ${partSection(lang, {
        id: 'one',
        heading: 'mirrors.one',
        body: html`<p>${say(lang, 'mirrors.one.about')}</p>
          ${commands(lang, [`npx kuager mirror --one-file today.html`])}
          ${paragraphs(lang, ['mirrors.one.age', 'mirrors.one.forward'])}`,
      })}
      ${partSection(lang, {
        id: 'make',
        heading: 'mirrors.make',
        body: html`<p>${say(lang, 'mirrors.make.about')}</p>
          ${commands(lang, ['npx kuager mirror --out DIR'])}
          <p>${say(lang, 'mirrors.make.anywhere')}</p>`,
      })}`,
  }
}

function addresses(lang: Lang, { medium, origin, mirrors, onion }: Frame): Markup {
  const list = [...(origin === undefined ? [] : [origin]), ...mirrors, ...(onion === undefined ? [] : [onion])]
  // On the live site the clear address is not a link: a reader of the onion address is not led out of it.
  const shown = (address: string): Markup =>
    medium === 'live' && address === origin
      ? html`<span class="mono">${address}</span>`
      : html`<a class="mono" href="${address}" rel="noreferrer">${address}</a>`
  return html`${
    list.length === 0
      ? ''
      : html`<ul class="addresses">
          ${list.map((address) => html`<li>${shown(address)}</li>`)}
        </ul>`
  }
  ${mirrors.length === 0 && onion === undefined ? html`<p>${say(lang, 'mirrors.addresses.none')}</p>` : html`<p>${say(lang, 'mirrors.addresses.write-down')}</p>`}
  ${onion === undefined ? '' : html`<p>${say(lang, 'mirrors.addresses.onion')}</p>`}`
}

const check = (lang: Lang, frame: Frame): Markup =>
  html`<p>${say(lang, 'mirrors.check.why')}</p>
    ${
      frame.mirrorKey === undefined
        ? html`<p>${say(lang, 'mirrors.check.no-key')}</p>`
        : html`<p>${say(lang, 'mirrors.check.key')}</p>
            <p class="mono key">${frame.mirrorKey}</p>
            ${frame.medium === 'live' ? '' : html`<p>${say(lang, 'verify.copies.copy')}</p>`}`
    }
    ${copyCommands(lang, frame)}
    <p>${say(lang, 'mirrors.check.result')}</p>`
