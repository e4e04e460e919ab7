import { html, raw } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { ErrorRate, PublishedValidation, ValidationScore } from '../../../core/model/incident/validation.ts'
import { parseInstant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDateTime } from '../../../core/text/time.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import { commands } from '../../../web/html/prose.ts'
import { section } from '../../../web/html/section.ts'
import { powerText, renderTippett } from '../../charts/tippett.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { urls } from '../../urls.ts'

type Whole = Extract<PublishedValidation, { kind: 'whole' }>

/** How anyone repeats it from the files and the series. */
const REPEAT = [
  'kuager validate repeat frozen.json --series DIR',
  'kuager validate open frozen.json --labels labels.json',
]

/** Error rates on cases whose truth others know; where no validation was published, that is what the page says. */
export function validationPage(lang: Lang, validations: readonly PublishedValidation[]): Page {
  const title = say(lang, 'validation.title')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: validations.some((one) => one.kind === 'whole' && one.frozen.protocol.simulated),
    description: say(lang, 'validation.about'),
    inLang: (other) => urls.plain(other, 'validation'),
    body: () =>
      html`<div class="ttl">
          <h1>${title}</h1>
          <p>${say(lang, 'validation.about')}</p>
          ${validations.length === 0 ? html`<p class="warn">${say(lang, 'validation.none')}</p>` : ''}
        </div>
        ${validations.map((one) => (one.kind === 'whole' ? whole(lang, one) : refused(lang, one.id)))}`,
  }
}

const refused = (lang: Lang, id: string): Markup =>
  section(`v-${id}`, id, '', html`<p><b>${say(lang, 'validation.refused')}</b></p>`)

function whole(lang: Lang, validation: Whole): Markup {
  const { id, frozen, score } = validation
  const { simulated, title } = frozen.protocol
  return html`${section(`v-${id}`, title[lang], '', about(lang, validation))}
  ${section(`v-${id}-cases`, say(lang, 'validation.cases'), say(lang, 'validation.cases-about'), groups(lang, score))}
  ${section(`v-${id}-cllr`, say(lang, 'validation.cllr'), say(lang, 'validation.cllr-about'), quality(lang, score))}
  ${
    score.tippett.length === 0
      ? ''
      : section(
          `v-${id}-tippett`,
          say(lang, 'validation.tippett'),
          say(lang, 'validation.tippett-about'),
          plot(lang, id, { score, simulated }),
        )
  }
  ${section(
    `v-${id}-wrong`,
    say(lang, 'validation.misleading'),
    say(lang, 'validation.misleading-about'),
    misleading(lang, score),
  )}
  ${section(`v-${id}-dates`, say(lang, 'validation.dates'), say(lang, 'validation.dates-about'), dates(lang, score))}
  ${section(`v-${id}-files`, say(lang, 'validation.files'), '', files(lang, id))}`
}

const pair = (name: string, value: Markup | string): Markup =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

const about = (lang: Lang, { frozen, labels, leaf }: Whole): Markup =>
  html`${
      frozen.protocol.simulated
        ? html`<p>${simulatedTag(lang, true)}<b>${say(lang, 'validation.simulated-only')}</b></p>`
        : ''
    }
    <p>${say(lang, 'validation.when', { at: formatDateTime(lang, parseInstant(frozen.frozenAtUtc)) })}.</p>
    ${
      leaf === undefined
        ? html`<p><b>${say(lang, 'validation.not-logged')}</b></p>`
        : html`<p>${say(lang, 'validation.logged', { leaf: String(leaf) })}</p>`
    }
    <p class="sm q">
      ${say(lang, 'validation.program', { version: frozen.program.version, rules: frozen.program.rules })}
    </p>
    <dl class="seen">
      ${pair(say(lang, 'validation.by'), labels.by)}
      ${pair(say(lang, 'validation.answers-hash'), html`<span class="mono">${frozen.sha256}</span>`)}
      ${pair(say(lang, 'validation.labels-hash'), html`<span class="mono">${frozen.protocol.labels_sha256}</span>`)}
    </dl>`

/** A table of numbers: its first column is what they are about. */
const table = (
  label: string,
  head: readonly string[],
  rows: readonly (readonly [string, ...(readonly string[])])[],
): Markup =>
  scrolled(
    label,
    html`<table class="tbl">
      <thead>
        <tr>
          ${head.map((one) => html`<th scope="col">${one}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  )

/** Each group with its counts and their labels below it: six columns would be cut on a phone. */
const groups = (lang: Lang, { groups: scored, falseIncidents }: ValidationScore): Markup =>
  html`<ul class="lines">
      ${scored.map(({ group, cases, raised, insufficient, blocking, fault }) => {
        const figures = [
          [say(lang, 'validation.column.cases'), cases],
          [say(lang, 'validation.column.raised'), raised],
          [say(lang, 'validation.column.insufficient'), insufficient],
          [say(lang, 'validation.column.word', { word: say(lang, 'word.blocking') }), blocking],
          [say(lang, 'validation.column.word', { word: say(lang, 'word.fault') }), fault],
        ] as const
        return html`<li>
          <p><b>${say(lang, `validation.group.${group}`)}</b></p>
          <p class="sm">
            ${figures.map(([label, count]) => html`<span class="v">${label}: ${formatNumber(lang, count)}</span> `)}
          </p>
        </li>`
      })}
    </ul>
    <p class="after">${say(lang, 'validation.false-incidents', { count: formatNumber(lang, falseIncidents) })}</p>`

const quality = (lang: Lang, { cllr }: ValidationScore): Markup =>
  cllr === undefined
    ? html`<p>${say(lang, 'validation.cllr-none')}</p>`
    : html`<p><b>${say(lang, 'validation.cllr-value', { cllr: formatNumber(lang, cllr.cllr, 2) })}</b></p>
        <p>${say(lang, 'validation.cllr-least', { least: formatNumber(lang, cllr.least, 2) })}</p>
        <p class="sm q">
          ${say(lang, 'validation.cllr-count', {
            interference: formatNumber(lang, cllr.interference),
            fault: formatNumber(lang, cllr.fault),
          })}
        </p>`

const key = (mark: string): ReturnType<typeof raw> =>
  raw(`<svg class="m chart" viewBox="0 0 18 18" aria-hidden="true" focusable="false">${mark}</svg>`)
const KEYS = {
  interference: key('<path class="pl" d="M1 9h16"/>'),
  fault: key('<path class="tp-fault" d="M1 9h16"/>'),
}

function plot(lang: Lang, id: string, of: { readonly score: ValidationScore; readonly simulated: boolean }): Markup {
  const title = say(lang, 'validation.tippett')
  const { tippett } = of.score
  const description = `${of.simulated ? `${say(lang, 'incident.simulated')} ` : ''}${say(lang, 'validation.tippett-about')}`
  return html`<figure class="fig">
    <figcaption class="sm">${simulatedTag(lang, of.simulated)}</figcaption>
    ${(['narrow', 'broad'] as const).map((shape) =>
      raw(renderTippett(lang, tippett, { id: `tippett-${id}-${shape}`, shape, title, description })),
    )}
    <ul class="legend">
      <li>${KEYS.interference}${say(lang, 'validation.key.interference')}</li>
      <li>${KEYS.fault}${say(lang, 'validation.key.fault')}</li>
    </ul>
    ${fold(
      say(lang, 'validation.tippett-table'),
      table(
        title,
        [
          say(lang, 'validation.column.ratio'),
          `${say(lang, 'validation.key.interference')}, %`,
          `${say(lang, 'validation.key.fault')}, %`,
        ],
        tippett
          .filter(({ x }) => Number.isInteger(x))
          .map(({ x, interference, fault }) => [
            powerText(lang, x),
            formatNumber(lang, interference * 100, 1),
            formatNumber(lang, fault * 100, 1),
          ]),
      ),
    )}
  </figure>`
}

const rate = (lang: Lang, name: string, { k, n, upper95 }: ErrorRate): readonly [string, ...string[]] => [
  name,
  formatNumber(lang, k),
  formatNumber(lang, n),
  n === 0 ? '–' : formatNumber(lang, upper95 * 100, 1),
]

const misleading = (lang: Lang, { misleading: wrong }: ValidationScore): Markup =>
  table(
    say(lang, 'validation.misleading'),
    [
      say(lang, 'validation.misleading'),
      say(lang, 'validation.column.errors'),
      say(lang, 'validation.column.of'),
      say(lang, 'validation.column.upper'),
    ],
    [
      rate(lang, say(lang, 'validation.wrong.forInterference'), wrong.forInterference),
      rate(lang, say(lang, 'validation.wrong.forInterferenceTen'), wrong.forInterferenceTen),
      rate(
        lang,
        say(lang, 'validation.wrong.namedBlocking', { word: say(lang, 'word.blocking') }),
        wrong.namedBlocking,
      ),
      rate(lang, say(lang, 'validation.wrong.forFault'), wrong.forFault),
      rate(lang, say(lang, 'validation.wrong.forFaultTen'), wrong.forFaultTen),
      rate(lang, say(lang, 'validation.wrong.namedFault', { word: say(lang, 'word.fault') }), wrong.namedFault),
    ],
  )

const dates = (lang: Lang, { coverage }: ValidationScore): Markup =>
  table(
    say(lang, 'validation.dates'),
    [
      say(lang, 'validation.dates'),
      say(lang, 'validation.column.held'),
      say(lang, 'validation.column.of'),
      say(lang, 'validation.column.upper'),
    ],
    [rate(lang, say(lang, 'incident.start'), coverage.start), rate(lang, say(lang, 'incident.end'), coverage.end)],
  )

const files = (lang: Lang, id: string): Markup =>
  html`<ul class="plain">
      ${(['frozen', 'labels'] as const).map(
        (file) => html`<li><a href="${urls.validationFile(id, file)}">${say(lang, `validation.file.${file}`)}</a></li>`,
      )}
    </ul>
    ${commands(lang, REPEAT)}`
