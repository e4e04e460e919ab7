import { crumbs, homePage } from '../../parts/crumbs.ts'
import { html, raw } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import type { CoincidenceResult, FrozenEvents, Hypothesis } from '../../../core/model/incident/coincidence.ts'
import { EVENT_KINDS } from '../../../core/model/tables/record.ts'
import type { PublishedStudy } from '../../../core/model/incident/study.ts'
import { parseAsn, parseInstant } from '../../../core/model/units.ts'
import {
  countSentences,
  findingSentences,
  formatP,
  formatWindow,
  questionTable,
  testSentences,
} from '../../../core/text/sentence/coincide.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatMoment, formatPeriodDays } from '../../../core/text/moment.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDateTime } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import { renderEpochs } from '../../charts/epochs.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import { commands } from '../../../web/html/prose.ts'
import { simulatedTag, type Page } from '../../parts/layout.ts'
import { recordService, type ServiceNames } from '../../parts/record-service.ts'
import { section } from '../../../web/html/section.ts'
import { sourceLine } from '../../parts/source-line.ts'
import { unbroken } from '../../../web/html/unbroken.ts'

/** A study that holds, with the names of its services. */
export type StudyView = Extract<PublishedStudy, { kind: 'whole' }> & { readonly serviceNames: ServiceNames }

/** Steps of a check by hand: the digest of everything in the list but the digest itself. */
const CHECK = "jq -cSj 'del(.sha256)' frozen.json | sha256sum"

/**
 * One study: what was found, the pre-registered list and its SHA-256, the drawing, the tests, the controls, the files.
 */
export function studyPage(lang: Lang, view: StudyView): Page {
  const { frozen, answer } = view
  const { primary, secondary, negativeControls } = answer.report
  const title = `${say(lang, 'coincide.title')}: ${primary.hypothesis.label[lang]}`
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: frozen.simulated,
    description: say(lang, 'study.about'),
    inLang: (other) => urls.study(other, view.id),
    data: urls.studyFile(view.id, 'result'),
    body: () =>
      html`${crumbs(lang, [homePage(lang), { href: urls.plain(lang, 'coincidence'), text: say(lang, 'study.all') }])}
        <div class="ttl">
          <h1>${title}</h1>
          <p>
            ${simulatedTag(lang, frozen.simulated)}${findingSentences(lang, primary).map((text, index) =>
              index === 0 ? html`<b>${text}</b> ` : html`${text} `,
            )}
          </p>
          ${negativeControls.some(({ finding }) => finding === 'link') ? html`<p class="warn">${say(lang, 'coincide.negative-too')}</p>` : ''}
        </div>
        ${section('says', say(lang, 'study.says'), '', says(lang, view))}
        ${section('epochs', say(lang, 'study.epochs'), say(lang, 'study.epochs-about'), epochs(lang, view, primary))}
        ${section('controls', say(lang, 'study.controls'), say(lang, 'study.controls-about'), controls(lang, negativeControls))}
        ${
          secondary.length === 0
            ? ''
            : section('further', say(lang, 'coincide.secondary'), '', questions(lang, secondary))
        }
        ${section('frozen', say(lang, 'study.frozen'), say(lang, 'study.frozen-about'), frozenList(lang, view))}
        ${section('plan', say(lang, 'study.plan'), say(lang, 'study.plan-about'), planOf(lang, view))}
        ${section('tests', say(lang, 'study.tests'), '', sentences(testSentences(lang, frozen.plan, primary)))}
        ${section('files', say(lang, 'study.files'), '', files(lang, view.id))}`,
  }
}

const sentences = (list: readonly string[]): Markup =>
  html`<ul class="plain">
    ${list.map((one) => html`<li>${unbroken(atSign(one))}</li>`)}
  </ul>`

/** A figure stays on the line of its sign. */
const atSign = (text: string): string => text.replaceAll(/ (?=%)|(?<=\b[pN]) (?=[=≤])|(?<=[=≤]) /gv, '\u00a0')

/** The counts for people, then what may and may not be read out of them. */
function says(lang: Lang, { frozen, answer }: StudyView): Markup {
  const { primary } = answer.report
  const conditions = [
    say(lang, answer.source === 'file' ? 'coincide.unscheduled-unknown' : 'coincide.scheduled'),
    ...(answer.watchedKnown ? [] : [say(lang, 'coincide.watched-unknown')]),
  ]
  return html`${sentences([...countSentences(lang, frozen.plan, primary), ...conditions])}
    <h3 class="after">${say(lang, 'study.not-said')}</h3>
    ${sentences((['who', 'third', 'absence'] as const).map((one) => say(lang, `study.not-said.${one}`)))}`
}

function epochs(lang: Lang, { frozen }: StudyView, { epoch }: CoincidenceResult): Markup {
  if (epoch.length === 0) return html`<p>${say(lang, 'study.epochs-none')}</p>`
  const title = say(lang, 'study.epochs')
  const description = `${frozen.simulated ? `${say(lang, 'incident.simulated')} ` : ''}${say(lang, 'study.epochs-about')}`
  const { windowHours } = frozen.plan
  const points = (value: number): string => formatNumber(lang, value * 100, 1)
  return html`<figure class="fig">
    <figcaption class="sm">
      ${simulatedTag(lang, frozen.simulated)}<span class="q">${say(lang, 'study.epochs-axes')}</span>
    </figcaption>
    ${(['narrow', 'broad'] as const).map((shape) =>
      raw(renderEpochs(lang, epoch, { id: `epochs-${shape}`, shape, title, description, windowHours })),
    )}
    <ul class="legend">
      <li>${KEYS.line}${say(lang, 'study.key.line')}</li>
      <li>${KEYS.chance}${say(lang, 'study.key.chance')}</li>
      <li>${KEYS.window}${say(lang, 'study.key.window', { window: formatWindow(lang, windowHours) })}</li>
    </ul>
    ${fold(
      say(lang, 'study.epochs-table'),
      scrolled(
        title,
        html`<table class="tbl">
          <thead>
            <tr>
              <th scope="col">${say(lang, 'study.column.hours')}</th>
              <th scope="col">${say(lang, 'study.column.difference')}</th>
              <th scope="col">${say(lang, 'study.column.chance')}</th>
            </tr>
          </thead>
          <tbody>
            ${epoch.map(
              ({ hours, difference, lo95, hi95 }) =>
                html`<tr>
                  <th scope="row">${hours > 0 ? '+' : ''}${formatNumber(lang, hours, 2)}</th>
                  <td>${points(difference)}</td>
                  <td>${points(lo95)} … ${points(hi95)}</td>
                </tr>`,
            )}
          </tbody>
        </table>`,
      ),
    )}
  </figure>`
}

const key = (mark: string): ReturnType<typeof raw> =>
  raw(`<svg class="m chart" viewBox="0 0 18 18" aria-hidden="true" focusable="false">${mark}</svg>`)
const KEYS = {
  line: key('<path class="pl" d="M1 12l5-6 5 8 6-9"/>'),
  chance: key('<path class="chance" d="M1 5h16v8H1z"/>'),
  window: key('<path class="band" d="M1 1h16v16H1z"/>'),
}

const controls = (lang: Lang, results: readonly CoincidenceResult[]): Markup =>
  results.length === 0 ? html`<p>${say(lang, 'study.controls-none')}</p>` : questions(lang, results)

/**
 * Each question with its finding, and below it the figures with their labels: seven columns would be cut on a phone.
 */
function questions(lang: Lang, results: readonly CoincidenceResult[]): Markup {
  const { head, rows } = questionTable(lang, results)
  return html`<ul class="lines">
    ${rows.map(
      ([question, ...figures]) =>
        html`<li>
          <p><b>${question}</b>: ${figures.at(-1)}</p>
          <p class="sm">
            ${figures.slice(0, -1).map((figure, index) => html`<span class="v">${head[index + 1]}: ${figure}</span> `)}
          </p>
        </li>`,
    )}
  </ul>`
}

const pair = (name: string, value: Markup | string): Markup =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

function frozenList(lang: Lang, { frozen, recomputed, answer }: StudyView): Markup {
  const late = { before: [], during: [say(lang, 'coincide.frozen-during')], after: [say(lang, 'coincide.frozen-late')] }
  const kinds = EVENT_KINDS.flatMap((kind) => {
    const count = frozen.events.filter((one) => one.kind === kind).length
    return count === 0 ? [] : [say(lang, `coincide.count.${kind}`, { count })]
  })
  const name = say(lang, 'study.events', { count: frozen.events.length })
  return html`<dl class="pairs">
      ${pair(say(lang, 'study.frozen-at'), formatDateTime(lang, parseInstant(frozen.frozenAtUtc)))}
      ${pair(say(lang, 'study.digest-said'), html`<span class="mono">${frozen.sha256}</span>`)}
      ${pair(
        say(lang, 'study.digest-recomputed'),
        html`<span class="mono">${recomputed}</span><br /><b>${say(lang, 'study.digest-same')}</b>`,
      )}
      ${pair(say(lang, 'study.events-by-kind'), kinds.join(' '))}
    </dl>
    <p class="after">${[...late[answer.frozenWhen], say(lang, 'coincide.frozen-unshown')].join(' ')}</p>
    ${fold(name, scrolled(name, eventTable(lang, frozen)))}`
}

const eventTable = (lang: Lang, { events }: FrozenEvents): Markup =>
  html`<table class="tbl">
    <thead>
      <tr>
        <th scope="col">${say(lang, 'study.column.start')}</th>
        <th scope="col">${say(lang, 'study.column.event')}</th>
        <th scope="col">${say(lang, 'claims.source')}</th>
      </tr>
    </thead>
    <tbody>
      ${events.map(
        ({ start, label, source }) =>
          html`<tr>
            <th scope="row">${formatMoment(lang, start)}</th>
            <td>${label[lang]}</td>
            <td class="any">${sourceLine(lang, source)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`

function planOf(lang: Lang, { frozen, serviceNames, answer }: StudyView): Markup {
  const { plan } = frozen
  const services = ({ services: list }: Hypothesis): Markup =>
    html`${list.map((id, index) => {
      const name = recordService(lang, serviceNames, id)
      const way = serviceNames.has(id) ? html`<a href="${urls.service(lang, id)}">${name}</a>` : html`${name}`
      return html`${index === 0 ? '' : ', '}${way}`
    })}`
  return html`<dl class="pairs">
    ${pair(say(lang, 'study.plan.period'), `${formatPeriodDays(lang, plan.period)} (${plan.zone})`)}
    ${pair(say(lang, 'study.plan.weeks'), formatNumber(lang, answer.report.weeks))}
    ${pair(say(lang, 'study.plan.question'), plan.primary.label[lang])}
    ${pair(say(lang, 'study.plan.services'), services(plan.primary))}
    ${pair(
      say(lang, 'study.plan.networks'),
      plan.primary.networks.length === 0
        ? say(lang, 'study.plan.every-network')
        : html`${plan.primary.networks.map((asn, index) => html`${index === 0 ? '' : ', '}<a href="${urls.network(lang, parseAsn(asn))}">AS${asn}</a>`)}`,
    )}
    ${pair(say(lang, 'study.plan.window'), say(lang, 'study.hours', { value: formatWindow(lang, plan.windowHours) }))}
    ${pair(say(lang, 'study.plan.wider'), say(lang, 'study.hours', { value: formatWindow(lang, plan.sensitivityHours) }))}
    ${pair(say(lang, 'study.plan.statistic'), say(lang, `study.statistic.${plan.statistic}`))}
    ${pair(say(lang, 'study.plan.level'), say(lang, 'study.plan.level-about', { level: formatP(lang, plan.level) }))}
    ${pair(
      say(lang, 'study.plan.further'),
      [...plan.secondary, ...plan.negativeControls].length === 0
        ? say(lang, 'study.plan.no-further')
        : [...plan.secondary, ...plan.negativeControls].map(({ label }) => label[lang]).join('; '),
    )}
    ${pair(say(lang, 'study.plan.stopping'), say(lang, 'study.stopping.once-at-the-end'))}
  </dl>`
}

const files = (lang: Lang, id: string): Markup =>
  html`<ul class="dl">
      <li>
        <a href="${urls.studyFile(id, 'frozen')}">${say(lang, 'study.file.frozen')} <span>JSON</span></a>
      </li>
      <li>
        <a href="${urls.studyFile(id, 'result')}">${say(lang, 'study.file.result')} <span>JSON</span></a>
      </li>
    </ul>
    <p class="after">${say(lang, 'study.check')}</p>
    ${commands(lang, [CHECK])}`

/** A study that does not hold: refused loudly, with both digests, and nothing of its figures. */
export function refusedStudyPage(lang: Lang, study: Extract<PublishedStudy, { kind: 'refused' }>): Page {
  const title = say(lang, 'study.refused')
  return {
    lang,
    title: `${title} · Kuager`,
    simulated: false,
    inLang: (other) => urls.study(other, study.id),
    body: () =>
      html`${crumbs(lang, [homePage(lang), { href: urls.plain(lang, 'coincidence'), text: say(lang, 'study.all') }])}
        <div class="ttl">
          <h1>${title}</h1>
          <p class="warn">${say(lang, `study.problem.${study.problem}`)}</p>
        </div>
        <dl class="pairs back">
          ${pair(say(lang, 'study.name'), html`<span class="mono">${study.id}</span>`)}
          ${study.claimed === undefined ? '' : pair(say(lang, 'study.digest-said'), html`<span class="mono">${study.claimed}</span>`)}
          ${
            study.recomputed === undefined
              ? ''
              : pair(
                  say(lang, 'study.digest-recomputed'),
                  html`<span class="mono">${study.recomputed}</span><br /><b
                      >${say(lang, study.recomputed === study.claimed ? 'study.digest-same' : 'study.digest-differs')}</b
                    >`,
                )
          }
        </dl>`,
  }
}
