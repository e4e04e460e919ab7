import { crumbs, homePage } from '../../parts/crumbs.ts'
import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { BLOCKING_GROUNDS, CAUSES, INTERFERENCE_CAUSES } from '../../../core/model/incident/cause.ts'
import { LAYERS, MECHANISMS } from '../../../core/model/measured/mechanism.ts'
import { outcomeName } from '../../../core/text/sentence/cause.ts'
import { capitalise, say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { instant } from '../../../core/model/units.ts'
import { formatDate } from '../../../core/text/time.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { urls } from '../../urls.ts'
import { fold, scrolled } from '../../../web/html/fold.ts'
import type { Page } from '../../parts/layout.ts'
import { figureWords, scale } from './method.ts'
import type { MethodFigures } from './method-figures.ts'
import { pairs, parts, points, titled } from '../../../web/html/prose.ts'

/** The sentences of each part of the page, in the order in which they are shown. */
const FULL = {
  rules: ['full.rules.about', 'full.rules.documents'],
  run: [
    'full.run.line',
    'full.run.scout',
    'full.run.pairs',
    'full.run.transfers',
    'full.run.abroad',
    'full.run.cadence',
    'full.run.bytes',
    'full.run.limits',
  ],
  pairs: [
    'full.pairs.order',
    'full.pairs.confirm',
    'full.pairs.crossed',
    'full.pairs.neighbour',
    'full.pairs.residual',
    'full.pairs.reversed',
  ],
  judging: [
    'full.judging.never',
    'full.judging.reachable',
    'full.judging.interfered',
    'full.judging.unreachable',
    'full.judging.inconclusive',
    'full.judging.removed',
    'full.judging.artefact',
    'full.judging.roots',
    'full.judging.named',
    'full.judging.cap',
  ],
  mechanisms: ['full.mechanisms.about', 'full.mechanisms.fault'],
  standing: ['full.standing.counts', 'full.standing.known', 'full.standing.device', 'full.standing.apart'],
  series: [
    'full.series.reading',
    'full.series.burst',
    'full.series.chain',
    'full.series.kinds',
    'full.series.load',
    'full.series.failure',
  ],
  incidents: [
    'full.incidents.found',
    'full.incidents.floor',
    'full.incidents.one',
    'full.incidents.states',
    'full.incidents.alarm',
    'full.incidents.gaps',
  ],
  dates: ['full.dates.draws', 'full.dates.interval', 'full.dates.bracket', 'full.dates.open', 'full.dates.margin'],
  throttling: ['full.throttling.pair', 'full.throttling.usual', 'full.throttling.slow', 'full.throttling.abroad'],
  cause: [
    'full.cause.propositions',
    'full.cause.given',
    'full.cause.product',
    'full.cause.skipped',
    'full.cause.order',
    'full.cause.rival',
    'full.cause.unseen',
    'full.cause.intervals',
  ],
  word: ['full.word.blocking', 'full.word.grounds', 'full.word.fault', 'full.word.between'],
  table: ['full.table.about', 'full.table.read'],
  coincidence: [
    'full.coincidence.apart',
    'full.coincidence.frozen',
    'full.coincidence.scheduled',
    'full.coincidence.tests',
    'full.coincidence.floor',
    'full.coincidence.cause',
  ],
  revisions: [
    'full.revisions.first',
    'full.revisions.published',
    'full.revisions.revised',
    'full.revisions.same',
    'full.revisions.erased',
  ],
  calibration: [
    'full.calibration.simulated',
    'full.calibration.settings',
    'full.calibration.table',
    'full.calibration.real',
    'full.calibration.intervals',
  ],
  wrong: [
    'full.wrong.address',
    'full.wrong.edge',
    'full.wrong.filter',
    'full.wrong.memory',
    'full.wrong.dependent',
    'full.wrong.keys',
    'full.wrong.load',
  ],
} as const

/** Pages of the repository that hold the binding text. */
const DOCUMENTS = [
  'docs/methods/measuring.md',
  'docs/methods/judging.md',
  'docs/methods/tls-and-http.md',
  'docs/methods/tunnels.md',
  'docs/methods/readings.md',
  'docs/methods/detecting.md',
  'docs/methods/throttling.md',
  'docs/methods/second-opinions.md',
  'docs/methods/episodes.md',
  'docs/methods/pooling.md',
  'docs/methods/cause.md',
  'docs/methods/hostile-expert.md',
  'docs/methods/coincidence.md',
  'docs/methods/claims.md',
  'docs/methods/impact.md',
  'docs/methods/simulated-series.md',
  'docs/formats/collector.md',
  'docs/formats/incidents.md',
] as const

/** The method in full: rules, thresholds and tables as they are in force. */
export function methodInFullPage(lang: Lang, figures: MethodFigures): Page {
  const title = say(lang, 'full.title')
  const values = figureWords(lang, figures)
  const chapter = (part: keyof typeof FULL, more: Markup = html``): Chapter => ({
    id: part,
    heading: `full.${part}`,
    body: html`${points(lang, FULL[part], values)}${more}`,
  })
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'full.lead'),
    simulated: false,
    inLang: urls.methodInFull,
    body: () =>
      html`${crumbs(lang, [homePage(lang), { href: urls.plain(lang, 'method'), text: say(lang, 'method.title') }])}
      ${titled(title, say(lang, 'full.lead'))}
      ${parts(lang, [
        chapter('rules', inForce(lang, figures)),
        chapter('run'),
        chapter('pairs'),
        chapter('judging', rules(lang, figures)),
        chapter('mechanisms', mechanisms(lang)),
        chapter('standing'),
        chapter('series'),
        chapter('incidents'),
        chapter('dates'),
        chapter('throttling'),
        chapter('cause'),
        chapter('word', html`${grounds(lang)}${scale(lang, figures)}`),
        chapter('table', causeTable(lang, figures)),
        chapter('coincidence'),
        chapter('revisions'),
        chapter('calibration'),
        chapter('wrong'),
      ])}`,
  }
}

interface Chapter {
  readonly id: string
  readonly heading: `full.${keyof typeof FULL}`
  readonly body: Markup
}

const inForce = (lang: Lang, { rulesRevision, detectRevision, cause, list }: MethodFigures): Markup =>
  html`<ul class="files">
      ${DOCUMENTS.map((name) => html`<li class="mono">${name}</li>`)}
    </ul>
    ${pairs([
      [say(lang, 'full.revision-judge'), rulesRevision],
      [say(lang, 'full.revision-detect'), detectRevision],
      [say(lang, 'full.digest'), html`<span class="mono">${cause.digest}</span>`],
      [say(lang, 'full.list-day'), dayOf(lang, list.day)],
      [say(lang, 'full.list-check'), checkOf(lang, list)],
    ])}`

const dayOf = (lang: Lang, day: string): string => formatDate(lang, instant(Date.parse(day)), 'UTC')

const checkOf = (lang: Lang, { check }: MethodFigures['list']): string =>
  check === undefined
    ? say(lang, 'full.list-unchecked')
    : say(lang, 'full.list-checked', {
        day: dayOf(lang, check.day),
        hosts: String(check.hosts),
        alive: String(check.alive),
      })

/** Names of rules are those of the repository, in every language. */
const rules = (lang: Lang, figures: MethodFigures): Markup =>
  fold(
    say(lang, 'full.rules-table', { count: figures.rules.length }),
    html`<p class="q">${say(lang, 'full.weight-about')}</p>
      ${scrolled(
        say(lang, 'full.judging'),
        html`<table class="tbl">
          <thead>
            <tr>
              <th scope="col">${say(lang, 'full.rule')}</th>
              <th scope="col">${say(lang, 'column.layer')}</th>
              <th scope="col" class="amt">${say(lang, 'full.weight')}</th>
            </tr>
          </thead>
          <tbody>
            ${figures.rules.map(
              ({ id, layer, log10Lr }) =>
                html`<tr>
                  <th scope="row" class="mono" translate="no">${id}</th>
                  <td>${layer === undefined ? '–' : say(lang, `layer.${layer}`)}</td>
                  <td class="amt">${formatNumber(lang, log10Lr, 2)}</td>
                </tr>`,
            )}
          </tbody>
        </table>`,
      )}`,
  )

const mechanisms = (lang: Lang): Markup =>
  html`${[...LAYERS, 'fault' as const].map((layer) => {
    const own = MECHANISMS.filter((mechanism) => mechanism.startsWith(`${layer}.`))
    return own.length === 0
      ? ''
      : fold(
          layer === 'fault' ? say(lang, 'full.side-fault') : say(lang, `layer.${layer}`),
          html`<dl class="pairs terms">
            ${own.map(
              (mechanism) =>
                html`<div>
                  <dt class="mono" translate="no">${mechanism}</dt>
                  <dd>${say(lang, `mechanism.${mechanism}`)}</dd>
                </div>`,
            )}
          </dl>`,
        )
  })}`

const grounds = (lang: Lang): Markup =>
  html`<h3>${say(lang, 'full.ground-list')}</h3>
    <ul class="points">
      ${BLOCKING_GROUNDS.map((ground) => html`<li>${capitalise(lang, say(lang, `ground.${ground}`))}</li>`)}
    </ul>`

/** Every entry of the table, item by item: what it says is what weighs. */
const causeTable = (lang: Lang, { cause }: MethodFigures): Markup =>
  html`${cause.table.map(({ item, outcomes }) =>
    fold(
      say(lang, `item.${item}`),
      scrolled(
        say(lang, `item.${item}`),
        html`<table class="tbl odds">
          <thead>
            <tr>
              <th scope="col">${say(lang, 'full.explanation')}</th>
              ${outcomes.map(
                ({ outcome }) =>
                  // The table is made from CAUSE_ITEMS, item by item.
                  html`<th scope="col" class="amt">${capitalise(lang, outcomeName(lang, { item }, outcome))}</th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${CAUSES.map(
              (one, at) =>
                html`${at === 0 ? side(lang, 'full.side-interference', outcomes.length) : ''}
                  ${at === INTERFERENCE_CAUSES.length ? side(lang, 'full.side-fault', outcomes.length) : ''}
                  <tr>
                    <th scope="row">${capitalise(lang, say(lang, `cause.${one}`))}</th>
                    ${outcomes.map(({ p }) => html`<td class="amt">${formatNumber(lang, (p[at] ?? 0) * 100)}</td>`)}
                  </tr>`,
            )}
          </tbody>
        </table>`,
      ),
    ),
  )}`

const side = (lang: Lang, key: 'full.side-interference' | 'full.side-fault', columns: number): Markup =>
  html`<tr class="side-of">
    <th scope="rowgroup" colspan="${columns + 1}">${say(lang, key)}</th>
  </tr>`
