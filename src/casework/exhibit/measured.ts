import { anchor, goesOn } from '../../core/model/incident/bounds.ts'
import type { BundleMeasurement } from '../../core/model/incident/bundle.ts'
import type { KeyEnd } from '../../core/text/catalogue.ts'
import { say } from '../../core/text/format.ts'
import {
  edgesText,
  edgeText,
  headline,
  lengthText,
  networkText,
  shareText,
  withdrawnText,
  type EdgeTexts,
} from '../../core/text/sentence/incident.ts'
import { findingSentence } from '../../core/text/sentence/incident-verdict.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime, formatOffset, HOME_ZONE } from '../../core/text/time.ts'
import {
  blank,
  type Block,
  bulletList,
  factRows,
  heading,
  type LabelledFact,
  paragraph,
  strong,
  textSpan,
} from '../../documents/paper.ts'
import { cut, listed, type ExhibitFinding, type ExhibitGround, type PageBudget } from './finding.ts'
import { seriesChart } from './series-chart.ts'

// What was measured: the finding and what it does not show, when, where, by whom, and the series.

const edge = (lang: Lang, { value, interval }: EdgeTexts): string =>
  interval === undefined ? value : say(lang, 'incident.interval', { value, interval })

/** The finding in one sentence with its strength, then what it does not show. */
export function findingBlocks(lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] {
  const { incident } = finding
  const { start, end } = edgesText(lang, incident)
  const said = incident.withdrawn
    ? [
        withdrawnText(lang, incident),
        ...(incident.note === undefined ? [] : [cut(incident.note, { ...room, letters: room.letters * 2 })]),
      ]
    : [
        `${say(lang, 'incident.start')}: ${edge(lang, start)}.`,
        `${say(lang, 'incident.end')}: ${edge(lang, end)}.`,
        findingSentence(lang, incident),
      ]
  const sentences = said.filter((sentence) => sentence !== '').map((sentence) => sentence.replace(/\.\.$/, '.'))
  return [
    {
      kind: 'finding',
      text: [strong(`${cut(headline(lang, finding), room)}.`), textSpan(` ${sentences.join(' ')}`)],
    },
    ...notShownBlocks(lang),
  ]
}

/** What measurements do not show; `first` before what is true of all. */
export const notShownBlocks = (lang: Lang, first: readonly string[] = []): readonly Block[] => [
  heading(say(lang, 'exhibit.not-shown')),
  bulletList([
    ...first,
    ...(['who', 'law', 'elsewhere', 'people'] as const).map((what) => say(lang, `exhibit.not-shown.${what}`)),
  ]),
]

/** Where the method ends; `first` before that. */
export const methodLimitBlocks = (
  lang: Lang,
  limits: readonly KeyEnd<'exhibit.limit'>[],
  first: readonly string[] = [],
): readonly Block[] => [
  heading(say(lang, 'exhibit.limits')),
  bulletList([...first, ...limits.map((what) => say(lang, `exhibit.limit.${what}`))]),
]

/** Start, end and length: as intervals, in the time of the country and in UTC, and the measurements beside them. */
export function whenBlocks(lang: Lang, { incident }: ExhibitFinding): readonly Block[] {
  const at = anchor(incident)
  const home = say(lang, 'exhibit.home', { offset: at === undefined ? 'UTC+5' : formatOffset(at) })
  const row = (side: 'start' | 'end', zone: string, name: string): LabelledFact => ({
    label: say(lang, `exhibit.${side}`, { zone: name }),
    value: edgeText(lang, incident[side], { side, zone, running: goesOn(incident) }),
  })
  return [
    heading(say(lang, 'exhibit.when')),
    factRows([
      row('start', HOME_ZONE, home),
      row('start', 'UTC', 'UTC'),
      row('end', HOME_ZONE, home),
      row('end', 'UTC', 'UTC'),
      { label: say(lang, 'incident.length'), value: edge(lang, lengthText(lang, incident)) },
    ]),
    paragraph([say(lang, 'exhibit.bracketed'), ...brackets(lang, incident)].join(' ')),
  ]
}

function brackets(lang: Lang, incident: ExhibitFinding['incident']): readonly string[] {
  const slow = incident.state === 'throttled'
  return (['start', 'end'] as const).flatMap((side) => {
    const [from, until] = incident[side].bracket
    if (from === undefined || until === undefined) return []
    const key = `incident.bracket-${side}` as const
    const times = { from: formatDateTime(lang, from), until: formatDateTime(lang, until) }
    return [say(lang, slow ? `${key}-slow` : key, times)]
  })
}

/** Network, names tested, and how failed exchanges ended. */
export function whereBlocks(lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] {
  const { incident, targets } = finding
  return [
    heading(say(lang, 'exhibit.where')),
    factRows([
      { label: say(lang, 'exhibit.network'), value: cut(networkText(lang, finding), room) },
      { label: say(lang, 'exhibit.service'), value: cut(finding.serviceName, room) },
      targetsRow(lang, targets, room),
      {
        label: say(lang, 'incident.revision'),
        value: [
          formatNumber(lang, incident.revision),
          say(lang, `incident.reason.${incident.reason}`),
          `${formatDateTime(lang, incident.revisedAt, 'UTC')} UTC`,
        ].join('; '),
      },
      // Of a withdrawn one no exchange is said to have failed.
      ...(incident.withdrawn
        ? []
        : [
            {
              label: say(lang, 'exhibit.mechanism'),
              value:
                incident.mechanism === undefined
                  ? say(lang, 'exhibit.mechanism-none')
                  : say(lang, `mechanism.${incident.mechanism}`),
            },
          ]),
    ]),
  ]
}

/** Names or addresses that were tested. */
export const targetsRow = (lang: Lang, targets: readonly string[], room: PageBudget): LabelledFact => ({
  label: say(lang, 'exhibit.targets'),
  value: targets.length === 0 ? [blank(say(lang, 'exhibit.targets'))] : listed(targets, room),
})

/** Devices, measurements, programs, and who collected and published: with who pays and what ties they have. */
export function whoBlocks(lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] {
  const { incident } = finding
  const [devices = '', share = ''] = shareText(lang, incident)
  return [
    heading(say(lang, 'exhibit.who')),
    factRows([
      { label: say(lang, 'exhibit.devices'), value: devices },
      { label: say(lang, 'exhibit.share'), value: share },
      { label: say(lang, 'exhibit.inside'), value: formatNumber(lang, incident.readings) },
      heldRow(lang, finding),
      ...collectedRows(lang, finding, room),
    ]),
    paragraph(say(lang, incident.simulated ? 'incident.simulated' : 'exhibit.volunteers')),
  ]
}

/** How many measurements the bundle of an incident holds, by what they are for. */
export function heldRow(lang: Lang, { measurements }: Pick<ExhibitGround, 'measurements'>): LabelledFact {
  const number = (value: number): string => formatNumber(lang, value)
  const count = (fits: (one: BundleMeasurement) => boolean): string => number(measurements.filter(fits).length)
  return {
    label: say(lang, 'exhibit.held'),
    value: say(lang, 'exhibit.held-roles', {
      all: number(measurements.length),
      series: count(({ role }) => role === 'series'),
      comparison: count(({ role }) => role === 'comparison'),
      network: count(({ role }) => role === 'same-network'),
      service: count(({ role }) => role === 'same-service'),
    }),
  }
}

/** What does not count or cannot be shown, by which programs all was measured, and who collected it. */
export function collectedRows(lang: Lang, finding: ExhibitGround, room: PageBudget): readonly LabelledFact[] {
  const { measurements, software, operator } = finding
  const number = (value: number): string => formatNumber(lang, value)
  const count = (fits: (one: BundleMeasurement) => boolean): string => number(measurements.filter(fits).length)
  return [
    { label: say(lang, 'exhibit.apart'), value: count(({ role }) => role === 'apart') },
    {
      label: say(lang, 'exhibit.lost'),
      value: `${count(({ state }) => state === 'erased')}; ${count(({ state }) => state === 'form-changed')}`,
    },
    {
      label: say(lang, 'exhibit.programs'),
      value:
        software.length === 0
          ? [blank(say(lang, 'exhibit.programs'))]
          : listed(
              software.map((one) => `${one.name}: ${number(one.count)}`),
              room,
            ),
    },
    ...operatorRows(lang, operator, room),
  ]
}

function operatorRows(lang: Lang, operator: ExhibitFinding['operator'], room: PageBudget): readonly LabelledFact[] {
  const label = say(lang, 'exhibit.operator')
  if (operator === undefined) return [{ label, value: [blank(say(lang, 'exhibit.operator-what'))] }]
  const several = (names: readonly string[]): string => listed(names, room, say(lang, 'exhibit.interests-none'))
  return [
    { label, value: cut(operator.name[lang], room) },
    { label: say(lang, 'exhibit.seat'), value: cut(operator.seat[lang], room) },
    { label: say(lang, 'exhibit.funders'), value: several(operator.funders.map(({ name }) => name[lang])) },
    { label: say(lang, 'exhibit.interests'), value: several(operator.interests.map((one) => one[lang])) },
  ]
}

/** The series as a drawing with its table; in words where it cannot be drawn. */
export function seriesBlocks(lang: Lang, finding: ExhibitFinding, room: PageBudget): readonly Block[] {
  const caption = say(lang, 'exhibit.series')
  const chart = seriesChart(lang, finding, { bars: room.bars, caption })
  return [heading(caption), chart ?? paragraph(say(lang, 'incident.axis-none'))]
}
