import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatDate } from '../../../core/text/time.ts'
import type { CertificateEntry } from '../../parts/operation-entry.ts'
import { section } from '../../../web/html/section.ts'

/** Leaf certificates that were shown: for which names, by which issuer, valid when, and what a second look gives. */
export const renderCertificates = (lang: Lang, list: readonly CertificateEntry[]): Markup =>
  section(
    'certificates',
    say(lang, 'measurement.certificates'),
    '',
    list.length === 0
      ? html`<p>${say(lang, 'measurement.no-certificates')}</p>`
      : html`<ul class="lines">
          ${list.map((one) => html`<li>${certificate(lang, one)}</li>`)}
        </ul>`,
  )

const certificate = (lang: Lang, one: CertificateEntry): Markup =>
  html`<dl class="pairs">
    ${pair(say(lang, 'column.name'), one.names.join(', '))} ${pair(say(lang, 'column.subject'), one.subject)}
    ${pair(say(lang, 'column.issuer'), [one.issuer, one.organisation].filter((part) => part !== '').join(', '))}
    ${pair(say(lang, 'column.valid'), validity(lang, one))} ${pair(say(lang, 'column.check'), check(lang, one))}
    ${
      one.sha256 === undefined
        ? ''
        : html`<div>
            <dt>SHA-256</dt>
            <dd class="mono">${one.sha256}</dd>
          </div>`
    }
  </dl>`

const pair = (label: string, value: string): Markup =>
  value === ''
    ? html``
    : html`<div>
        <dt>${label}</dt>
        <dd class="any">${value}</dd>
      </div>`

const validity = (lang: Lang, { notBefore, notAfter }: CertificateEntry): string =>
  [notBefore, notAfter].map((at) => (at === undefined ? '…' : formatDate(lang, at, 'UTC'))).join(' – ')

function check(lang: Lang, one: CertificateEntry): string {
  const chain = say(lang, `chain.${one.chain}`)
  if (one.nameMatches === undefined) return chain
  return `${chain}; ${say(lang, one.nameMatches ? 'measurement.name-matches' : 'measurement.name-differs')}`
}
