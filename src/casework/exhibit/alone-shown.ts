import { instant, type Instant } from '../../core/model/units.ts'
import { KINDS } from '../../core/model/measured/verdict.ts'
import { say } from '../../core/text/format.ts'
import { spanText } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatClock, formatDate, formatDateTime, formatOffset, HOME_ZONE } from '../../core/text/time.ts'
import { type Block, code, heading, type Inline, paragraph, strong } from '../../documents/paper.ts'
import { countedMeasurements, countOf, countDevices, type AloneFinding, type OneJudged } from './alone-finding.ts'
import { cut, type PageBudget } from './finding.ts'
import { stepsWithin } from './series-chart.ts'

// Bare measurements as tables and drawings: by service and network, one by one, over time.

/** Verdicts with a column of their own; the others are few and appear in the list. */
const COLUMNS = ['reachable', 'interfered', 'unreachable', 'inconclusive'] as const

/** A series by the names that a reader sees. */
const seriesOf = ({ service, network }: OneJudged): string => `${service}; ${network}`

/** Series of those that count, the largest first. */
const seriesIn = (judged: readonly OneJudged[]): readonly (readonly [name: string, all: readonly OneJudged[]])[] =>
  [...Map.groupBy(judged, seriesOf)].toSorted(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1))

/** What each verdict says and does not say, and how many there are. */
export function verdictBlocks(lang: Lang, finding: AloneFinding): readonly Block[] {
  const all = countedMeasurements(finding)
  return [
    heading(say(lang, 'alone.verdicts')),
    {
      kind: 'table',
      columns: [
        { head: say(lang, 'alone.verdict'), share: 1.5 },
        { head: say(lang, 'exhibit.measured'), align: 'number', share: 1.1 },
        { head: say(lang, 'alone.says'), share: 3.4 },
        { head: say(lang, 'alone.says-not'), share: 2.8 },
      ],
      rows: KINDS.filter((kind) => kind !== 'not-judged' || countOf(all, kind) > 0).map((kind): readonly Inline[] => [
        [strong(say(lang, `kind.${kind}`))],
        formatNumber(lang, countOf(all, kind)),
        say(lang, `alone.says.${kind}`),
        say(lang, `alone.says-not.${kind}`),
      ]),
    },
  ]
}

/** Each service on each network with its counts. */
export function bySeriesBlocks(lang: Lang, finding: AloneFinding, room: PageBudget): readonly Block[] {
  const number = (value: number): string => formatNumber(lang, value)
  const series = seriesIn(countedMeasurements(finding))
  if (series.length < 2) return []
  const [shown, rest] = [series.slice(0, room.compared), series.slice(room.compared)]
  const row = (name: string, all: readonly OneJudged[]): readonly Inline[] => [
    name,
    number(countDevices(all)),
    number(all.length),
    ...COLUMNS.map((kind) => number(countOf(all, kind))),
  ]
  return [
    heading(say(lang, 'alone.by-series')),
    {
      kind: 'table',
      columns: [
        { head: say(lang, 'alone.series'), share: 2.6 },
        { head: say(lang, 'exhibit.devices'), align: 'number', share: 1.2 },
        { head: say(lang, 'exhibit.measured'), align: 'number', share: 1.2 },
        ...COLUMNS.map((kind) => ({ head: say(lang, `kind.${kind}`), align: 'number', share: 1.35 }) as const),
      ],
      rows: [
        ...shown.map(([name, all]) => row(cut(name, room), all)),
        ...(rest.length === 0
          ? []
          : [
              row(
                say(lang, 'exhibit.more-compared', { count: number(rest.length) }),
                rest.flatMap(([, all]) => all),
              ),
            ]),
      ],
    },
  ]
}

const byTime = (a: OneJudged, b: OneJudged): number => a.startedAt - b.startedAt || a.leaf - b.leaf

/** Whether each can be shown by itself. */
const fitsOneByOne = ({ judged }: AloneFinding, room: PageBudget): boolean => judged.length <= room.bars

/** Measurements one by one with their numbers in the log; where there are more than fit, where they stand. */
export function listBlocks(lang: Lang, finding: AloneFinding, room: PageBudget): readonly Block[] {
  const all = finding.judged.toSorted(byTime)
  const [first, last] = [all[0], all.at(-1)]
  if (first === undefined || last === undefined) return []
  const title = heading(say(lang, 'alone.one-by-one'))
  if (!fitsOneByOne(finding, room))
    return [
      title,
      paragraph(say(lang, 'alone.too-many', { count: formatNumber(lang, all.length), file: 'data/verdicts.jsonl' })),
    ]
  const several = seriesIn(all).length > 1
  const show = clockWithin(lang, first.startedAt, last.startedAt)
  const verdictOf = ({ kind, apart }: OneJudged): string =>
    [say(lang, `kind.${kind}`), ...(apart ? [say(lang, 'exhibit.apart').toLocaleLowerCase(lang)] : [])].join('; ')
  const row = (one: OneJudged): readonly Inline[] => [
    [code(String(one.leaf))],
    show(one.startedAt, HOME_ZONE),
    show(one.startedAt, 'UTC'),
    ...(several ? [cut(seriesOf(one), room)] : []),
    verdictOf(one),
    one.mechanism === undefined ? '' : say(lang, `mechanism.${one.mechanism}`),
  ]
  return [
    title,
    {
      kind: 'table',
      columns: [
        { head: say(lang, 'exhibit.annex-leaf'), share: 1 },
        { head: `${say(lang, 'incident.table-time')}, ${formatOffset(first.startedAt)}`, share: 1.4 },
        { head: 'UTC', share: 1.4 },
        ...(several ? [{ head: say(lang, 'alone.series'), share: 2.4 }] : []),
        { head: say(lang, 'alone.verdict'), share: 2 },
        { head: say(lang, 'exhibit.mechanism'), share: 2.4 },
      ],
      rows: all.map(row),
    },
  ]
}

/** Times as clocks where all lie on one day of either zone, else with their dates. */
function clockWithin(lang: Lang, first: Instant, last: Instant): (at: Instant, zone: string) => string {
  const oneDay = [HOME_ZONE, 'UTC'].every((zone) => formatDate(lang, first, zone) === formatDate(lang, last, zone))
  return (at, zone) => (oneDay ? formatClock(at, zone) : formatDateTime(lang, at, zone))
}

interface Step {
  readonly at: Instant
  readonly all: readonly OneJudged[]
}

/** Measurements of one service on one network over time, where there are more of them than the list shows. */
export function overTimeBlocks(lang: Lang, finding: AloneFinding, room: PageBudget): readonly Block[] {
  const all = countedMeasurements(finding).toSorted(byTime)
  const [first, last] = [all[0], all.at(-1)]
  if (first === undefined || last === undefined || fitsOneByOne(finding, room)) return []
  if (seriesIn(all).length > 1) return []
  const { from, step, count } = stepsWithin({ from: first.startedAt, until: last.startedAt + 1 }, room.bars)
  const groups = Map.groupBy(all, ({ startedAt }) => Math.floor((startedAt - from) / step))
  const steps = Array.from({ length: count }, (_, at): Step => ({
    at: instant(from + at * step),
    all: groups.get(at) ?? [],
  }))
  const number = (value: number): string => formatNumber(lang, value)
  const zone = say(lang, 'exhibit.home', { offset: formatOffset(first.startedAt) })
  const length = spanText(lang, step)
  const caption = say(lang, 'alone.bars')
  const show = clockWithin(lang, instant(from), instant(from + (count - 1) * step))
  const failed = (of: readonly OneJudged[]): number => countOf(of, 'interfered') + countOf(of, 'unreachable')
  return [
    heading(caption),
    {
      kind: 'chart',
      caption,
      alt: say(lang, 'alone.chart-alt', {
        step: length,
        total: number(all.length),
        reachable: number(countOf(all, 'reachable')),
        interfered: number(countOf(all, 'interfered')),
        unreachable: number(countOf(all, 'unreachable')),
        inconclusive: number(countOf(all, 'inconclusive')),
      }),
      chart: {
        from: instant(from),
        until: instant(from + count * step),
        zone: HOME_ZONE,
        step,
        bars: steps
          .map(({ at, all: of }) => ({ at, failed: failed(of), passed: countOf(of, 'reachable') }))
          .filter(({ failed: bad, passed }) => bad + passed > 0),
        edges: [],
        words: {
          failed: say(lang, 'alone.failed'),
          passed: say(lang, 'alone.passed'),
          none: say(lang, 'incident.legend.silent'),
          axis: say(lang, 'exhibit.axis', { zone, step: length }),
        },
      },
      table: {
        kind: 'table',
        caption: say(lang, 'exhibit.numbers', { step: length }),
        columns: [
          { head: `${say(lang, 'incident.table-time')}, ${formatOffset(first.startedAt)}`, share: 1.8 },
          { head: 'UTC', share: 1.8 },
          { head: say(lang, 'exhibit.measured'), align: 'number', share: 1.2 },
          ...COLUMNS.map((kind) => ({ head: say(lang, `kind.${kind}`), align: 'number', share: 1.35 }) as const),
        ],
        rows: steps
          .filter(({ all: of }) => of.length > 0)
          .map(({ at, all: of }): readonly Inline[] => [
            show(at, HOME_ZONE),
            show(at, 'UTC'),
            number(of.length),
            ...COLUMNS.map((kind) => number(countOf(of, kind))),
          ]),
      },
    },
  ]
}
