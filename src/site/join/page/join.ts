import { html, raw } from 'hono/html'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { qrSvg } from '../../../core/text/qr.ts'
import { publicUrl, type Frame } from '../../../web/html/frame.ts'
import { fold } from '../../../web/html/fold.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { partSection, titled } from '../../../web/html/prose.ts'
import type { Page } from '../../parts/layout.ts'
import { COPY_SCRIPT } from '../../parts/say-it.ts'
import { urls } from '../../urls.ts'
import type { Release } from '../contract.ts'
import { programs } from './programs.ts'

export interface JoinView {
  /** Link without an invitation; absent: the operator has set no address that takes measurements. */
  readonly link?: string
  /** Absent: no program is offered. */
  readonly release?: Release
  readonly ooniRun?: string
  readonly repository?: string
  /** Whether the site has the script that reads the link of the address bar. */
  readonly hasScript: boolean
}

/** Download, paste the link, agree: the way of a person who was never in a terminal. */
export function joinPage(lang: Lang, view: JoinView): Page {
  const title = say(lang, 'join-page.title')
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'join-page.lead'),
    simulated: false,
    inLang: (other) => urls.plain(other, 'join'),
    scripts: [COPY_SCRIPT, ...(view.hasScript ? ['join.js'] : [])],
    body: (frame) =>
      html`${titled(title, say(lang, 'join-page.lead'))}
      ${partSection(lang, { id: 'get', heading: 'join-page.get', body: download(lang, view, frame) })}
      ${partSection(lang, { id: 'link', heading: 'join-page.link', body: linkPart(lang, view) })}
      ${partSection(lang, {
        id: 'agree',
        heading: 'join-page.agree',
        body: html`<p>${say(lang, 'join-page.agree.about')}</p>
          <p>${say(lang, 'join-page.agree.safe')}</p>
          <p><a class="tap" href="${urls.plain(lang, 'probe')}">${say(lang, 'join-page.agree.more')}</a></p>`,
      })}
      ${partSection(lang, { id: 'then', heading: 'join-page.then', body: html`<p>${say(lang, 'join-page.then.about')}</p>` })}
      ${partSection(lang, { id: 'stop', heading: 'join-page.stop', body: stopPart(lang) })}
      ${partSection(lang, { id: 'phone', heading: 'join-page.phone', body: phonePart(lang, view) })}`,
  }
}

/** How measuring is ended, by the words on the buttons of the program. */
export const stopPart = (lang: Lang): Markup =>
  html`<p>
      ${say(lang, 'join-page.stop.about', {
        pause: say(lang, 'probe-page.pause-hour'),
        forget: say(lang, 'probe-page.forget'),
      })}
    </p>
    <p>${say(lang, 'join.stop.stays')}</p>`

/** The way for phones: OONI's own app, if the operator has made a link to it. */
export const phonePart = (lang: Lang, { ooniRun }: Pick<JoinView, 'ooniRun'>): Markup =>
  html`<p>${say(lang, 'join-page.phone.about')}</p>
    ${
      ooniRun === undefined
        ? html`<p>${say(lang, 'join-page.phone.none')}</p>`
        : html`<p><a class="btn first" href="${ooniRun}" rel="noreferrer">${say(lang, 'join-page.phone.open')}</a></p>
            <p>${say(lang, 'join-page.phone.third')}</p>`
    }`

function download(lang: Lang, { release }: JoinView, frame: Frame): Markup {
  if (release === undefined || release.programs.length === 0) return html`<p>${say(lang, 'join-page.no-release')}</p>`
  if (frame.medium !== 'live')
    return html`<p>${say(lang, 'join-page.copy-release', { address: publicUrl(frame, urls.plain(lang, 'join')) })}</p>`
  return html`<div class="systems" id="systems">
    <p id="no-system" hidden>${say(lang, 'join-page.no-system')}</p>
    ${programs(lang, release)}
  </div>`
}

/** The link, to be copied and as a QR code. A script puts the link of the address bar in its place; no server sees that. */
const linkPart = (lang: Lang, { link, hasScript }: JoinView): Markup =>
  html`<p>${say(lang, 'join-page.link.do')}</p>
    <p id="invited" hidden><b>${say(lang, 'join-page.link.invited')}</b></p>
    <p id="wrong-link" role="alert" hidden>${say(lang, 'join-page.link.wrong')}</p>
    ${hasScript ? html`<noscript><p>${say(lang, 'join-page.link.no-script')}</p></noscript>` : ''}
    <p id="no-link" ${link === undefined ? '' : 'hidden'}>${say(lang, 'join-page.link.none')}</p>
    <div id="join" ${link === undefined ? 'hidden' : ''}>
      <div class="saying" data-copy="${say(lang, 'say.copy')}" data-copied="${say(lang, 'say.copied')}">
        <blockquote class="quote mono any"><p id="join-link" translate="no">${link ?? ''}</p></blockquote>
      </div>
      ${fold(
        say(lang, 'join-page.link.shell'),
        html`<figure class="cmd" aria-label="${say(lang, 'guide.command')}" translate="no">
          <code>kuager-probe join <span class="any" id="join-typed">${link ?? ''}</span></code>
        </figure>`,
      )}
      <div class="qr-code" id="qr" data-label="${say(lang, 'join-page.qr')}">
        ${link === undefined ? '' : raw(qrSvg(link, say(lang, 'join-page.qr')))}
      </div>
      <p class="sm q">${say(lang, 'join-page.qr.about')}</p>
    </div>`
