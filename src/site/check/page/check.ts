import { html } from 'hono/html'
import { defined } from '../../../core/model/defined.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import type { FirstChoice } from '../../first/choice.ts'
import { urls } from '../../urls.ts'
import { when } from '../../first/page/row.ts'
import { checkHere, type CheckHere } from './here.ts'
import type { FirstNetwork } from '../../first/page/shown.ts'
import type { Frame } from '../../../web/html/frame.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { mark, type MarkName } from '../../parts/mark.ts'
import { networkLine } from '../../first/page/network-line.ts'
import { section } from '../../../web/html/section.ts'

/** On how many devices a service opened; of measurements where no device is named. */
export interface OpenCount {
  readonly opened: number
  readonly total: number
  readonly unit: 'devices' | 'measurements'
}

export type Conclusion = 'same' | 'yours' | 'service' | 'unknown'

export interface CheckRow {
  readonly service: string
  readonly name: string
  readonly state: MarkName
  readonly here: OpenCount
  readonly elsewhere: OpenCount
  readonly conclusion: Conclusion
}

/** The closing sentence, before it is worded. */
export type CheckEnd =
  | { readonly kind: 'same'; readonly services: readonly string[]; readonly since?: Instant }
  | { readonly kind: 'partly' | 'service'; readonly services: readonly string[] }
  | { readonly kind: 'yours' | 'unknown' }

/** What others on the reader's network see; without a network the page asks for it. */
export interface CheckView {
  readonly choice: FirstChoice
  readonly choices: readonly FirstNetwork[]
  readonly asOf: Instant
  readonly found?: {
    readonly own: FirstNetwork
    readonly rows: readonly CheckRow[]
    readonly end: CheckEnd
  }
  /** Absent: this site offers no check from the reader's browser. */
  readonly here?: CheckHere
  readonly simulated: boolean
}

/**
 * Is it only me? The answer comes from measurements of others; without a script, and before a click, nothing is
 * measured here. A check from the reader's own browser is next to it where the site offers one.
 */
export const checkPage = (lang: Lang, view: CheckView): Page => ({
  lang,
  title: `${say(lang, 'check.title')} · Kuager`,
  simulated: view.simulated,
  inLang: (other) => urls.check(other, view.found?.own.asn),
  ...(view.here === undefined ? {} : { script: 'check.js' }),
  body: (frame) =>
    html`${line(lang, view, frame)}
      <div class="ttl">
        <h1>${view.found === undefined ? say(lang, 'check.title') : endText(lang, view, view.found.end)}</h1>
        <p>${aboutText(lang, view, frame)}</p>
        ${view.found === undefined ? '' : html`<p class="hint">${say(lang, 'check.about')}</p>`}
      </div>
      ${view.here === undefined || frame.medium !== 'live' ? '' : checkHere(lang, view.here)}
      ${view.found === undefined ? '' : counts(lang, view, view.found.rows)} ${tries(lang)} ${measure(lang)}`,
})

function line(lang: Lang, { choice, choices, found }: CheckView, { medium }: Frame): Markup {
  // Files answer no question: who reads them has no network there.
  if (medium !== 'live') return html``
  return networkLine(lang, {
    choice: found === undefined && choice.kind === 'all' ? { kind: 'ask', why: 'unknown' } : choice,
    ...defined({ own: found?.own }),
    choices,
    linkTo: ({ asn }) => urls.check(lang, asn),
  })
}

function endText(lang: Lang, { asOf }: CheckView, end: CheckEnd): string {
  if (end.kind !== 'same') return say(lang, `check.end.${end.kind}`)
  return end.since === undefined
    ? say(lang, 'check.end.same-undated')
    : say(lang, 'check.end.same', { time: when(lang, end.since, asOf) })
}

function aboutText(lang: Lang, { found }: CheckView, { medium }: Frame): string {
  if (found === undefined) return medium === 'live' ? say(lang, 'check.choose') : say(lang, 'check.copy')
  const { end } = found
  return 'services' in end
    ? say(lang, `check.end-about.${end.kind}`, { services: end.services.join(', ') })
    : say(lang, `check.end-about.${end.kind}`)
}

const countText = (lang: Lang, { opened, total, unit }: OpenCount): string =>
  total === 0
    ? say(lang, 'board.state.none')
    : say(lang, unit === 'devices' ? 'check.of' : 'check.of-measurements', {
        count: opened,
        total,
      })

const counts = (lang: Lang, view: CheckView, rows: readonly CheckRow[]): Markup =>
  html`<section class="sec side" aria-labelledby="counts">
    <div class="head">
      <h2 id="counts">${say(lang, 'check.counts')}</h2>
      <p>${simulatedTag(lang, view.simulated)}${say(lang, 'check.counts-about')}</p>
    </div>
    <ul class="svc">
      ${rows.map(
        (row) =>
          html`<li>
            ${mark(row.state)}
            <div>
              <p class="s"><b>${row.name}</b>: ${say(lang, `check.conclusion.${row.conclusion}`)}.</p>
              <p class="d">
                <span class="v">${say(lang, 'check.here')}: ${countText(lang, row.here)}.</span>
                <span class="v">${say(lang, 'check.elsewhere')}: ${countText(lang, row.elsewhere)}.</span>
              </p>
            </div>
          </li>`,
      )}
    </ul>
  </section>`

const TRIES = ['other-site', 'mobile', 'restart', 'clock', 'vpn', 'neighbour'] as const

const tries = (lang: Lang): Markup =>
  section(
    'try',
    say(lang, 'check.try'),
    say(lang, 'check.try-about'),
    html`<ol class="steps">
      ${TRIES.map((one) => html`<li>${say(lang, `check.try.${one}`)}</li>`)}
    </ol>`,
  )

const measure = (lang: Lang): Markup =>
  section(
    'measure',
    say(lang, 'check.measure'),
    '',
    html`<p>${say(lang, 'check.measure-about')}</p>
      <p class="ways after">
        <a class="btn" href="${urls.plain(lang, 'probe')}">${say(lang, 'check.measure-link')}</a>
        <a class="tap" href="${urls.report(lang)}">${say(lang, 'board.report')}</a>
      </p>`,
  )
