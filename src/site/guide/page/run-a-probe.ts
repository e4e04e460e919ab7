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
import type { Page } from '../../parts/layout.ts'
import { figureWords } from './method.ts'
import type { MethodFigures } from './method-figures.ts'
import { commands, paragraphs, parts, titled } from '../../../web/html/prose.ts'

/** The sentences of each part of the page, in the order in which they are shown. */
const JOIN = {
  measures: ['join.measures.never', 'join.measures.list'],
  cost: ['join.cost.schedule', 'join.cost.metered', 'join.cost.processor'],
  not: ['join.not.paid'],
  phone: ['join.phone.about'],
} as const

export interface RunAProbeView {
  readonly figures: MethodFigures
  /** Whether this server takes measurements. */
  readonly takes: boolean
  /** Where probes are missing. */
  readonly gaps: ProbeGaps
  readonly hasPoster: boolean
}

/** What measuring is, what it costs and risks, and how it is begun and ended. What the program asks is said in its own words. */
export function runAProbePage(lang: Lang, { figures, takes, gaps, hasPoster }: RunAProbeView): Page {
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
    body: (frame) => {
      const where = takes && frame.origin !== undefined ? frame.origin : 'https://COLLECTOR'
      const target = `--collector ${where} --control https://CONTROL`
      return html`${titled(title, say(lang, 'join.lead'))}
      ${parts(lang, [
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
        { id: 'start', heading: 'join.start', body: start(lang, target, values) },
        {
          id: 'phone',
          heading: 'join.phone',
          body: html`${plain('phone')}${commands(lang, ['npx kuager probe ooni-run'])}`,
        },
        {
          id: 'status',
          heading: 'join.status',
          body: html`<p>${say(lang, 'join.status.about')}</p>
            ${commands(lang, ['npx kuager probe status'])}
            <p>${say(lang, 'join.status.week')}</p>`,
        },
        {
          id: 'stop',
          heading: 'join.stop',
          body: html`<p>${say(lang, 'join.stop.pause')}</p>
            <p>${say(lang, 'join.stop.forget')}</p>
            ${commands(lang, ['npx kuager probe forget'])}
            <p>${say(lang, 'join.stop.stays')}</p>`,
        },
        { id: 'poster', heading: 'gaps.poster', body: posterPart(lang, hasPoster) },
      ])}`
    },
  }
}

type ConsentName =
  'what' | 'not' | 'sent' | 'not-sent' | 'public' | 'key' | 'cost' | 'visible' | 'law' | 'who-not' | 'no-promise'

const start = (lang: Lang, target: string, values: MessageValues<'join.start.systems'>): Markup =>
  html`<p>${say(lang, 'join.read-whole')}</p>
    <p>${say(lang, 'join.start.needs')}</p>
    <p>${say(lang, 'join.start.get')}</p>
    ${commands(lang, ['git clone REPOSITORY kuager', 'cd kuager', 'npm ci --ignore-scripts'])}
    <p>${say(lang, 'join.start.once')}</p>
    ${commands(lang, [`npx kuager probe run ${target}`])}
    <p>${say(lang, 'join.start.consent')}</p>
    <p>${say(lang, 'join.start.keep')}</p>
    ${commands(lang, [`npx kuager probe install ${target}`, `npx kuager probe install --metered ${target}`])}
    <p>${say(lang, 'join.start.systems', values)}</p>
    <p>${say(lang, 'join.start.invitation')}</p>
    ${commands(lang, ['npx kuager probe invite CODE'])}`

/** What each group measures, by name: consent needs a list. */
const tiers = (lang: Lang, { probe }: MethodFigures): Markup =>
  html`${TIERS.map((tier: Tier) =>
    fold(
      say(lang, 'join.tier', { tier }),
      html`<p>${say(lang, `probe.tier.${tier}`, { tier, first: 'A', list: probe.tiers[tier].join(', ') })}</p>`,
    ),
  )}`
