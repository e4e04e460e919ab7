import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Sha256 } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { urls } from '../../urls.ts'
import { typedUrl, type Frame } from '../../../web/html/frame.ts'
import type { Page } from '../../parts/layout.ts'
import { commands, paragraphs, parts, points, titled } from '../../../web/html/prose.ts'
import { proofParts, type ProofPartsView } from './proof.ts'

/** The sentences of each part of the page, in the order in which they are shown. */
const VERIFY = {
  events: ['verify.events.about'],
  not: ['verify.not.first', 'verify.not.all', 'verify.not.whole'],
} as const

/** Something published that the commands can be shown with. */
export interface VerifyView extends ProofPartsView {
  readonly simulated: boolean
  readonly incident?: { readonly id: string; readonly revision: number; readonly digest: Sha256 }
  readonly measurement?: Sha256
  /** Whether the site has the script that checks a bundle in the page. */
  readonly hasScript?: boolean
}

/** What anyone can check without trusting the server, with the commands. */
export function verifyPage(lang: Lang, view: VerifyView): Page {
  const title = say(lang, 'verify.title')
  const plain = (part: keyof typeof VERIFY): Markup => paragraphs(lang, VERIFY[part])
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'verify.lead'),
    simulated: view.simulated,
    inLang: (other) => urls.plain(other, 'verify'),
    ...(view.hasScript === true ? { scripts: ['verify.js'] } : {}),
    body: (frame) =>
      html`${titled(title, say(lang, 'verify.lead'))}
      ${parts(lang, [
        { id: 'code', heading: 'verify.code', body: codePart(lang, frame) },
        ...proofParts(lang, view, frame),
        { id: 'digest', heading: 'verify.digest', body: digestPart(lang, view, frame) },
        { id: 'judge', heading: 'verify.judge', body: judgePart(lang, view, frame) },
        { id: 'copies', heading: 'verify.copies', body: copiesPart(lang, frame) },
        {
          id: 'events',
          heading: 'verify.events',
          body: html`${plain('events')}${commands(lang, ['npx kuager events verify frozen.json'])}
            <p><a class="tap" href="${urls.plain(lang, 'coincidence')}">${say(lang, 'menu.coincidence')}</a></p>`,
        },
        { id: 'not', heading: 'verify.not', body: points(lang, VERIFY.not) },
      ])}`,
  }
}

/** A copy has no server to ask: there the form gives way to a sentence. */
const codePart = (lang: Lang, frame: Frame): Markup =>
  frame.medium === 'live'
    ? html`<p>${say(lang, 'verify.code.about')}</p>
        <form class="ask" action="${urls.typedCode(lang)}" method="get">
          <label for="code">${say(lang, 'verify.code.label')}</label>
          <input
            id="code"
            name="code"
            required
            maxlength="80"
            placeholder="K7M4-2Q9X"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
          />
          <button class="btn first" type="submit">${say(lang, 'verify.code.send')}</button>
        </form>
        <p>${say(lang, 'verify.code.reads')}</p>`
    : html`<p>${say(lang, 'verify.code.about')}</p>
        <p>${say(lang, 'verify.code.copy')}</p>`

function digestPart(lang: Lang, { incident }: VerifyView, frame: Frame): Markup {
  const address = incident === undefined ? urls.apiIncident('ID', 1) : urls.apiIncident(incident.id, incident.revision)
  return html`<p>${say(lang, 'verify.digest.about')}</p>
    ${commands(lang, [
      `curl -s "${typedUrl(frame, address)}" -o incident.json`,
      'sha256sum incident.json',
      'openssl dgst -sha256 incident.json',
      'Get-FileHash incident.json   # Windows',
    ])}
    ${
      incident === undefined
        ? ''
        : html`<p>
              <a class="tap any" href="${urls.incident(lang, incident.id, { revision: String(incident.revision) })}"
                >${incident.id}</a
              >
            </p>
            <p>${say(lang, 'verify.fingerprint')}: <span class="mono">${incident.digest}</span></p>`
    }
    ${paragraphs(lang, ['verify.digest.compare', 'verify.digest.differs'])}`
}

const judgePart = (lang: Lang, { measurement }: VerifyView, frame: Frame): Markup =>
  html`<p>${say(lang, 'verify.judge.about')}</p>
    ${commands(lang, [
      `curl -s "${typedUrl(frame, measurement === undefined ? '/m/ID.json' : urls.measurementJson(measurement))}" -o m.json`,
      `npx kuager judge m.json --lang ${lang}`,
    ])}
    ${measurement === undefined ? '' : html`<p><a class="mono tap" href="${urls.measurement(lang, measurement)}">${measurement}</a></p>`}
    ${paragraphs(lang, ['verify.judge.same', 'verify.judge.differs'])}`

const copiesPart = (lang: Lang, frame: Frame): Markup =>
  html`<p>${say(lang, 'verify.copies.about')}</p>
    ${keyOfCopies(lang, frame)}${copyCommands(lang, frame)}
    <p><a class="tap" href="${urls.plain(lang, 'mirrors')}">${say(lang, 'menu.mirrors')}</a></p>`

const keyOfCopies = (lang: Lang, { mirrorKey, medium }: Frame): Markup =>
  mirrorKey === undefined
    ? html`<p>${say(lang, 'verify.copies.nokey')}</p>`
    : html`<p>${say(lang, 'verify.copies.key')}</p>
        <p class="mono key">${mirrorKey}</p>
        ${medium === 'live' ? '' : html`<p>${say(lang, 'verify.copies.copy')}</p>`}`

/** How a copy is checked with the program, and only with openssl and sha256sum. */
export const copyCommands = (lang: Lang, { mirrorKey }: Frame): Markup =>
  html`${commands(lang, [
    `KEY="${mirrorKey ?? '…'}"`,
    'npx kuager mirror --verify DIR --trust "$KEY"',
    'npx kuager mirror --verify FILE.html --trust "$KEY"',
  ])}
  ${commands(lang, KEY_AS_DER)}
  ${commands(lang, [
    'cd DIR',
    ...signed('MANIFEST.note'),
    'grep "^sha256 $(sha256sum < MANIFEST.sha256 | cut -c -64)$" /tmp/text',
    'sha256sum --strict --quiet -c MANIFEST.sha256',
  ])}
  ${commands(lang, ONE_FILE)}`

/** Whether the text of a note was signed by the key. */
const signed = (note: string): readonly string[] => [
  `sed '/^$/,$d' ${note} > /tmp/text`,
  `sed -n 's/^— [^ ]* //p' ${note} | base64 -d | tail -c 64 > /tmp/sig`,
  'openssl pkeyutl -verify -pubin -keyform DER -inkey /tmp/key.der -rawin -in /tmp/text -sigfile /tmp/sig',
]

/** The key, from its line in `KEY`, as OpenSSL reads it. */
const KEY_AS_DER: readonly string[] = [
  String.raw`printf '\060\052\060\005\006\003\053\145\160\003\041\000' > /tmp/key.der`,
  'printf %s "$KEY" | cut -d+ -f3- | base64 -d | tail -c 32 >> /tmp/key.der',
]

const ONE_FILE: readonly string[] = [
  `sed -n '/^<!--kuager-note$/,/^-->$/{//!p}' FILE.html > /tmp/note`,
  ...signed('/tmp/note'),
  `grep "^sha256 $(sed '/^<!--kuager-note$/,/^-->$/{//!d}' FILE.html | sha256sum | cut -c -64)$" /tmp/text`,
]

/** How a page that is sent on as one file is checked by openssl and sha256sum, from its key to its digest. */
export const ONE_FILE_BY_HAND: readonly string[] = [...KEY_AS_DER, ...ONE_FILE]
