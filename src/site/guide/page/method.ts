import { html } from 'hono/html'
import type { Markup } from '../../../web/html/markup.ts'
import { CAUSES, FAULT_CAUSES, INTERFERENCE_CAUSES } from '../../../core/model/incident/cause.ts'
import { parseInstant } from '../../../core/model/units.ts'
import { KINDS } from '../../../core/model/measured/verdict.ts'
import { say, capitalise } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDate } from '../../../core/text/time.ts'
import { urls } from '../../urls.ts'
import { scrolled } from '../../../web/html/fold.ts'
import type { Page } from '../../parts/layout.ts'
import { KIND_MARKS, mark } from '../../parts/mark.ts'
import type { MethodFigures } from './method-figures.ts'
import { paragraphs, parts, points, titled, topics } from '../../../web/html/prose.ts'

/** The sentences of each part of the page, in the order in which they are shown. */
const METHOD = {
  measuring: ['method.measuring.opens', 'method.measuring.often', 'method.measuring.line', 'method.measuring.raw'],
  control: ['method.control.abroad', 'method.control.innocent', 'method.control.needed'],
  pair: ['method.pair.same', 'method.pair.order', 'method.pair.reads'],
  verdicts: ['method.verdicts.about'],
  incident: ['method.incident.several', 'method.incident.interval', 'method.incident.gap', 'method.incident.revised'],
  weight: ['method.weight.two', 'method.weight.ratio', 'method.weight.not', 'method.weight.against'],
  word: [
    'method.word.blocking',
    'method.word.fault',
    'method.word.between',
    'method.word.few',
    'method.word.politics',
    'method.word.judged',
  ],
  scale: ['method.scale.about'],
  silence: [
    'method.silence.line',
    'method.silence.control',
    'method.silence.few',
    'method.silence.unknown',
    'method.silence.apart',
  ],
  limits: [
    'method.limits.where',
    'method.limits.short',
    'method.limits.phones',
    'method.limits.ipv6',
    'method.limits.private',
    'method.limits.calls',
    'method.limits.video',
    'method.limits.vpn',
    'method.limits.antivirus',
    'method.limits.root',
    'method.limits.address',
    'method.limits.place',
    'method.limits.who',
    'method.limits.forged',
    'method.limits.thinned',
    'method.limits.calibrated',
    'method.limits.server',
  ],
} as const

/** The method in plain words, with what it cannot see. */
export function methodPage(lang: Lang, figures: MethodFigures): Page {
  const title = say(lang, 'method.title')
  const values = figureWords(lang, figures)
  const plain = (part: keyof typeof METHOD): Markup => paragraphs(lang, METHOD[part], values)
  const listed = (part: keyof typeof METHOD): Markup => points(lang, METHOD[part], values)
  return {
    lang,
    title: `${title} · Kuager`,
    description: say(lang, 'method.lead'),
    simulated: false,
    inLang: (other) => urls.plain(other, 'method'),
    body: () =>
      html`${titled(title, say(lang, 'method.lead'))}
        ${parts(lang, [
          { id: 'measuring', heading: 'method.measuring', body: plain('measuring') },
          { id: 'control', heading: 'method.control', body: plain('control') },
          { id: 'pair', heading: 'method.pair', body: html`${pairPicture(lang)}${plain('pair')}` },
          { id: 'verdicts', heading: 'method.verdicts', body: html`${kinds(lang)}${plain('verdicts')}` },
          { id: 'incident', heading: 'method.incident', body: plain('incident') },
          { id: 'weight', heading: 'method.weight', body: plain('weight') },
          { id: 'word', heading: 'method.word', body: listed('word') },
          { id: 'scale', heading: 'method.scale', body: html`${plain('scale')}${scale(lang, figures)}` },
          { id: 'silence', heading: 'method.silence', body: listed('silence') },
          { id: 'limits', heading: 'method.limits', body: topics(lang, METHOD.limits, values) },
        ])}
        <p class="back"><a class="tap" href="${urls.methodInFull(lang)}">${say(lang, 'method.full-link')}</a></p>`,
  }
}

/** Three lines of a pair that tells of a name. */
const pairPicture = (lang: Lang): Markup =>
  html`<ol class="trio">
    <li>${mark('open')}<span>${say(lang, 'method.pair.other')}</span></li>
    <li>${mark('shut')}<span>${say(lang, 'method.pair.service')}</span></li>
    <li>${mark('open')}<span>${say(lang, 'method.pair.again')}</span></li>
  </ol>`

const MEANINGS = {
  reachable: 'full.judging.reachable',
  interfered: 'full.judging.interfered',
  unreachable: 'full.judging.unreachable',
  inconclusive: 'full.judging.inconclusive',
} as const

const kinds = (lang: Lang): Markup =>
  html`<ul class="points marked">
    ${KINDS.filter((kind) => kind !== 'not-judged').map(
      (kind) => html`<li>${mark(KIND_MARKS[kind])}<span>${say(lang, MEANINGS[kind])}</span></li>`,
    )}
  </ul>`

/** Words of support with the ratio from which on each is used, the weakest first. */
export const scale = (lang: Lang, { cause }: MethodFigures): Markup =>
  scrolled(
    say(lang, 'method.scale'),
    html`<table class="tbl">
      <thead>
        <tr>
          <th scope="col" class="amt">${say(lang, 'method.scale.from')}</th>
          <th scope="col">${say(lang, 'method.scale.word')}</th>
        </tr>
      </thead>
      <tbody>
        ${cause.scale.toReversed().map(
          ({ ratio, support }) =>
            html`<tr>
              <th scope="row" class="amt">${formatNumber(lang, ratio)}</th>
              <td>${capitalise(lang, say(lang, `support.${support}`))}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  )

/** Every figure that sentences of the method name, as text. */
export function figureWords(
  lang: Lang,
  { probe, reportDays, noteDays, standing, detect, throttling, cause }: MethodFigures,
) {
  const number = (value: number, digits = 2): string => formatNumber(lang, value, digits)
  const several = (list: readonly number[]): string => list.map((value) => number(value)).join(', ')
  return {
    coreMinutes: number(probe.coreMinutes),
    fullsPerDay: number(probe.fullsPerDay),
    coreKilobytes: number(probe.coreKilobytes),
    fullMegabytes: number(probe.fullMegabytes),
    allowanceMegabytes: number(probe.allowanceMegabytes),
    meteredMegabytes: number(probe.meteredMegabytes),
    meteredMinutes: number(probe.meteredMinutes),
    coreSeconds: number(probe.coreSeconds),
    fullSeconds: number(probe.fullSeconds),
    connectSeconds: number(probe.connectSeconds),
    handshakeSeconds: number(probe.handshakeSeconds),
    confirmSeconds: number(probe.confirmSeconds),
    rounds: number(probe.rounds),
    canaries: probe.canaries.join(', '),
    afterDays: number(standing.afterDays),
    onDays: number(standing.onDays),
    forgetDays: number(standing.forgetDays),
    reportDays: number(reportDays),
    noteDays: number(noteDays),
    failOpen: number(detect.failOpen),
    passing: several(detect.passing),
    loads: several(detect.loads),
    shortHours: number(detect.shortHours, 1),
    longHours: number(detect.longHours, 0),
    probes: number(detect.probes),
    floorHours: number(detect.floorHours),
    witness: number(detect.witness, 1),
    withoutOne: number(detect.withoutOne),
    raise: number(detect.raise, 3),
    clear: number(detect.clear),
    peak: number(detect.peak),
    draws: number(detect.draws),
    slowRatio: number(throttling.ratio),
    slowProbes: number(throttling.probes),
    baselineDays: number(throttling.baselineDays),
    leastDays: number(throttling.leastDays),
    leastRounds: number(throttling.leastRounds),
    windowHours: several(throttling.windowHours),
    decisive: number(cause.decisive, 0),
    least: number(cause.least),
    most: number((1 - cause.least) / cause.least, 0),
    incidents: number(cause.incidents),
    checkedAt: formatDate(lang, parseInstant(cause.checkedAt), 'UTC'),
    causes: number(CAUSES.length),
    interference: number(INTERFERENCE_CAUSES.length),
    faults: number(FAULT_CAUSES.length),
  }
}
