import { html } from 'hono/html'
import type { Markup } from './markup.ts'
import type { Key } from '../../core/text/catalogue.ts'
import { say, type Given, type PlainKey } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { fold } from './fold.ts'

/** Sentences as paragraphs. */
export const paragraphs = <K extends Key>(lang: Lang, keys: readonly K[], ...values: Given<K>): Markup =>
  html`${keys.map((key) => html`<p>${say(lang, key, ...values)}</p>`)}`

/** Sentences of equal rank, each on a ruled line of its own. */
export const points = <K extends Key>(lang: Lang, keys: readonly K[], ...values: Given<K>): Markup =>
  html`<ul class="points">
    ${keys.map((key) => html`<li>${say(lang, key, ...values)}</li>`)}
  </ul>`

/** Sentences of equal rank that name what they are about first: up to the first stop, in bold. */
export const topics = <K extends Key>(lang: Lang, keys: readonly K[], ...values: Given<K>): Markup =>
  html`<ul class="points">
    ${keys.map((key) => {
      const text = say(lang, key, ...values)
      const [topic = text] = /^.*?\.(?= |$)/.exec(text) ?? []
      return html`<li><b>${topic}</b>${text.slice(topic.length)}</li>`
    })}
  </ul>`

/** A part of a page in words. */
export interface ProsePart {
  /** Anchor of the part. */
  readonly id: string
  readonly heading: PlainKey
  readonly body: Markup
}

/** A part with its heading in the margin; its matter is set for reading. */
export const partSection = (lang: Lang, { id, heading, body }: ProsePart): Markup =>
  html`<section class="sec side words" aria-labelledby="${id}">
    <div class="head"><h2 id="${id}">${say(lang, heading)}</h2></div>
    <div class="prose">${body}</div>
  </section>`

/** Parts one after another, with a list of them before where they are many. */
export const parts = (lang: Lang, list: readonly ProsePart[]): Markup =>
  html`${list.length < MANY ? '' : contents(lang, list)}${list.map((part) => partSection(lang, part))}`

const MANY = 5

const contents = (lang: Lang, list: readonly ProsePart[]): Markup =>
  html`<nav class="toc" aria-label="${say(lang, 'guide.contents')}">
    ${fold(
      say(lang, 'guide.contents'),
      html`<ul>
        ${list.map(({ id, heading }) => html`<li><a href="#${id}">${say(lang, heading)}</a></li>`)}
      </ul>`,
    )}
  </nav>`

/** Heading of a page with one sentence below it. */
export const titled = (heading: string, lead: string): Markup =>
  html`<div class="ttl">
    <h1>${heading}</h1>
    <p>${lead}</p>
  </div>`

/** Lines to be typed or copied, each a line of its own however narrow the window. */
export const commands = (lang: Lang, lines: readonly string[]): Markup =>
  html`<figure class="cmd" aria-label="${say(lang, 'guide.command')}" translate="no">
    ${lines.map((line) => html`<code>${words(line)}</code>`)}
  </figure>`

/** Words of a line, so that an option is not torn at its dashes. */
const words = (line: string): Markup =>
  html`${line.split(' ').map((word, at) => html`${at === 0 ? '' : ' '}<span>${word}</span>`)}`

/** Labels with their values. */
export const pairs = (list: readonly (readonly [string, Markup | string])[]): Markup =>
  html`<dl class="pairs">
    ${list.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`
