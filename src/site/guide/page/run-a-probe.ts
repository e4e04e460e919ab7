import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { TIERS, type Tier } from '../../../core/model/tables/service.ts'
import { say, type MessageValues } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import type { ProbeGaps } from '../../probes/gaps.ts'
import { gapsPart, posterPart } from '../../probes/page.ts'
import { urls } from '../../urls.ts'
import { fold } from '../../../web/html/fold.ts'
import { phonePart, stopPart, type JoinView } from '../../join/page/join.ts'
import type { Page } from '../../parts/layout.ts'
import { figureWords } from './method.ts'
import type { MethodFigures } from './method-figures.ts'
import { commands, paragraphs, parts, titled } from '../../../web/html/prose.ts'

/** The sentences of each part of the page, in the order in which they are shown. */
const JOIN = {
  measures: ['join.measures.never', 'join.measures.list'],
  cost: ['join.cost.schedule', 'join.cost.metered', 'join.cost.processor'],
  not: ['join.not.paid'],
} as const

export interface RunAProbeView {
  readonly figures: MethodFigures
  /** What the operator set for volunteers, as the page on joining shows it. */
  readonly join: JoinView
  /** Where probes are missing. */
  readonly gaps: ProbeGaps
  /** Absent in a copy, where no server has it. */
  readonly hasPoster?: boolean
}

/** What measuring is, what it costs and risks, and how it is begun and ended. What the program asks is said in its own words. */
export function runAProbePage(lang: Lang, { figures, join, gaps, hasPoster }: RunAProbeView): Page {
  const title = say(lang, 'join.title')
  const values = {
    ...figureWords(lang, figures),
    core: formatNumber(lang, figures.probe.coreKilobytes),
    full: formatNumber(lang, figures.probe.fullMegabytes),
    month: formatNumber(lang, figures.probe.allowanceMegabytes),
    first: 'A',
    stop: 'Ctrl-C',
    forget: 'npx kuager probe forget',
    daemon: 'npx kuager probe daemon',
    file: 'data/services.json',
    wine: 'Wine',
  }
  const plain = (part: keyof typeof JOIN): Markup => paragraphs(lang, JOIN[part], values)
  const consent = (...names: readonly ConsentName[]): Markup =>
    paragraphs(
      lang,
      names.map((name): `probe.consent.${ConsentName}` => `probe.consent.${name}`),
      values,
    )
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'join.lead'),
    simulated: false,
    inLang: (other) => urls.plain(other, 'probe'),
    body: () =>
      html`${titled(title, say(lang, 'join.lead'))}
      ${parts(lang, [
        { id: 'start', heading: 'join.start', body: steps(lang) },
        { id: 'not', heading: 'join.not', body: html`${consent('who-not')}${plain('not')}${consent('no-promise')}` },
        { id: 'risk', heading: 'join.risk', body: consent('visible', 'law') },
        {
          id: 'measures',
          heading: 'join.measures',
          body: html`${consent('what', 'not')}${tiers(lang, figures)}${plain('measures')}`,
        },
        { id: 'sent', heading: 'join.sent', body: consent('sent', 'not-sent', 'public', 'key') },
        { id: 'cost', heading: 'join.cost', body: html`${consent('cost')}${plain('cost')}` },
        { id: 'gaps', heading: 'gaps.title', body: gapsPart(lang, gaps) },
        {
          id: 'status',
          heading: 'join.status',
          body: html`<p>${say(lang, 'join.status.about')}</p>
            <p>${say(lang, 'join.status.week')}</p>
            <p>${say(lang, 'join.start.invitation')}</p>`,
        },
        {
          id: 'stop',
          heading: 'join.stop',
          body: stopPart(lang),
        },
        { id: 'phone', heading: 'join.phone', body: phonePart(lang, join) },
        ...(hasPoster === undefined
          ? []
          : [{ id: 'poster', heading: 'gaps.poster', body: posterPart(lang, hasPoster) } as const]),
        { id: 'terminal', heading: 'join.terminal', body: terminal(lang, join, values) },
      ])}`,
  }
}

type ConsentName =
  'what' | 'not' | 'sent' | 'not-sent' | 'public' | 'key' | 'cost' | 'visible' | 'law' | 'who-not' | 'no-promise'

/** The way of a person who was never in a terminal. */
const steps = (lang: Lang): Markup =>
  html`<ol class="steps">
      ${(['get', 'open', 'paste', 'stop'] as const).map(
        (step) => html`<li>${say(lang, `join.step.${step}`, { forget: say(lang, 'probe-page.forget') })}</li>`,
      )}
    </ol>
    <p><a class="btn first" href="${urls.plain(lang, 'join')}">${say(lang, 'join.step.go')}</a></p>
    <p>${say(lang, 'join.read-whole')}</p>`

/** The same by commands, from the source: only addresses that the operator has set. */
const terminal = (lang: Lang, { link, repository }: JoinView, values: MessageValues<'join.start.systems'>): Markup =>
  fold(
    say(lang, 'join.terminal.open'),
    html`<p>${say(lang, 'join.start.needs')}</p>
      ${
        repository === undefined
          ? html`<p>${say(lang, 'join.terminal.no-source')}</p>`
          : html`<p>${say(lang, 'join.start.get')}</p>
              ${commands(lang, [`git clone ${repository} kuager`, 'cd kuager', 'npm ci --ignore-scripts'])}`
      }
      ${
        link === undefined
          ? html`<p>${say(lang, 'join-page.link.none')}</p>`
          : html`<p>${say(lang, 'join.terminal.join')}</p>
              ${commands(lang, [`npx kuager probe join ${link}`])}`
      }
      <p>${say(lang, 'join.start.once')}</p>
      ${commands(lang, ['npx kuager probe run'])}
      <p>${say(lang, 'join.start.consent')}</p>
      <p>${say(lang, 'join.start.keep')}</p>
      ${commands(lang, ['npx kuager probe install', 'npx kuager probe install --metered'])}
      <p>${say(lang, 'join.start.systems', values)}</p>
      <p>${say(lang, 'join.terminal.later')}</p>
      ${commands(lang, ['npx kuager probe status', 'npx kuager probe pause day', 'npx kuager probe forget'])}`,
  )

/** What each group measures, by name: consent needs a list. */
const tiers = (lang: Lang, { probe }: MethodFigures): Markup =>
  html`${TIERS.map((tier: Tier) =>
    fold(
      say(lang, 'join.tier', { tier }),
      html`<p>${say(lang, `probe.tier.${tier}`, { tier, first: 'A', list: probe.tiers[tier].join(', ') })}</p>`,
    ),
  )}`
