import { html } from 'hono/html'
import { defined } from '../../../core/model/defined.ts'
import type { Asn } from '../../../core/model/units.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { CheckPlan } from '../../../core/model/people/crowd-check.ts'
import { REGIONS } from '../../../core/model/region.ts'
import { CATALOGUE, type KeyEnd } from '../../../core/text/catalogue.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { simulatedTag } from '../../parts/layout.ts'
import { urls } from '../../urls.ts'
import { commands } from '../../../web/html/prose.ts'
import { section } from '../../../web/html/section.ts'

type Word = KeyEnd<'crowd.page'>

/** A check that the reader's own browser can make. */
export interface CheckHere {
  readonly plan: CheckPlan
  /** The reader's network and its name as it is shown; absent: it is not known. */
  readonly asn?: Asn
  readonly network?: string
  /** Whether the address that asks is of no network of the country that serves people: a VPN, or abroad. */
  readonly isAway: boolean
  /** What is contacted is invented: a demonstration serves it on the reader's own machine. */
  readonly isInvented: boolean
}

const BLIND = [
  'blind-video',
  'blind-apps',
  'blind-upload',
  'blind-page',
  'blind-why',
] as const satisfies readonly Word[]

/**
 * What a check from this browser would contact and who would see it, before anything happens; a script puts the button
 * below it (src/browser/check/). Without one the list stands alone, with a sentence.
 */
export const checkHere = (lang: Lang, { plan, network, asn, isAway, isInvented }: CheckHere): Markup => {
  const word = (key: Word): string => say(lang, `crowd.page.${key}`)
  return section(
    'here',
    word('title'),
    word('about'),
    html`<div
      class="mycheck"
      data-check="${JSON.stringify(plan)}"
      data-words="${JSON.stringify(toolWords(lang))}"
      ${network === undefined ? '' : html`data-network="${network}"`}
      ${isAway ? html`data-away` : ''}
    >
      ${
        isInvented
          ? html`<p>${simulatedTag(lang, true)}${word('invented')}</p>
              <p>${word(asn === undefined ? 'invented-all' : 'invented-network')}</p>`
          : html`<h3>${word('risk')}</h3>
              <ul class="points">
                ${(['risk-line', 'risk-sites', 'risk-stop'] as const).map((key) => html`<li>${word(key)}</li>`)}
              </ul>`
      }
      <h3>${word('contacts')}</h3>
      <p>${word('contacts-about')}</p>
      <ul class="contacts">
        ${plan.targets.map(({ name, document }) => contact(document, name))}
        ${plan.controls.map(({ document }) => contact(document, word(isInvented ? 'invented-control' : 'control')))}
      </ul>
      ${isInvented ? '' : html`<p>${word('vpn')}</p>`}
      <noscript><p class="after">${word('no-script')}</p></noscript>
      <template data-part="onion"><p class="after" role="note">${word('onion')}</p></template>
      <template data-part="tool">${tool(lang, word, asn)}</template>
    </div>`,
  )
}

const contact = (url: string, name: string): Markup =>
  html`<li><span class="mono">${new URL(url).host}</span> <span>${name}</span></li>`

/** What the script says, so that it carries no catalogue. Raw messages: the script puts values into their braces itself. */
const toolWords = (lang: Lang): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(CATALOGUE[lang]).flatMap(([key, text]) =>
      key.startsWith(TOOL) ? [[key.slice(TOOL.length), text]] : [],
    ),
  )

const TOOL = 'crowd.tool.'

type Say = (key: Word) => string

const tool = (lang: Lang, word: Say, asn: Asn | undefined): Markup =>
  html`<p class="ways after">
      <button class="btn first" type="button" data-do="start">${word('start')}</button>
      <button class="btn" type="button" data-do="stop" hidden>${word('stop')}</button>
    </p>
    <p class="after" data-part="progress"></p>
    <p class="vh" role="status" data-part="said"></p>
    <div data-part="result" hidden>
      <h3 class="end" data-part="sentence" tabindex="-1"></h3>
      <div data-part="lines" class="lines-of"></div>
      <h3>${word('rows')}</h3>
      <ul class="svc" data-part="rows"></ul>
    </div>
    <h3>${word('blind')}</h3>
    <ul class="points">
      ${BLIND.map((key) => html`<li>${word(key)}</li>`)}
    </ul>
    <div data-part="after" hidden>
      <h3>${word('advice')}</h3>
      <ul class="points">
        <li>${word('advice-tab')}</li>
        <li>${word('advice-network')}</li>
        <li><a class="tap" href="${urls.report(lang, defined({ asn }))}">${word('advice-report')}</a></li>
      </ul>
      ${sendPart(lang, word)} ${hourPart(word)} ${savePart(lang, word)}
    </div>`

const sendPart = (lang: Lang, word: Say): Markup =>
  html`<h3>${word('send')}</h3>
    <p>${word('send-about')}</p>
    <p class="field">
      <label for="check-region">${word('send-region')}</label>
      <select id="check-region" data-part="region" autocomplete="off">
        <option value="">${word('send-no-region')}</option>
        ${REGIONS.map((region) => html`<option value="${region}">${say(lang, `region.${region}`)}</option>`)}
      </select>
    </p>
    <details class="tab json">
      <summary>${word('send-text')}</summary>
      <pre data-part="text" tabindex="0" role="group" aria-label="${word('send-text')}"></pre>
    </details>
    <p class="ways after"><button class="btn" type="button" data-do="send">${word('send-do')}</button></p>
    <p role="status" data-part="sent"></p>`

const hourPart = (word: Say): Markup =>
  html`<h3>${word('witness')}</h3>
    <p>${word('witness-about')}</p>
    <p class="ways after">
      <button class="btn" type="button" data-do="hour">${word('witness-do')}</button>
      <button class="btn" type="button" data-do="end-hour" hidden>${word('witness-stop')}</button>
    </p>
    <p data-part="left" class="after"></p>
    <div data-part="strip"></div>`

const savePart = (lang: Lang, word: Say): Markup =>
  html`<h3>${word('save')}</h3>
    <p>${word('save-about')}</p>
    <p class="after"><strong>${word('save-warn')}</strong></p>
    <p class="tick">
      <input type="checkbox" id="check-save" data-part="tick" autocomplete="off" />
      <label for="check-save">${word('save-tick')}</label>
    </p>
    <p class="ways">
      <button class="btn" type="button" data-do="save" disabled>${word('save-do')}</button>
    </p>
    <p role="status" data-part="saved"></p>
    <div data-part="file" hidden>
      <p data-part="link"></p>
      <p class="after"><a class="tap" href="${urls.plain(lang, 'verify')}">${word('save-verify')}</a></p>
      ${commands(lang, ['npx kuager verify FILE'])}
    </div>`
