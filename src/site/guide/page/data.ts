import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { Asn, Sha256 } from '../../../core/model/units.ts'
import type { KeyEnd } from '../../../core/text/catalogue.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { urls, type Days } from '../../urls.ts'
import { typedUrl, type Frame } from '../../../web/html/frame.ts'
import type { Page } from '../../parts/layout.ts'
import { columnsSection, datasetMarkup, monthsSection } from '../../dataset/page/months.ts'
import type { DatasetMonth } from '../../dataset/contract.ts'
import { commands, paragraphs, parts, points, titled } from '../../../web/html/prose.ts'

/** The sentences of each part of the page, in the order in which they are shown. */
const DATA = {
  what: ['data.what.about', 'data.what.real', 'data.what.apart'],
  files: ['data.files.about', 'data.files.table'],
  cite: ['data.cite.how', 'data.cite.revision', 'data.cite.not'],
  programs: ['data.programs.about', 'data.programs.errors', 'data.programs.limits'],
  feeds: ['data.feeds.about'],
  embed: ['data.embed.about', 'data.embed.private'],
  webhook: ['data.webhook.about', 'data.webhook.signed'],
  absent: ['data.absent.person', 'data.absent.original', 'data.absent.counted'],
} as const

/** What the server holds that examples can be made from; absent parts are shown only by their pattern. */
export interface DataView {
  readonly simulated: boolean
  readonly incident?: string
  readonly series?: { readonly service: string; readonly asn: Asn; readonly days: Days }
  readonly measurement?: Sha256
  /** Files by month, the newest first. */
  readonly months: readonly DatasetMonth[]
  /** What another site embeds a card by; absent where nothing is known of the address of this one. */
  readonly snippet?: string
}

type Kind = `data.kind.${KeyEnd<'data.kind'>}`

/** One thing to take away, with an address for each form it has. */
interface Row {
  readonly kind: Kind
  readonly forms: readonly (readonly [form: string, address: string])[]
}

/** What can be downloaded, how it is cited, and what it may be used for. */
export function dataPage(lang: Lang, view: DataView): Page {
  const title = say(lang, 'data.title')
  const plain = (part: keyof typeof DATA): Markup => paragraphs(lang, DATA[part])
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'data.lead'),
    simulated: view.simulated,
    inLang: (other) => urls.plain(other, 'data'),
    feed: urls.feed(lang),
    body: (frame) =>
      html`${titled(title, say(lang, 'data.lead'))}
      ${parts(lang, [
        { id: 'what', heading: 'data.what', body: plain('what') },
        { id: 'months', heading: 'dataset.title', body: monthsSection(lang, view.months, frame) },
        { id: 'columns', heading: 'dataset.columns', body: columnsSection(lang) },
        { id: 'files', heading: 'data.files', body: html`${plain('files')}${rows(lang, fileRows(view))}` },
        { id: 'fields', heading: 'data.fields', body: fields(lang) },
        { id: 'cite', heading: 'data.cite', body: plain('cite') },
        {
          id: 'programs',
          heading: 'data.programs',
          body: html`${plain('programs')}
            <p><a class="tap" href="${urls.api(lang)}">${say(lang, 'interface.title')}</a></p>
            ${rows(lang, [{ kind: 'data.kind.description', forms: [['JSON', urls.apiDescription()]] }])}${commands(
              lang,
              [
                `curl -s ${typedUrl(frame, urls.apiList('incidents'))}`,
                `curl -s -O ${typedUrl(frame, urls.asCsv(urls.apiList('incidents')))}`,
              ],
            )}`,
        },
        { id: 'feeds', heading: 'data.feeds', body: html`${plain('feeds')}${rows(lang, feedRows(lang, view))}` },
        {
          id: 'embed',
          heading: 'data.embed',
          body: html`${plain('embed')}${view.snippet === undefined ? '' : commands(lang, [view.snippet])}`,
        },
        { id: 'webhook', heading: 'data.webhook', body: plain('webhook') },
        { id: 'licence', heading: 'data.licence', body: licence(lang, frame) },
        { id: 'absent', heading: 'data.absent', body: points(lang, DATA.absent) },
      ])}${datasetMarkup(lang, view.months, frame)}`,
  }
}

function fileRows({ incident, series, measurement }: DataView): readonly Row[] {
  const list = (name: Parameters<typeof urls.apiList>[0], csv: boolean): Row['forms'] => {
    const address = urls.apiList(name)
    return csv
      ? [
          ['JSON', address],
          ['CSV', urls.asCsv(address)],
        ]
      : [['JSON', address]]
  }
  return [
    { kind: 'data.kind.board', forms: list('board', false) },
    { kind: 'data.kind.incidents', forms: list('incidents', true) },
    ...(incident === undefined
      ? []
      : ([
          { kind: 'data.kind.incident', forms: [['JSON', urls.apiIncident(incident)]] },
          {
            kind: 'data.kind.behind',
            forms: [
              ['CSV', urls.apiIncidentMeasurements(incident, 'csv')],
              ['JSONL', urls.apiIncidentMeasurements(incident, 'jsonl')],
            ],
          },
        ] satisfies readonly Row[])),
    ...(series === undefined ? [] : seriesRows(series)),
    ...(measurement === undefined
      ? []
      : ([
          { kind: 'data.kind.measurement', forms: [['JSON', urls.apiMeasurement(measurement)]] },
          { kind: 'data.kind.ooni', forms: [['JSON', urls.measurementJson(measurement)]] },
        ] satisfies readonly Row[])),
    { kind: 'data.kind.corrections', forms: list('corrections', true) },
    { kind: 'data.kind.claims', forms: list('claims', false) },
    { kind: 'data.kind.orders', forms: list('orders', false) },
    { kind: 'data.kind.places', forms: [...list('services', false), ...list('networks', false)] },
  ]
}

function seriesRows({ service, asn, days }: NonNullable<DataView['series']>): readonly Row[] {
  const address = urls.apiSeries(service, asn, days)
  const matrix = urls.apiMatrix(days)
  return [
    {
      kind: 'data.kind.series',
      forms: [
        ['JSON', address],
        ['CSV', urls.asCsv(address)],
        ['JSONL', urls.apiSeriesLines(service, asn, days)],
      ],
    },
    {
      kind: 'data.kind.matrix',
      forms: [
        ['JSON', matrix],
        ['CSV', urls.asCsv(matrix)],
      ],
    },
  ]
}

function feedRows(lang: Lang, { series, incident }: DataView): readonly Row[] {
  const forms: (readonly [string, string])[] = [['Atom', urls.feed(lang)]]
  if (series !== undefined)
    forms.push(['Atom', urls.feed(lang, { service: series.service })], ['Atom', urls.feed(lang, { asn: series.asn })])
  return [
    { kind: 'data.kind.feed', forms },
    ...(incident === undefined
      ? []
      : ([{ kind: 'data.kind.text', forms: [['TXT', urls.incidentText(lang, incident)]] }] satisfies readonly Row[])),
  ]
}

/** The address is shown whole: it is what people copy. */
const rows = (lang: Lang, list: readonly Row[]): Markup =>
  html`<ul class="takes">
    ${list.map(
      ({ kind, forms }) =>
        html`<li>
          <b>${say(lang, kind)}</b>
          <ul>
            ${forms.map(
              ([form, address]) =>
                html`<li>
                  <a href="${address}"><span class="form">${form}</span><span class="mono">${address}</span></a>
                </li>`,
            )}
          </ul>
        </li>`,
    )}
  </ul>`

/** Names of fields are those of the interface, in every language. */
const FIELDS = [
  ['id', 'data.fields.id'],
  ['start, end', 'data.fields.times'],
  ['state', 'data.fields.state'],
  ['probes, probes_failed', 'data.fields.devices'],
  ['cause.word, cause.log10_lr', 'data.fields.word'],
  ['revision', 'data.fields.revision'],
  ['simulated', 'data.fields.simulated'],
] as const satisfies readonly (readonly [string, `data.fields.${string}`])[]

const fields = (lang: Lang): Markup =>
  html`<dl class="pairs terms">
    ${FIELDS.map(
      ([name, key]) =>
        html`<div>
          <dt class="mono" translate="no">${name}</dt>
          <dd>${say(lang, key)}</dd>
        </div>`,
    )}
  </dl>`

const licence = (lang: Lang, { operator }: Frame): Markup => {
  const stated = operator?.licence
  return html`${
      stated === undefined
        ? html`<p>${say(lang, 'data.licence.none')}</p>`
        : html`<p>${say(lang, 'data.licence.named')}: <a href="${stated.url}" rel="noreferrer">${stated.name}</a></p>`
    }
    <p>${say(lang, 'data.licence.ooni')}</p>
    <p>${say(lang, 'data.licence.program')}</p>`
}
