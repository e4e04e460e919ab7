import { html, raw } from 'hono/html'
import { instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDateTime, formatPeriod } from '../../../core/text/time.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import { typedUrl, type Frame } from '../../../web/html/frame.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { commands, paragraphs } from '../../../web/html/prose.ts'
import { simulatedTag } from '../../parts/layout.ts'
import { urls } from '../../urls.ts'
import { COLUMNS, TABLES, type Column, type FileForm } from '../columns.ts'
import { filesOf, type DatasetFile, type DatasetMonth, type DatasetVersion } from '../contract.ts'
import { monthPeriod, schemaOrg } from '../metadata.ts'

const FORM_NAMES: Readonly<Record<FileForm, string>> = { parquet: 'Parquet', csv: 'CSV', jsonl: 'JSONL' }

/** The files of each month with rows, size and checksum, and what describes them. */
export const monthsSection = (lang: Lang, months: readonly DatasetMonth[], frame: Frame): Markup =>
  html`${paragraphs(lang, ['dataset.about', 'dataset.forms', 'dataset.stable'])}
    ${months.length === 0 ? html`<p>${say(lang, 'dataset.none')}</p>` : ''}
    ${months.map((month) => monthPart(lang, month, month === (months.find(isOver) ?? months[0])))}
    <p><b>${say(lang, 'dataset.machine')}</b></p>
    <ul class="takes">
      ${LISTS.filter(([, file]) => months.length > 0 || file !== 'datacite.json').map(
        ([key, file, form]) =>
          html`<li>
            <b>${say(lang, key)}</b>
            <ul>
              <li>
                <a href="${urls.dataset(file)}"
                  ><span class="form">${form}</span><span class="mono">${urls.dataset(file)}</span></a
                >
              </li>
            </ul>
          </li>`,
      )}
    </ul>
    <p>${say(lang, 'dataset.check')}</p>
    ${commands(lang, [`curl -s -O ${typedUrl(frame, urls.dataset('SHA256SUMS'))}`, 'sha256sum --ignore-missing -c SHA256SUMS'])}
    <p>
      ${say(lang, 'dataset.notebooks', { language: 'Python', month: 'docs/notebooks/month.py', incident: 'docs/notebooks/incident.py' })}
    </p>
    <p>${say(lang, 'dataset.doi')}</p>`

const LISTS = [
  ['dataset.machine.index', 'index.json', 'JSON'],
  ['dataset.machine.sums', 'SHA256SUMS', 'TXT'],
  ['dataset.machine.schema', 'schema.json', 'JSON'],
  ['dataset.machine.datacite', 'datacite.json', 'JSON'],
] as const

function monthPart(lang: Lang, month: DatasetMonth, isOpen: boolean): Markup {
  const { first, last } = monthPeriod(month.month)
  const files = filesOf(month)
  const version = month.versions.at(-1)
  const heading = html`<span
    >${simulatedTag(lang, month.simulated)}${formatPeriod(lang, instant(first), instant(last))}</span
  >`
  return fold(
    heading,
    html`<p>${stateText(lang, month, version)}</p>
      ${files.length === 0 ? '' : filesTable(lang, month, files)}${earlier(lang, month)}`,
    isOpen,
  )
}

/** What most readers take: the newest month that is over and has files. */
const isOver = (month: DatasetMonth): boolean =>
  filesOf(month).length > 0 && (month.running?.asOf ?? Infinity) > monthPeriod(month.month).last

function stateText(
  lang: Lang,
  { month, isWithdrawn, running }: DatasetMonth,
  version: DatasetVersion | undefined,
): string {
  if (isWithdrawn) return say(lang, 'dataset.withdrawn')
  if (running !== undefined)
    return say(lang, running.asOf > monthPeriod(month).last ? 'dataset.over' : 'dataset.running', {
      at: formatDateTime(lang, running.asOf),
    })
  return version === undefined ? '' : versionText(lang, version)
}

function versionText(lang: Lang, { version, madeAt, reason }: DatasetVersion): string {
  const made = say(lang, 'dataset.version', { version: String(version), at: formatDateTime(lang, madeAt) })
  if (reason.kind === 'first') return `${made}. ${say(lang, 'dataset.reason.first')}`
  const count = (value: number): string => formatNumber(lang, value)
  const { measurements, incidents } = reason
  return `${made}. ${say(lang, 'dataset.reason.changed', {
    added: count(measurements.added),
    removed: count(measurements.removed),
    changed: count(measurements.changed),
    addedIncidents: count(incidents.added),
    removedIncidents: count(incidents.removed),
    changedIncidents: count(incidents.changed),
  })}`
}

const filesTable = (lang: Lang, { month }: DatasetMonth, files: readonly DatasetFile[]): Markup =>
  scrolled(
    `${say(lang, 'dataset.title')}: ${month}`,
    html`<table class="tbl monthly">
      <thead>
        <tr>
          <th scope="col">${say(lang, 'dataset.file')}</th>
          <th scope="col" class="n">${say(lang, 'dataset.rows')}</th>
          <th scope="col" class="n">${say(lang, 'dataset.size')}</th>
        </tr>
      </thead>
      <tbody>
        ${files.map(
          ({ name, table, form, rows, bytes, sha256 }) =>
            html`<tr>
              <th scope="row">
                <a class="tap" href="${urls.datasetFile(name)}"
                  >${say(lang, `dataset.table.${table}`)}, ${FORM_NAMES[form]}</a
                >
                <span class="mono" translate="no">${sha256}</span>
              </th>
              <td class="n">${formatNumber(lang, rows)}</td>
              <td class="n">${sizeText(lang, bytes)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )

const sizeText = (lang: Lang, bytes: number): string =>
  bytes < 1_000_000
    ? say(lang, 'dataset.kilobytes', { value: formatNumber(lang, bytes / 1000, 1) })
    : say(lang, 'dataset.megabytes', { value: formatNumber(lang, bytes / 1_000_000, 1) })

/** Versions that can no longer be downloaded, so that a file someone has can still be recognised. */
function earlier(lang: Lang, { versions, isWithdrawn }: DatasetMonth): Markup | string {
  const old = isWithdrawn ? versions : versions.slice(0, -1)
  if (old.length === 0) return ''
  return fold(
    say(lang, 'dataset.old'),
    html`${old.map(
      (version) =>
        html`<p>${versionText(lang, version)}</p>
          <ul class="points">
            ${version.files.map(
              ({ name, sha256 }) => html`<li class="mono" translate="no">${name}<br />${sha256}</li>`,
            )}
          </ul>`,
    )}`,
  )
}

/** Every column with what it means, its type and its unit. */
export const columnsSection = (lang: Lang): Markup =>
  html`${paragraphs(lang, ['dataset.columns.about'])}
  ${TABLES.map((table) =>
    fold(
      say(lang, `dataset.table.${table}`),
      html`<dl class="pairs terms">
        ${(COLUMNS[table] as readonly Column[]).map(
          (column) =>
            html`<div>
              <dt class="mono" translate="no">${column.name}</dt>
              <dd>
                ${say(lang, `dataset.column.${column.name}`)}
                <span class="q">${typeText(lang, column)}</span>${valuesOf(column)}
              </dd>
            </div>`,
        )}
      </dl>`,
    ),
  )}`

/** Values as the files have them, in every language the same. */
const valuesOf = ({ values }: Column): Markup | string =>
  values === undefined ? '' : html`<br /><span class="mono" translate="no">${values.join(', ')}</span>`

const typeText = (lang: Lang, { type, unit, nullable = false }: Column): string =>
  [
    say(lang, `dataset.type.${type}`),
    ...(unit === undefined ? [] : [say(lang, `dataset.unit.${unit}`)]),
    ...(nullable ? [say(lang, 'dataset.may-be-empty')] : []),
  ].join('; ')

/**
 * The data set for search engines. It is data, not a script: no browser runs it, and so the policy of the page does not
 * speak of it. What could end the element is written as an escape.
 */
export function datasetMarkup(lang: Lang, months: readonly DatasetMonth[], frame: Frame): Markup | string {
  const described = schemaOrg(lang, months, frame)
  if (described === undefined) return ''
  const text = JSON.stringify(described).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')
  return html`<script type="application/ld+json">
    ${raw(text)}
  </script>`
}
