import { html } from 'hono/html'
import { defined } from '../../../core/model/defined.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { formatReceipt } from '../../core/signature.ts'
import { say, type PlainKey } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import type { SignatureStanding } from '../../contract.ts'
import { pairs, titled } from '../../../web/html/prose.ts'
import { section } from '../../../web/html/section.ts'
import { letterUrls } from '../urls.ts'
import type { LetterPage } from './layout.ts'
import type { LetterView } from './letter-view.ts'
import { PROBLEMS, type LetterPageProblem } from './problem.ts'

// Pages that one person sees after an act of their own. None of them is kept by any cache, and no address of theirs
// holds a receipt.

const own = (
  lang: Lang,
  inLang: (lang: Lang) => string,
  body: Markup,
  about: { readonly simulated?: boolean; readonly letter?: string } = {},
): LetterPage => ({
  lang,
  kind: 'own',
  simulated: about.simulated ?? false,
  inLang,
  ...defined({ letter: about.letter }),
  body,
})

/** A page of one heading and what it means. */
export const saidPage = (
  lang: Lang,
  [heading, about]: readonly [PlainKey, PlainKey],
  inLang: (lang: Lang) => string,
): LetterPage =>
  own(
    lang,
    inLang,
    html`${titled(say(lang, heading), say(lang, about))}
      <p class="back"><a class="tap" href="${letterUrls.first(lang)}">${say(lang, 'letter.menu.letters')}</a></p>`,
  )

/** After signing without scripts: the receipt, once. */
export const signedPage = (lang: Lang, { letter }: LetterView, receipt: string): LetterPage =>
  own(
    lang,
    (other) => letterUrls.letter(other, letter.id),
    html`${titled(say(lang, 'letter.signed.mail'), say(lang, 'letter.signed.mail-about'))}
    ${afterSigning(lang, formatReceipt(receipt))}`,
    { simulated: letter.simulated, letter: letter.id },
  )

/** The same for the script of the form, which knows the receipt: it shows one of the two headings. */
export const signedHere = (lang: Lang): Markup =>
  html`<div data-by="mail">${headed(lang, ['letter.signed.mail', 'letter.signed.mail-about'])}</div>
    <div data-by="none">${headed(lang, ['letter.signed.title', 'letter.signed.batch'])}</div>
    ${afterSigning(lang, '')}`

const headed = (lang: Lang, [heading, about]: readonly [PlainKey, PlainKey]): Markup =>
  html`<div class="ttl">
    <h1 tabindex="-1">${say(lang, heading)}</h1>
    <p>${say(lang, about)}</p>
  </div>`

const afterSigning = (lang: Lang, receipt: string): Markup =>
  html`${section(
    'receipt',
    say(lang, 'letter.signed.receipt'),
    '',
    html`<p class="code" translate="no" data-code>${receipt}</p>
      <ul class="points">
        <li><b>${say(lang, 'letter.signed.once')}</b></li>
        <li>${say(lang, 'letter.signed.use')}</li>
        <li>${say(lang, 'letter.signed.danger')}</li>
      </ul>
      <p><a class="tap" href="${letterUrls.receipt(lang)}">${say(lang, 'letter.receipt')}</a></p>`,
  )}
  ${section(
    'trace',
    say(lang, 'letter.signed.trace'),
    '',
    html`<ul class="points">
      <li>${say(lang, 'letter.signed.trace.tab')}</li>
      <li data-by="mail">${say(lang, 'letter.signed.trace.mail')}</li>
      <li>${say(lang, 'letter.signed.trace.shot')}</li>
    </ul>`,
  )}`

/**
 * Where the link of a message leads: looking changes nothing, the button confirms. `why`: a press that was not taken.
 */
export const confirmPage = (lang: Lang, token: string, why?: LetterPageProblem): LetterPage =>
  own(
    lang,
    (other) => letterUrls.confirm(other, token),
    html`${titled(say(lang, 'letter.confirm.title'), say(lang, 'letter.confirm.lead'))}
      ${why === undefined ? '' : refusedPart(lang, why)}
      <form class="form" method="post" action="${letterUrls.confirm(lang, token)}">
        <p class="ways"><button type="submit" class="btn first">${say(lang, 'letter.confirm.button')}</button></p>
      </form>`,
  )

/** Said where a form was not taken: why, and that it can be sent again. */
const refusedPart = (lang: Lang, why: LetterPageProblem): Markup =>
  html`<div class="wrongs" role="alert" tabindex="-1" autofocus>
    <p><b>${say(lang, PROBLEMS[why][0])}</b></p>
    <p>${say(lang, PROBLEMS[why][1])}</p>
  </div>`

/** What was typed into a form about a receipt, given back where it could not be taken. */
export interface TypedReceipt {
  /** With it a message was asked for again; else it was to be looked up. */
  readonly mail?: string
  readonly code: string
}

export type ReceiptView =
  | { readonly kind: 'asked' }
  | { readonly kind: 'wrong' | 'unknown'; readonly typed: TypedReceipt }
  | { readonly kind: 'refused'; readonly why: LetterPageProblem; readonly typed: TypedReceipt }
  | { readonly kind: 'found'; readonly standing: SignatureStanding; readonly code: string }
  | { readonly kind: 'no-proof'; readonly code: string }

/** What a receipt shows and does. Its code is only in the body of a form, never in an address. */
export function receiptPage(lang: Lang, view: ReceiptView): LetterPage {
  const typed = 'typed' in view ? view.typed : { code: '' }
  const [looked, resent] = typed.mail === undefined ? [typed, { code: '' }] : [{ code: '' }, typed]
  return own(
    lang,
    letterUrls.receipt,
    html`${titled(say(lang, 'letter.receipt'), say(lang, 'letter.receipt.lead'))} ${found(lang, view)}
    ${view.kind === 'found' ? '' : lookForm(lang, looked)}
    ${view.kind === 'found' && view.standing.kind !== 'awaiting' ? '' : resendForm(lang, resent)}`,
  )
}

const lookForm = (lang: Lang, { code }: TypedReceipt): Markup =>
  html`<div class="sec side">
    <div class="head"></div>
    <form class="form" method="post" action="${letterUrls.receipt(lang)}" autocomplete="off">
      ${codeField(lang, 'r-code', code)}
      <p class="ways"><button type="submit" class="btn first">${say(lang, 'letter.receipt.look')}</button></p>
    </form>
  </div>`

const resendForm = (lang: Lang, { code, mail = '' }: TypedReceipt): Markup =>
  section(
    'resend',
    say(lang, 'letter.resend'),
    '',
    html`<p>${say(lang, 'letter.resend.about')}</p>
      <form class="form" method="post" action="${letterUrls.resend(lang)}" autocomplete="off">
        ${codeField(lang, 'm-code', code)}
        <div class="field">
          <label for="m-mail">${say(lang, 'letter.form.mail-needed')}</label>
          <input
            id="m-mail"
            name="mail"
            type="email"
            required
            maxlength="254"
            value="${mail}"
            autocomplete="off"
            spellcheck="false"
          />
        </div>
        <p class="ways"><button type="submit" class="btn">${say(lang, 'letter.resend.send')}</button></p>
      </form>`,
  )

const codeField = (lang: Lang, id: string, typed: string): Markup =>
  html`<div class="field">
    <label for="${id}">${say(lang, 'letter.receipt.code')}</label>
    <p id="${id}-about" class="hint">${say(lang, 'letter.receipt.private')}</p>
    <input
      id="${id}"
      name="code"
      required
      maxlength="60"
      value="${typed}"
      autocomplete="off"
      autocapitalize="characters"
      spellcheck="false"
      placeholder="KR-"
      aria-describedby="${id}-about"
    />
  </div>`

function found(lang: Lang, view: ReceiptView): Markup {
  switch (view.kind) {
    case 'asked':
      return html``
    case 'refused':
      return refusedPart(lang, view.why)
    case 'wrong':
    case 'unknown':
      return foundPart(say(lang, `letter.receipt.${view.kind}`), say(lang, `letter.receipt.${view.kind}-about`))
    case 'no-proof':
      return foundPart(say(lang, 'letter.receipt.proof'), say(lang, 'letter.receipt.proof-later'))
    case 'found':
      return html`${stands(lang, view.standing)} ${ways(lang, view.standing, view.code)}`
  }
}

const foundPart = (heading: string, about: string, values: Markup | '' = ''): Markup =>
  html`<div class="found" role="status">
    ${section(
      'found',
      heading,
      '',
      html`<p>${about}</p>
        ${values}`,
    )}
  </div>`

function stands(lang: Lang, standing: SignatureStanding): Markup {
  const tier = [say(lang, 'letter.tiers'), say(lang, `letter.tier.${standing.tier}`)] as const
  switch (standing.kind) {
    case 'awaiting':
      return foundPart(say(lang, 'letter.standing.awaiting'), say(lang, 'letter.standing.awaiting-about'))
    case 'waits':
      return foundPart(say(lang, 'letter.standing.waiting'), say(lang, 'letter.standing.waiting-about'), pairs([tier]))
    case 'counted':
      return foundPart(
        say(lang, 'letter.standing.counted'),
        say(lang, 'letter.standing.counted-about'),
        pairs([[say(lang, 'letter.receipt.leaf'), String(standing.leaf)], tier]),
      )
    case 'void':
      return standing.reason === 'withdrawn'
        ? foundPart(say(lang, 'letter.standing.withdrawn'), say(lang, 'letter.standing.withdrawn-about'))
        : foundPart(
            say(lang, 'letter.standing.removed'),
            say(lang, 'letter.standing.removed-about', { reason: say(lang, `letter.reason.${standing.reason}`) }),
          )
  }
}

function ways(lang: Lang, standing: SignatureStanding, code: string): Markup {
  const proves = standing.kind === 'counted'
  const withdraws = standing.kind !== 'void' || standing.reason !== 'withdrawn'
  return html`${
    proves
      ? section(
          'proof',
          say(lang, 'letter.receipt.proof'),
          '',
          standing.logged
            ? html`<p>${say(lang, 'letter.receipt.proof-about')}</p>
                <form class="form" method="post" action="${letterUrls.proof(lang)}">
                  <input type="hidden" name="code" value="${code}" />
                  <p class="ways"><button type="submit" class="btn">${say(lang, 'letter.receipt.proof')}</button></p>
                </form>`
            : html`<p>${say(lang, 'letter.receipt.proof-later')}</p>`,
        )
      : ''
  }
  ${
    withdraws
      ? section(
          'withdraw',
          say(lang, 'letter.withdraw'),
          '',
          html`<p>${say(lang, 'letter.withdraw.about')}</p>
            <form class="form" method="post" action="${letterUrls.withdraw(lang)}">
              <input type="hidden" name="code" value="${code}" />
              <p class="tick">
                <input type="checkbox" id="w-sure" name="sure" value="yes" required />
                <label for="w-sure">${say(lang, 'letter.withdraw.sure')}</label>
              </p>
              <p class="ways"><button type="submit" class="btn">${say(lang, 'letter.withdraw')}</button></p>
            </form>`,
        )
      : ''
  }`
}
