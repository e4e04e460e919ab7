import { html } from 'hono/html'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { parts, points, titled } from '../../../web/html/prose.ts'
import { letterUrls } from '../urls.ts'
import type { LetterPage } from './layout.ts'

/** Who could learn what, in the order of harm. */
const SAFETY = [
  [
    'seized',
    [
      'letter.safety.seized.finds',
      'letter.safety.seized.ask',
      'letter.safety.seized.on',
      'letter.safety.seized.script',
    ],
  ],
  ['holders', ['letter.safety.holders.read', 'letter.safety.holders.end']],
  ['mailbox', ['letter.safety.mailbox.sees', 'letter.safety.mailbox.home']],
  ['provider', ['letter.safety.provider.sees', 'letter.safety.provider.tor']],
  ['root', ['letter.safety.root.reads', 'letter.safety.root.helps']],
  ['device', ['letter.safety.device.history', 'letter.safety.device.stored', 'letter.safety.device.receipt']],
  ['around', ['letter.safety.around.region', 'letter.safety.around.comment', 'letter.safety.around.list']],
] as const

export const letterSafetyPage = (lang: Lang): LetterPage => ({
  lang,
  kind: 'plain',
  simulated: false,
  inLang: letterUrls.safety,
  body: html`${titled(say(lang, 'letter.safety'), say(lang, 'letter.safety.lead'))}
  ${parts(
    lang,
    SAFETY.map(([id, sentences]) => ({ id, heading: `letter.safety.${id}` as const, body: points(lang, sentences) })),
  )}`,
})
