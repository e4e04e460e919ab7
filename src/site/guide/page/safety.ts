import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { urls } from '../../urls.ts'
import type { Page } from '../../parts/layout.ts'
import { figureWords } from './method.ts'
import type { MethodFigures } from './method-figures.ts'
import { parts, points, titled } from '../../../web/html/prose.ts'

/** The sentences of each part of the page, in the order in which they are shown. */
const SAFETY = {
  reading: [
    'safety.reading.provider',
    'safety.reading.server',
    'safety.reading.device',
    'safety.reading.root',
    'safety.reading.mail',
  ],
  read: ['safety.read.onion', 'safety.read.private', 'safety.read.copy', 'safety.read.mirror', 'safety.read.share'],
  keeps: [
    'safety.keeps.none',
    'safety.keeps.memory',
    'safety.keeps.cookie',
    'safety.keeps.log',
    'safety.keeps.ahead',
    'safety.keeps.measurements',
    'safety.keeps.registry',
    'safety.keeps.people',
    'safety.keeps.erased',
  ],
  measuring: [
    'safety.measuring.provider',
    'safety.measuring.collector',
    'safety.measuring.mark',
    'safety.measuring.few',
    'safety.measuring.device',
    'safety.measuring.browser',
  ],
  seized: ['safety.seized.what', 'safety.seized.original', 'safety.seized.goes-on', 'safety.seized.check'],
  writing: ['safety.writing.mail', 'safety.writing.say', 'safety.writing.send'],
  promise: ['safety.promise.none', 'safety.promise.law'],
} as const

/** Who could learn what of whom, and what helps. */
export function safetyPage(lang: Lang, figures: MethodFigures): Page {
  const title = say(lang, 'safety.title')
  const values = figureWords(lang, figures)
  const listed = (part: keyof typeof SAFETY): Markup => points(lang, SAFETY[part], values)
  const way = (page: 'mirrors' | 'verify' | 'probe'): Markup =>
    html`<p><a class="tap" href="${urls.plain(lang, page)}">${say(lang, `menu.${page}`)}</a></p>`
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'safety.lead'),
    simulated: false,
    inLang: (other) => urls.plain(other, 'safety'),
    body: () =>
      html`${titled(title, say(lang, 'safety.lead'))}
      ${parts(lang, [
        { id: 'reading', heading: 'safety.reading', body: listed('reading') },
        { id: 'read', heading: 'safety.read', body: html`${listed('read')}${way('mirrors')}` },
        { id: 'keeps', heading: 'safety.keeps', body: listed('keeps') },
        { id: 'measuring', heading: 'safety.measuring', body: html`${listed('measuring')}${way('probe')}` },
        { id: 'writing', heading: 'safety.writing', body: listed('writing') },
        { id: 'seized', heading: 'safety.seized', body: html`${listed('seized')}${way('verify')}` },
        { id: 'promise', heading: 'safety.promise', body: listed('promise') },
      ])}`,
  }
}
