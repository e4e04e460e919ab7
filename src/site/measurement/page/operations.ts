import { html, raw } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { failureWords } from '../../../core/text/failure.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber, formatSeconds } from '../../../core/text/number.ts'
import { drawnOperations, renderTimeline, timedOperations } from '../../charts/timeline.ts'
import { simulatedTag } from '../../parts/layout.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import { endpointOf, type OperationEntry } from '../../parts/operation-entry.ts'
import { section } from '../../../web/html/section.ts'

/** The drawing of the operations in time, in two renderings of one data object, with the table behind it. */
export function renderOperations(
  lang: Lang,
  operations: readonly OperationEntry[],
  options: { readonly simulated: boolean; readonly hasAllOperations: boolean },
): Markup {
  const timed = timedOperations(operations)
  const drawn = drawnOperations(timed)
  const untimed = operations.length - timed.length
  const short = counts(lang, operations)
  const notes = [
    ...(options.hasAllOperations ? [] : [say(lang, 'measurement.operations-cut', { count: operations.length })]),
    ...(drawn.length < timed.length
      ? [say(lang, 'measurement.timeline-cut', { count: drawn.length, total: timed.length })]
      : []),
    ...(timed.length > 0 && untimed > 0 ? [say(lang, 'measurement.timeline-untimed', { count: untimed })] : []),
  ]
  const figure = html`<figure class="fig">
    <figcaption><p>${simulatedTag(lang, options.simulated)}${short}</p></figcaption>
    ${
      drawn.length === 0
        ? html`<p>${say(lang, 'measurement.timeline-none')}</p>`
        : (['narrow', 'broad'] as const).map((shape) =>
            raw(
              renderTimeline(lang, drawn, {
                shape,
                id: `timeline-${shape}`,
                title: say(lang, 'measurement.timeline'),
                description: `${say(lang, 'measurement.timeline-about')} ${short}`,
              }),
            ),
          )
    }
    ${notes.map((note) => html`<p class="sm q">${note}</p>`)}
  </figure>`
  return section(
    'timeline',
    say(lang, 'measurement.timeline'),
    drawn.length === 0 ? '' : say(lang, 'measurement.timeline-about'),
    html`${figure}${operations.length === 0 ? '' : table(lang, operations)}`,
  )
}

/** Rows of all tables together: anyone may send a measurement of any number of endpoints. */
const MOST_ROWS = 2000

/** One table, or where there are several endpoints one for each, folded, those with most failures first. */
function table(lang: Lang, operations: readonly OperationEntry[]): Markup {
  const groups = [...Map.groupBy(operations, endpointOf).values()].toSorted((a, b) => failures(b) - failures(a))
  const tables: Markup[] = []
  let left = MOST_ROWS
  for (const group of groups) {
    if (left === 0) break
    const rows = group.slice(0, left)
    left -= rows.length
    const summary = `${nameOf(group)} · ${counts(lang, group)}`
    tables.push(groups.length === 1 ? rowsTable(lang, rows) : fold(summary, rowsTable(lang, rows)))
  }
  const total = operations.length
  const shown = { count: formatNumber(lang, total - cut(total)), total: formatNumber(lang, total) }
  return fold(
    say(lang, 'measurement.table'),
    html`${tables}${cut(total) === 0 ? '' : html`<p class="sm q">${say(lang, 'measurement.timeline-cut', shown)}</p>`}`,
  )
}

const cut = (total: number): number => Math.max(0, total - MOST_ROWS)

const failures = (list: readonly OperationEntry[]): number =>
  list.filter(({ failure, side }) => failure !== undefined && side === 'probe').length

const counts = (lang: Lang, list: readonly OperationEntry[]): string =>
  say(lang, 'measurement.timeline-short', {
    count: list.length,
    failed: list.filter(({ failure }) => failure !== undefined).length,
  })

/** What an endpoint's operations are about: the name or address under test, without the address behind it. */
const nameOf = (group: readonly OperationEntry[]): string =>
  (group.find(({ half, side }) => half === undefined && side === 'probe') ?? group[0])?.target.replace(/ \(.*$/, '') ??
  ''

const rowsTable = (lang: Lang, operations: readonly OperationEntry[]): Markup =>
  scrolled(
    say(lang, 'measurement.table'),
    html`<table class="tbl ops">
      <thead>
        <tr>
          <th scope="col">${say(lang, 'column.layer')}</th>
          <th scope="col">${say(lang, 'column.target')}</th>
          <th scope="col">${say(lang, 'column.outcome')}</th>
          <th scope="col">${say(lang, 'column.began')}</th>
          <th scope="col">${say(lang, 'column.ended')}</th>
          <th scope="col">${say(lang, 'column.side')}</th>
          <th scope="col">${say(lang, 'column.pointer')}</th>
        </tr>
      </thead>
      <tbody>
        ${operations.map((one) => row(lang, one))}
      </tbody>
    </table>`,
  )

const row = (lang: Lang, one: OperationEntry): Markup =>
  html`<tr>
    <th scope="row">${say(lang, `layer.${one.layer}`)}</th>
    <td class="any">${one.target}${one.half === undefined ? '' : ` · ${say(lang, `half.${one.half}`)}`}</td>
    <td>
      ${one.failure === undefined ? say(lang, 'outcome.completed') : failureWords(lang, one.failure)}${
        one.status === undefined ? '' : ` (${one.status})`
      }
    </td>
    <td>${one.began === undefined ? say(lang, 'value.not-recorded') : formatSeconds(lang, one.began)}</td>
    <td>${one.ended === undefined ? say(lang, 'value.not-recorded') : formatSeconds(lang, one.ended)}</td>
    <td>${say(lang, `side.${one.side}`)}</td>
    <td class="mono">${one.source}</td>
  </tr>`
