import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Operator } from '../../../core/model/operator.ts'
import { parseInstant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatDate } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import type { Page } from '../../parts/layout.ts'
import { pairs, paragraphs, parts, points, titled } from '../../../web/html/prose.ts'

/** The sentences of each part of the page, in the order in which they are shown. */
const ABOUT = {
  what: ['about.what.witness', 'about.what.not', 'about.what.letter', 'about.what.official'],
  decisions: ['about.decisions.rules', 'about.decisions.hand', 'about.decisions.sources', 'about.decisions.politics'],
  corrections: ['about.corrections.how', 'about.corrections.never'],
  reply: ['about.reply.right', 'about.reply.how', 'about.reply.where', 'about.reply.unchanged'],
} as const

/** Who runs the server, who pays, what they want; how decisions, corrections and replies come about. */
export function aboutPage(lang: Lang): Page {
  const title = say(lang, 'about.title')
  const plain = (part: 'what' | 'decisions' | 'reply'): Markup => paragraphs(lang, ABOUT[part])
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'about.lead'),
    simulated: false,
    inLang: (other) => urls.plain(other, 'about'),
    body: ({ operator }) =>
      html`${titled(title, say(lang, 'about.lead'))}
      ${parts(lang, [
        { id: 'operator', heading: 'about.operator', body: whoRuns(lang, operator) },
        ...(operator === undefined
          ? []
          : ([
              { id: 'funders', heading: 'about.funders', body: funders(lang, operator) },
              { id: 'interests', heading: 'about.interests', body: interests(lang, operator) },
              { id: 'contacts', heading: 'about.contacts', body: contacts(lang, operator) },
            ] as const)),
        { id: 'what', heading: 'about.what', body: plain('what') },
        {
          id: 'decisions',
          heading: 'about.decisions',
          body: html`${points(lang, ABOUT.decisions)}${way(lang, 'method')}`,
        },
        {
          id: 'corrections',
          heading: 'about.corrections',
          body: html`${paragraphs(lang, operator === undefined ? UNANSWERED : ABOUT.corrections)}${way(lang, 'corrections')}`,
        },
        { id: 'reply', heading: 'about.reply', body: html`${plain('reply')}${way(lang, 'claims')}` },
      ])}`,
  }
}

/** A server that names no operator has no contact to write to. */
const UNANSWERED = ABOUT.corrections.filter((key) => key !== 'about.corrections.how')

const way = (lang: Lang, page: 'method' | 'corrections' | 'claims'): Markup =>
  html`<p><a class="tap" href="${urls.plain(lang, page)}">${say(lang, `menu.${page}`)}</a></p>`

const whoRuns = (lang: Lang, operator: Operator | undefined): Markup =>
  operator === undefined
    ? html`<p class="warn">${say(lang, 'about.operator.missing')}</p>`
    : html`${pairs([
          [say(lang, 'about.name'), html`<b>${operator.name[lang]}</b>`],
          [say(lang, 'about.seat'), operator.seat[lang]],
        ])}
        <p class="q">
          ${say(lang, 'about.confirmed', { date: formatDate(lang, parseInstant(operator.confirmed), 'UTC') })}
        </p>`

const funders = (lang: Lang, operator: Operator): Markup =>
  operator.funders.length === 0
    ? html`<p>${say(lang, 'about.funders.none')}</p>`
    : html`<ul class="points">
        ${operator.funders.map(
          ({ name, since, share }) =>
            html`<li>
              <b>${name[lang]}</b>
              <span class="q"
                ><span class="v">${say(lang, 'about.since')}: ${since}</span>${
                  share === undefined ? '' : html`<span class="v">${say(lang, 'about.share')}: ${share}</span>`
                }</span
              >
            </li>`,
        )}
      </ul>`

const interests = (lang: Lang, operator: Operator): Markup =>
  operator.interests.length === 0
    ? html`<p>${say(lang, 'about.interests.none')}</p>`
    : html`<ul class="points">
        ${operator.interests.map((one) => html`<li>${one[lang]}</li>`)}
      </ul>`

const contacts = (lang: Lang, operator: Operator): Markup =>
  html`${pairs(operator.contacts.map((one) => [say(lang, `about.kind.${one.kind}`), contact(one)] as const))}
    <p class="q">${say(lang, 'about.contacts.mail')}</p>`

/** A link only for what is a safe address of its kind: the value is text that a person wrote. */
function contact({ kind, value }: Operator['contacts'][number]): Markup {
  const href = hrefOf(kind, value)
  return href === undefined
    ? html`<span class="any">${value}</span>`
    : html`<a class="any" href="${href}" rel="noreferrer">${value}</a>`
}

function hrefOf(kind: Operator['contacts'][number]['kind'], value: string): string | undefined {
  if (kind === 'mail') return /^[\w.+-]{1,64}@[a-z0-9.-]{1,255}$/i.test(value) ? `mailto:${value}` : undefined
  if (kind === 'web') return /^https:\/\/[^\s"'<>]{1,500}$/.test(value) ? value : undefined
  if (kind === 'onion') return /^https?:\/\/[a-z2-7]{56}\.onion(\/[^\s"'<>]{0,200})?$/.test(value) ? value : undefined
  return undefined
}
