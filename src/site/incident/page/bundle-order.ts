import { html } from 'hono/html'
import { say } from '../../../core/text/format.ts'
import { LANGS, type Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { headline, networkText, type NamedIncident } from '../../../core/text/sentence/incident.ts'
import type { Frame } from '../../../web/html/frame.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { Page } from '../../parts/layout.ts'
import { crumbs } from '../../parts/crumbs.ts'
import { urls } from '../../urls.ts'
import type { BundleOrder } from '../bundle-desk.ts'
import type { PublishedBundle } from '../published-bundles.ts'
import { bundleCheck, bundleLine } from './sources.ts'

export interface BundleOrderView extends NamedIncident {
  /** The bundle of the newest revision. */
  readonly ready?: PublishedBundle
  /** Bundles of earlier revisions, newest first. */
  readonly older: readonly PublishedBundle[]
  readonly order: BundleOrder
  /** A person holds the incident back: no new bundle of it is made. */
  readonly isHeld: boolean
  /** The reader asked, and may again after so many minutes. */
  readonly laterMinutes?: number
}

/** The page on which a reader asks for the bundle of an incident, waits for it and takes it. */
export function bundleOrderPage(lang: Lang, view: BundleOrderView): Page {
  const { incident } = view
  return {
    lang,
    title: `${say(lang, 'bundle-order.title')} · Kuager`,
    simulated: incident.simulated,
    inLang: (other) => urls.bundleOrder(other, incident.id),
    body: (frame) =>
      html`${crumbs(lang)}
        <div class="ttl">
          <h1>${say(lang, 'bundle-order.title')}</h1>
          <p class="any">
            <a href="${urls.incident(lang, incident.id)}">${headline(lang, view)}</a>. ${networkText(lang, view)}.
          </p>
        </div>
        ${state(lang, view, frame)}`,
  }
}

function state(lang: Lang, view: BundleOrderView, frame: Frame): Markup {
  const { ready, older, order, incident, isHeld } = view
  if (ready !== undefined)
    return html`<p role="status">${say(lang, 'bundle-order.ready')}</p>
      <ul class="dl">
        ${bundleLine(lang, incident.revision, ready)} ${exhibitLines(lang, ready)}
      </ul>
      ${ready.exhibits.length === 0 ? html`<p>${say(lang, 'bundle-order.no-exhibit')}</p>` : ''}
      ${bundleCheck(lang, [ready])}`
  if (order.kind === 'making')
    return html`<p role="status">
        ${say(lang, 'bundle-order.making')}
        ${order.before === 0 ? '' : say(lang, 'bundle-order.before', { count: formatNumber(lang, order.before) })}
      </p>
      <p>${say(lang, 'bundle-order.reload')}</p>`
  return html`${word(lang, view)}
    <p>${say(lang, 'proof-page.bundle.about')}</p>
    <p class="after">${say(lang, 'bundle-order.about')}</p>
    ${frame.medium === 'live' && order.kind === 'none' && !isHeld ? button(lang, incident.id) : ''}
    ${
      older.length === 0
        ? ''
        : html`<ul class="dl">
            ${older.map((one) => html`${bundleLine(lang, incident.revision, one)} ${exhibitLines(lang, one)}`)}
          </ul>`
    }`
}

function word(lang: Lang, { order, laterMinutes }: BundleOrderView): Markup | string {
  if (laterMinutes !== undefined)
    return html`<p class="warn" role="status">
      ${say(lang, 'bundle-order.later', { minutes: formatNumber(lang, laterMinutes) })}
    </p>`
  if (order.kind !== 'failed') return ''
  return html`<p class="warn" role="status">${say(lang, `bundle-order.${order.why}`)}</p>`
}

const button = (lang: Lang, incident: string): Markup =>
  html`<form method="post" action="${urls.bundleOrder(lang, incident)}">
    <p class="after"><button class="btn first" type="submit">${say(lang, 'bundle-order.make')}</button></p>
  </form>`

/** Exhibits in the reader's language first. */
const exhibitLines = (lang: Lang, { name, exhibits }: PublishedBundle): readonly Markup[] =>
  LANGS.filter((one) => exhibits.includes(one))
    .toSorted((a, b) => Number(b === lang) - Number(a === lang))
    .map(
      (one) =>
        html`<li>
          <a href="${urls.exhibit(name, one)}" hreflang="${one}">${say(lang, `bundle-order.exhibit.${one}`)}</a>
        </li>`,
    )
