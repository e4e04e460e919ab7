import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDateTime } from '../../../core/text/time.ts'
import { BY_HAND_ASSET } from '../../../web/html/asset.ts'
import { urls } from '../../urls.ts'
import { fold } from '../../../web/html/fold.ts'
import { typedUrl, type Frame } from '../../../web/html/frame.ts'
import { mark } from '../../parts/mark.ts'
import { commands, pairs, paragraphs, type ProsePart } from '../../../web/html/prose.ts'

/** A key of the log as it is published. */
export interface LogKeyView {
  /** Line of a verifier: `name+id+key`. */
  readonly line: string
  readonly since: Instant
  readonly until?: Instant
}

/** A time-stamping service or a witness, and how it answers. */
export interface OutsideServiceView {
  readonly name: string
  /** The last checkpoint that it stamped or signed: when, and how many leaves that one has. */
  readonly last?: { readonly at: Instant; readonly size: number }
  /** Answers since then that were none, or not valid. */
  readonly failures: number
}

/** The log of one server, as everyone may see it. */
export interface SiteLogView {
  readonly origin: string
  /** Every key that ever signed, the present one last. */
  readonly keys: readonly LogKeyView[]
  /** The newest checkpoint: leaves, when it was signed, the signed note itself. */
  readonly checkpoint?: { readonly size: number; readonly at: Instant; readonly text: string }
  readonly authorities: readonly OutsideServiceView[]
  readonly witnesses: readonly OutsideServiceView[]
  /** Whether the newest checkpoint has the signatures of witnesses that the policy demands; absent without a policy. */
  readonly quorum?: 'met' | 'unmet' | 'none'
}

export interface ProofPartsView {
  readonly log?: SiteLogView
  /** SHA-512 of `VERIFY.md` as this program puts it into bundles; absent: the site does not have the text. */
  readonly byHand?: string
  /** Number of a logged measurement that the receipt can be shown with. */
  readonly leaf?: number
}

/** Parts of the page "verify" that are about bundles and the log, in the order of a doubter. */
export function proofParts(lang: Lang, view: ProofPartsView, frame: Frame): readonly ProsePart[] {
  return [
    { id: 'bundle', heading: 'proof-page.check', body: checkPart(lang) },
    { id: 'bundle-by-hand', heading: 'proof-page.hand', body: handPart(lang, view, frame) },
    { id: 'log', heading: 'proof-page.log', body: logPart(lang, view, frame) },
    { id: 'keys', heading: 'proof-page.keys', body: keysPart(lang, view, frame) },
    { id: 'receipt', heading: 'proof-page.receipt', body: receiptPart(lang, view, frame) },
    { id: 'outside', heading: 'proof-page.outside', body: outsidePart(lang, view) },
  ]
}

/** The script puts the form in the place that is marked for it; without scripts the other ways are pointed to. */
const checkPart = (lang: Lang): Markup =>
  html`${paragraphs(lang, ['proof-page.check.about', 'proof-page.check.local', 'proof-page.check.take'])}
    <div data-verify="${lang}">
      <noscript><p>${say(lang, 'proof-page.tool.no-script')}</p></noscript>
    </div>`

const handPart = (lang: Lang, { log, byHand }: ProofPartsView, frame: Frame): Markup =>
  html`<p>${say(lang, 'proof-page.hand.about')}</p>
    ${commands(lang, [`npx kuager verify BUNDLE.zip --key "${log?.keys.at(-1)?.line ?? '…'}" --lang ${lang}`])}
    <p>${say(lang, 'proof-page.hand.file')}</p>
    ${commands(lang, [
      'unzip BUNDLE.zip && cd BUNDLE',
      'sha512sum --strict --quiet -c manifest-sha512.txt',
      'sha512sum --strict --quiet -c tagmanifest-sha512.txt',
    ])}
    <p>${say(lang, 'proof-page.hand.page')}</p>
    ${
      byHand === undefined
        ? ''
        : html`<p>${BY_HAND_ASSET}: ${say(lang, 'proof-page.hand.own')}</p>
            <p class="mono key">${byHand}</p>
            ${asFile(lang, urls.asset(BY_HAND_ASSET, frame.assets), BY_HAND_ASSET)}`
    }`

function logPart(lang: Lang, { log }: ProofPartsView, { medium }: Frame): Markup {
  const about = html`<p>${say(lang, 'proof-page.log.about')}</p>`
  if (log?.checkpoint === undefined)
    return html`${about}
      <p>${say(lang, 'proof-page.log.none')}</p>`
  const { size, at, text } = log.checkpoint
  return html`${about}
    <p>${say(lang, 'proof-page.log.checkpoint')}</p>
    ${pairs([
      [say(lang, 'proof-page.log.origin'), html`<span class="mono">${log.origin}</span>`],
      [say(lang, 'proof-page.log.size'), formatNumber(lang, size)],
      [say(lang, 'proof-page.log.at'), formatDateTime(lang, at)],
    ])}
    ${fold(say(lang, 'proof-page.log.text'), commands(lang, text.trimEnd().split('\n')))}
    ${medium === 'live' ? asFile(lang, urls.logCheckpoint()) : ''}`
}

const asFile = (lang: Lang, address: string, name = address): Markup =>
  html`<p>${say(lang, 'proof-page.log.file')}: <a class="tap mono" href="${address}">${name}</a></p>`

const keysPart = (lang: Lang, { log }: ProofPartsView, { medium }: Frame): Markup =>
  log === undefined
    ? html`<p>${say(lang, 'proof-page.log.none')}</p>`
    : html`<p>${say(lang, 'proof-page.keys.about')}</p>
        ${log.keys.toReversed().map((key) => keyLine(lang, key))}
        <p>${say(lang, 'proof-page.keys.compare')}</p>
        ${medium === 'live' ? asFile(lang, urls.logKeys()) : html`<p>${say(lang, 'proof-page.keys.copy')}</p>`}`

const keyLine = (lang: Lang, { line, since, until }: LogKeyView): Markup =>
  html`<div class="logkey">
    <p class="mono key">${line}</p>
    <p class="sm q">
      <span class="v">${say(lang, 'proof-page.keys.since')}: ${formatDateTime(lang, since)}</span>
      ${until === undefined ? '' : html`<span class="v">${say(lang, 'proof-page.keys.until')}: ${formatDateTime(lang, until)}</span>`}
    </p>
  </div>`

const receiptPart = (lang: Lang, { log, leaf }: ProofPartsView, frame: Frame): Markup =>
  html`<p>${say(lang, 'proof-page.receipt.about')}</p>
    ${
      log === undefined
        ? html`<p>${say(lang, 'proof-page.log.none')}</p>`
        : html`${commands(lang, [
              `curl -s "${typedUrl(frame, urls.logProof(leaf ?? 'N'))}" -o ${leaf ?? 'N'}.tlog-proof`,
              `curl -s "${typedUrl(frame, urls.logLeaf(leaf ?? 'N'))}" -o ${leaf ?? 'N'}.json`,
            ])}
            <p>${say(lang, 'proof-page.receipt.later')}</p>`
    }`

function outsidePart(lang: Lang, { log }: ProofPartsView): Markup {
  const { authorities, witnesses, quorum } = log ?? { authorities: [], witnesses: [] }
  return html`<p>${say(lang, 'proof-page.outside.about')}</p>
    ${
      authorities.length === 0
        ? html`<p>${say(lang, 'proof-page.outside.no-authority')}</p>`
        : outsideList(lang, say(lang, 'proof-page.outside.authorities'), authorities)
    }
    ${
      witnesses.length === 0
        ? html`<p>${say(lang, 'proof-page.outside.no-witness')}</p>`
        : outsideList(lang, say(lang, 'proof-page.outside.witnesses'), witnesses)
    }
    ${
      witnesses.length === 0 || quorum === undefined
        ? ''
        : html`<p>${say(lang, `proof-page.outside.quorum-${quorum}`)}</p>`
    }`
}

/** One of them a line: a mark and its name, how it answers, and the last that it answered. */
const outsideList = (lang: Lang, heading: string, list: readonly OutsideServiceView[]): Markup =>
  html`<h3>${heading}</h3>
    <ul class="outside">
      ${list.map((one) => {
        const [shape, words] = stateOf(lang, one)
        return html`<li>
          ${mark(shape)}
          <div>
            <p><b>${one.name}</b> – ${words}</p>
            ${one.last === undefined ? '' : lastOf(lang, one.last)}
          </div>
        </li>`
      })}
    </ul>`

const lastOf = (lang: Lang, { at, size }: NonNullable<OutsideServiceView['last']>): Markup =>
  html`<p class="sm q">
    <span class="v">${say(lang, 'proof-page.outside.last')}: ${formatDateTime(lang, at)}</span>
    <span class="v">${say(lang, 'proof-page.outside.covers')}: ${formatNumber(lang, size)}</span>
  </p>`

const stateOf = (lang: Lang, { last, failures }: OutsideServiceView): readonly ['shut' | 'none' | 'open', string] => {
  if (failures > 0) return ['shut', say(lang, 'proof-page.outside.failing', { count: failures })]
  return last === undefined
    ? ['none', say(lang, 'proof-page.outside.never')]
    : ['open', say(lang, 'proof-page.outside.well')]
}
