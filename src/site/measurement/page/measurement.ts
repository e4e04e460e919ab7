import { homeMidnight } from '../../../core/text/home-day.ts'
import { relatedPages } from '../../parts/related.ts'
import { crumbs, homePage } from '../../parts/crumbs.ts'
import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { ProbeClaim, LineNote } from '../../../core/model/measured/measurement.ts'
import type { Standing } from '../../../core/model/standing.ts'
import { formatInstantUtc, type Asn, type Instant, type Sha256 } from '../../../core/model/units.ts'
import type { Ground, LayerFinding, Verdict } from '../../../core/model/measured/verdict.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { lineWords } from '../../../core/text/sentence/probe.ts'
import { groundSentence, networkLabel, verdictSentence } from '../../../core/text/sentence/verdict.ts'
import { formatDateTime, formatOffset } from '../../../core/text/time.ts'
import { urls, type Days } from '../../urls.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { KIND_MARKS, mark } from '../../parts/mark.ts'
import type { CertificateEntry, OperationEntry } from '../../parts/operation-entry.ts'
import { renderCertificates } from './certificates.ts'
import { renderOperations } from './operations.ts'
import { section } from '../../../web/html/section.ts'

/**
 * The measurement's own JSON in its public form, whole or its beginning, with the length of the whole; `absent` where
 * this server does not hold the bytes, `slow` where making it takes longer than its budget.
 */
export type PublicJson =
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean; readonly bytes: number }
  | { readonly kind: 'absent' | 'slow' }

/** What the page of one measurement shows. */
export interface MeasurementView {
  readonly id: Sha256
  readonly leafIndex: number
  /** Name of the log; absent: the folder has none. */
  readonly logOrigin?: string
  readonly service: string
  readonly serviceName: string
  readonly asn: Asn
  readonly networkName?: string
  readonly country: string
  readonly access?: string
  readonly input?: string
  /** The owner's line, as our own probe found it in the same run. */
  readonly line?: Pick<LineNote, 'state' | 'portalHost'>
  readonly test: string
  readonly program: string
  readonly uid?: string
  readonly startedAt: Instant
  readonly receivedAt: Instant
  readonly channel: 'file' | 'ooni-bucket' | 'collector' | 'simulator'
  /** Object of a public bucket, or the sender's pseudonym; never the name of a file on a person's disk. */
  readonly origin?: string
  /** What the collector knew of the sender, where it was submitted. */
  readonly standing?: Standing
  /** False where it is excluded: shown here, and in nothing that is counted. */
  readonly counted: boolean
  readonly verdict: Verdict
  readonly claim: ProbeClaim
  readonly operations: readonly OperationEntry[]
  /** False where the measurement has more operations than a page reads. */
  readonly hasAllOperations: boolean
  readonly certificates: readonly CertificateEntry[]
  readonly json: PublicJson
  /** Days of the first page and the series to which the page leads back. */
  readonly days: Days
  readonly simulated: boolean
}

/** The page of one measurement: the answer, then its grounds, then everything they were read from. */
export function measurementPage(lang: Lang, view: MeasurementView): Page {
  const kind = say(lang, `kind.${view.verdict.kind}`)
  const network = networkLabel(lang, view.asn, view.networkName)
  return {
    lang,
    title: `${view.serviceName}: ${kind} · Kuager`,
    simulated: view.simulated,
    inLang: (other) => urls.measurement(other, view.id),
    data: urls.apiMeasurement(view.id),
    related: relatedPages(lang, {
      service: { id: view.service, name: view.serviceName },
      network: { asn: view.asn, name: view.networkName },
      at: homeMidnight(view.days.until),
      self: '',
    }),
    body: () =>
      html`${crumbs(lang, [homePage(lang), { href: urls.service(lang, view.service), text: view.serviceName }, { href: urls.series(lang, view.service, view.asn, view.days), text: `${view.serviceName}, ${network}` }])}
        <div class="ttl">
          <h1>${mark(KIND_MARKS[view.verdict.kind])}<span>${view.serviceName}: ${kind}</span></h1>
          <p>${simulatedTag(lang, view.simulated)}${stopped(verdictSentence(lang, { ...view, simulated: false }))}</p>
          ${
            view.counted
              ? ''
              : html`<p>
                  ${say(lang, 'measurement.kept-apart', { standing: say(lang, `standing.${view.standing ?? 'unsigned'}`) })}
                </p>`
          }
        </div>
        ${facts(lang, view, network)} ${grounds(lang, view)} ${layers(lang, view.verdict.layers)} ${missing(lang, view)}
        ${renderOperations(lang, view.operations, view)} ${renderCertificates(lang, view.certificates)}
        ${claim(lang, view)} ${source(lang, view)} ${json(lang, view)}`,
  }
}

/** A sentence with its stop; names and Russian years may bring their own. */
const stopped = (sentence: string): string => (sentence.endsWith('.') ? sentence : `${sentence}.`)

const facts = (lang: Lang, view: MeasurementView, network: string): Markup =>
  html`<dl class="four">
    <div>
      <dt>${say(lang, 'measurement.when')}</dt>
      <dd>
        <time datetime="${formatInstantUtc(view.startedAt)}"
          ><b class="big">${formatDateTime(lang, view.startedAt, undefined, 'second')}</b></time
        >
      </dd>
      <dd class="n">${say(lang, 'measurement.almaty', { offset: formatOffset(view.startedAt) })}</dd>
      <dd class="n">${formatDateTime(lang, view.startedAt, 'UTC', 'second')} UTC</dd>
    </div>
    <div>
      <dt>${say(lang, 'measurement.where')}</dt>
      <dd>
        <b class="big">${view.asn === 0 ? network : html`<a href="${urls.network(lang, view.asn)}">${network}</a>`}</b>
      </dd>
      <dd class="n">${say(lang, 'measurement.country', { country: view.country })}</dd>
      ${
        view.access === undefined
          ? ''
          : html`<dd class="n">${say(lang, 'measurement.access', { access: view.access })}</dd>`
      }
      ${
        view.line === undefined
          ? ''
          : html`<dd class="n any">${say(lang, 'measurement.line', { state: lineWords(lang, view.line) })}</dd>`
      }
    </div>
    <div>
      <dt>${say(lang, 'measurement.what')}</dt>
      <dd><a href="${urls.service(lang, view.service)}">${view.serviceName}</a></dd>
      ${
        view.input === undefined
          ? ''
          : html`<dd class="n any">${say(lang, 'measurement.input', { input: view.input })}</dd>`
      }
      <dd class="n">${say(lang, 'measurement.test', { test: view.test })}</dd>
    </div>
    <div>
      <dt>${say(lang, 'measurement.how')}</dt>
      <dd>${say(lang, 'measurement.ratio', { ratio: formatNumber(lang, view.verdict.log10Lr, 2) })}</dd>
      ${
        view.verdict.mechanism === undefined
          ? ''
          : html`<dd class="n">${say(lang, `mechanism.${view.verdict.mechanism}`)}</dd>`
      }
      ${
        view.verdict.endpoints.tested === 0
          ? ''
          : html`<dd class="n">
              ${say(lang, 'measurement.endpoints', {
                failed: view.verdict.endpoints.failed,
                tested: view.verdict.endpoints.tested,
              })}
            </dd>`
      }
      <dd class="n">${say(lang, 'measurement.rule', { rule: view.verdict.rule })}</dd>
    </div>
    <div class="w2">
      <dt>${say(lang, 'measurement.who')}</dt>
      <dd>${say(lang, 'measurement.who-answer')}</dd>
    </div>
  </dl>`

function grounds(lang: Lang, view: MeasurementView): Markup {
  const against = view.verdict.grounds.filter(({ role }) => role === 'against')
  const others = view.verdict.grounds.filter(({ role }) => role !== 'against')
  return html`${section(
    'grounds',
    say(lang, 'measurement.grounds'),
    say(lang, 'measurement.grounds-about'),
    others.length === 0 ? html`<p>${say(lang, 'measurement.no-grounds')}</p>` : groundList(lang, others),
  )}
  ${against.length === 0 ? '' : section('against', say(lang, 'measurement.against'), '', groundList(lang, against))}`
}

/** Grounds that say the same appear once, with every place they were read from. */
function groundList(lang: Lang, list: readonly Ground[]): Markup {
  const said = Map.groupBy(list, (ground) => `${ground.role}\n${groundSentence(lang, ground)}`)
  return html`<ul class="lines">
    ${[...said.values()].map((same) => groundItem(lang, same))}
  </ul>`
}

function groundItem(lang: Lang, same: readonly Ground[]): Markup {
  const [ground] = same
  if (ground === undefined) return html``
  const sources = new Set(same.flatMap(({ source }) => source ?? []))
  return html`<li class="ground">
    <span class="role">${say(lang, `role.${ground.role}`)}</span>
    <div>
      <p>${groundSentence(lang, ground)}</p>
      ${[...sources].map((source) => html`<p class="sm q mono">${source}</p>`)}
    </div>
  </li>`
}

/** Findings of one layer that say the same appear once, with their number. */
function layers(lang: Lang, list: readonly LayerFinding[]): Markup {
  const said = Map.groupBy(list, (one) =>
    [one.layer, one.state, one.mechanism, one.rule, one.log10Lr, one.hop].join('\n'),
  )
  return section(
    'layers',
    say(lang, 'measurement.layers'),
    say(lang, 'measurement.layers-about'),
    list.length === 0
      ? html`<p>${say(lang, 'measurement.no-layers')}</p>`
      : html`<ul class="lines">
          ${[...said.values()].map((same) => layerItem(lang, same))}
        </ul>`,
  )
}

function layerItem(lang: Lang, same: readonly LayerFinding[]): Markup {
  const [one] = same
  if (one === undefined) return html``
  return html`<li class="ground">
    <span class="role st"
      >${mark(one.state === 'untested' ? 'none' : KIND_MARKS[one.state])}${say(lang, `layer.${one.layer}`)}</span
    >
    <div>
      <p>
        ${capitalise(lang, say(lang, `layer-state.${one.state}`))}${
          one.mechanism === undefined ? '' : html`. ${say(lang, `mechanism.${one.mechanism}`)}`
        }
      </p>
      <p class="sm q">
        <span class="v">${say(lang, 'measurement.rule', { rule: one.rule })}.</span>
        <span class="v">${say(lang, 'measurement.ratio', { ratio: formatNumber(lang, one.log10Lr, 2) })}.</span>
        ${one.hop === 0 ? '' : html`<span class="v">${say(lang, 'column.hop')}: ${one.hop}.</span>`}
        ${same.length === 1 ? '' : html`<span class="v">${say(lang, 'measurement.times', { count: same.length })}.</span>`}
      </p>
    </div>
  </li>`
}

const missing = (lang: Lang, view: MeasurementView): Markup =>
  section(
    'missing',
    say(lang, 'measurement.missing'),
    '',
    view.verdict.missing.length === 0
      ? html`<p>${say(lang, 'measurement.nothing-missing')}</p>`
      : html`<ul class="lines">
          ${view.verdict.missing.map((one) => html`<li>${capitalise(lang, say(lang, `missing.${one}`))}</li>`)}
        </ul>`,
  )

function claim(lang: Lang, view: MeasurementView): Markup {
  const claims = Object.entries(view.claim)
  return section(
    'claim',
    say(lang, 'measurement.claim'),
    say(lang, 'measurement.claim-about'),
    html`<dl class="pairs">
      <div>
        <dt>${say(lang, 'measurement.our-verdict')}</dt>
        <dd><b>${say(lang, `kind.${view.verdict.kind}`)}</b></dd>
      </div>
      ${
        claims.length === 0
          ? html`<div>
              <dt></dt>
              <dd>${say(lang, 'measurement.no-claim')}</dd>
            </div>`
          : claims.map(
              ([name, value]) =>
                html`<div>
                  <dt lang="en" class="any">${name}</dt>
                  <dd lang="en" class="any">${String(value)}</dd>
                </div>`,
            )
      }
    </dl>`,
  )
}

const source = (lang: Lang, view: MeasurementView): Markup =>
  section(
    'source',
    say(lang, 'measurement.source'),
    '',
    html`<ul class="plain">
      <li>${say(lang, 'measurement.channel', { channel: say(lang, `channel.${view.channel}`) })}</li>
      ${sender(lang, view)}
      <li>
        ${say(lang, 'measurement.received', { at: `${formatDateTime(lang, view.receivedAt, 'UTC', 'second')} UTC` })}
      </li>
      <li>${say(lang, 'measurement.program', { program: view.program })}</li>
      <li class="any">${say(lang, 'measurement.rules-version', { version: view.verdict.rulesVersion })}</li>
      <li>${say(lang, 'measurement.leaf', { leaf: String(view.leafIndex) })}</li>
      ${inLog(lang, view)}
      ${view.uid === undefined ? '' : html`<li class="any">${say(lang, 'measurement.uid', { uid: view.uid })}</li>`}
      <li>${say(lang, 'measurement.id')}:<br /><span class="mono">${view.id}</span></li>
    </ul>`,
  )

/** The log that holds it, and the proof of that; a copy has only its number. */
const inLog = (lang: Lang, { logOrigin, leafIndex }: MeasurementView): Markup =>
  logOrigin === undefined
    ? html``
    : html`<li class="any">${say(lang, 'proof-page.measurement.log')}: <span class="mono">${logOrigin}</span></li>
        <li>
          ${say(lang, 'proof-page.measurement.receipt')}:
          <a class="mono" href="${urls.logProof(leafIndex)}">${leafIndex}.tlog-proof</a>
        </li>`

/** Who sent it, or the file it was in. */
function sender(lang: Lang, { origin, standing }: MeasurementView): Markup {
  if (standing === undefined)
    return origin === undefined ? html`` : html`<li class="any">${say(lang, 'measurement.origin', { origin })}</li>`
  return html`<li>${say(lang, 'measurement.sender', { standing: say(lang, `standing.${standing}`) })}</li>
    ${origin === undefined ? '' : html`<li>${say(lang, 'measurement.key-mark', { mark: origin })}</li>`}`
}

function json(lang: Lang, view: MeasurementView): Markup {
  const { json: content } = view
  if (content.kind !== 'text') {
    const why = say(lang, content.kind === 'slow' ? 'measurement.json-slow' : 'measurement.json-absent')
    return section('json', say(lang, 'measurement.json'), '', html`<p>${why}</p>`)
  }
  return section(
    'json',
    say(lang, 'measurement.json'),
    `${say(lang, 'measurement.json-about')}${view.channel === 'collector' ? ` ${say(lang, 'measurement.json-withheld')}` : ''}`,
    html`<ul class="dl">
        <li>
          <a href="${urls.measurementJson(view.id)}" download
            >${say(lang, 'measurement.json-download')}
            <span>${formatNumber(lang, content.bytes / 1024, 1)} KiB</span></a
          >
        </li>
      </ul>
      <details class="tab json">
        <summary>${say(lang, 'measurement.json-show')}</summary>
        ${content.isCut ? html`<p class="sm q">${say(lang, 'measurement.json-long')}</p>` : ''}
        <pre tabindex="0" lang="en">${content.text}${content.isCut ? '…' : ''}</pre>
      </details>`,
  )
}
