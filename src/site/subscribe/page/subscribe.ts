import { html } from 'hono/html'
import { CONFIRM_HOURS, MOST_MAILS_A_DAY, MOST_REFUSALS } from '../../../core/model/people/subscription.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { section } from '../../../web/html/section.ts'
import type { Page } from '../../parts/layout.ts'
import { urls } from '../../urls.ts'
import { subscribeForm, type SubscribeView } from './form.ts'

/** Mails with a link that go to one address in a day. */
const MOST_LINKS = 5

const heading = (title: string, ...lines: readonly string[]): Markup =>
  html`<div class="ttl">
    <h1>${title}</h1>
    ${lines.map((line) => html`<p>${line}</p>`)}
  </div>`

const feeds = (lang: Lang): Markup =>
  html`<p class="after"><a class="tap" href="${urls.plain(lang, 'data')}">${say(lang, 'subscribe.feeds')}</a></p>`

/** The page of subscriptions: the form where the operator has set up mail, else what there is instead. */
export const subscribePage = (
  lang: Lang,
  { view, simulated }: { readonly view?: SubscribeView; readonly simulated: boolean },
): Page => ({
  lang,
  title: `${say(lang, 'subscribe.title')} · Kuager`,
  simulated,
  inLang: (other) => urls.subscribe(other, aboutOf(view)),
  ...(view === undefined ? {} : { scripts: ['report.js'] }),
  body: ({ medium }) => {
    const title = say(lang, 'subscribe.title')
    // A copy has no server that takes anything.
    if (medium !== 'live') return html`${heading(title, say(lang, 'subscribe.copy'))} ${feeds(lang)}`
    if (view === undefined) return html`${heading(title, say(lang, 'subscribe.closed'))} ${feeds(lang)}`
    return html`${heading(title, say(lang, 'subscribe.about'), say(lang, 'subscribe.limits', { most: MOST_MAILS_A_DAY }))}
      ${simulated ? html`<p class="warn noted">${say(lang, 'subscribe.simulated')}</p>` : ''}
      <div class="sec side">
        <div class="head"></div>
        <div>${subscribeForm(lang, view)}</div>
      </div>
      ${section(
        'kept',
        say(lang, 'subscribe.kept'),
        '',
        html`<p>${say(lang, 'subscribe.kept-about')}</p>
          <p class="after">${say(lang, 'subscribe.kept-end', { most: MOST_REFUSALS })}</p>
          <p class="after">${say(lang, 'subscribe.kept-who')}</p>
          ${feeds(lang)}`,
      )}`
  },
})

/** What the form has chosen, to be kept in another language. Of a form that came back nothing enters an address. */
const aboutOf = (view: SubscribeView | undefined): Parameters<typeof urls.subscribe>[1] =>
  view === undefined || view.word !== undefined || view.errors.length > 0
    ? {}
    : { services: view.values.services, networks: view.values.networks, regions: view.values.regions }

interface Told {
  readonly title: string
  readonly lines: readonly string[]
  readonly inLang: (lang: Lang) => string
  readonly more?: Markup
}

const toldPage = (lang: Lang, simulated: boolean, { title, lines, inLang, more }: Told): Page => ({
  ...{ lang, simulated, inLang },
  title: `${title} · Kuager`,
  body: () => html`${heading(title, ...lines)} ${more ?? ''}`,
})

/** Where everyone is led who sent the form: the same for a mailbox that is known and one that is not. */
export const subscribeSentPage = (lang: Lang, simulated: boolean): Page =>
  toldPage(lang, simulated, {
    title: say(lang, 'subscribe.sent'),
    lines: [
      say(lang, 'subscribe.sent-about', { most: MOST_LINKS }),
      ...(simulated ? [say(lang, 'subscribe.simulated')] : []),
    ],
    inLang: (other) => urls.subscribeDone(other, 'sent'),
  })

const button = (action: string, text: string): Markup =>
  html`<form class="form press" method="post" action="${action}">
    <p class="after"><button class="btn first" type="submit">${text}</button></p>
  </form>`

/** What a link of a mail opens: a button, since programs that check mails open links, and press nothing. */
export const subscribeConfirmPage = (
  lang: Lang,
  simulated: boolean,
  { link, lines }: { readonly link: string; readonly lines: readonly string[] },
): Page =>
  toldPage(lang, simulated, {
    title: say(lang, 'subscribe.confirm'),
    lines: [say(lang, 'subscribe.confirm-about')],
    inLang: (other) => urls.subscribeLink(other, 'confirm', link),
    more: html`<ul>
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>
      <p class="after">${say(lang, 'subscribe.confirm-replaces')}</p>
      ${button(urls.subscribeLink(lang, 'confirm', link), say(lang, 'subscribe.confirm-button'))}`,
  })

export const subscribeConfirmedPage = (lang: Lang, simulated: boolean): Page =>
  toldPage(lang, simulated, {
    title: say(lang, 'subscribe.confirmed'),
    lines: [say(lang, 'subscribe.confirmed-about')],
    inLang: (other) => urls.subscribeDone(other, 'confirmed'),
    more: html`<p class="ways">
      <a class="btn first" href="${urls.plain(lang, 'incidents')}">${say(lang, 'menu.incidents')}</a>
    </p>`,
  })

/** For a link that is spent, expired or of someone else. */
export const subscribeStalePage = (lang: Lang, simulated: boolean): Page =>
  toldPage(lang, simulated, {
    title: say(lang, 'subscribe.stale'),
    lines: [say(lang, 'subscribe.stale-about', { hours: CONFIRM_HOURS })],
    inLang: (other) => urls.subscribe(other),
    more: again(lang),
  })

const again = (lang: Lang): Markup =>
  html`<p class="ways"><a class="btn" href="${urls.subscribe(lang)}">${say(lang, 'subscribe.another')}</a></p>`

/** What the link below each mail opens. */
export const leavePage = (lang: Lang, simulated: boolean, link: string): Page =>
  toldPage(lang, simulated, {
    title: say(lang, 'subscribe.leave'),
    lines: [say(lang, 'subscribe.leave-about')],
    inLang: (other) => urls.subscribeLink(other, 'leave', link),
    more: button(urls.subscribeLink(lang, 'leave', link), say(lang, 'subscribe.leave-button')),
  })

export const subscribeLeftPage = (lang: Lang, simulated: boolean): Page =>
  toldPage(lang, simulated, {
    title: say(lang, 'subscribe.left'),
    lines: [say(lang, 'subscribe.left-about')],
    inLang: (other) => urls.subscribeDone(other, 'left'),
    more: again(lang),
  })
