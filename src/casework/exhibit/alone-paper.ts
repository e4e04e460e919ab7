import type { BundleMeasurement, OriginClass } from '../../core/model/incident/bundle.ts'
import { KINDS } from '../../core/model/measured/verdict.ts'
import { capitalise, say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDate, formatDateTime, formatOffset, HOME_ZONE } from '../../core/text/time.ts'
import {
  type Block,
  code,
  factRows,
  heading,
  type Inline,
  type LabelledFact,
  type Paper,
  paragraph,
  strong,
  textSpan,
} from '../../documents/paper.ts'
import { countedMeasurements, countOf, countDevices, type AloneFinding, type OneJudged } from './alone-finding.ts'
import { aloneAgainstBlocks, aloneControlBlocks } from './alone-against.ts'
import { bySeriesBlocks, listBlocks, overTimeBlocks, verdictBlocks } from './alone-shown.ts'
import { cut, listed, type PageBudget } from './finding.ts'
import { collectedRows, methodLimitBlocks, notShownBlocks, targetsRow } from './measured.ts'
import { exhibitAnnexBlocks, custodyBlocks, programRows, verifyBlocks } from './proved.ts'

/**
 * The exhibit of a bundle of measurements alone, as data: what they are, what each verdict says and does not say, and that
 * nothing is concluded from them together.
 */
export function alonePaper(lang: Lang, finding: AloneFinding, room: PageBudget): Paper {
  return {
    lang,
    title: titleOf(lang, finding, room),
    kicker: say(lang, 'exhibit.kicker'),
    id: finding.id,
    madeAt: finding.madeAt,
    ...(finding.simulated ? { banner: say(lang, 'paper.simulated') } : {}),
    blocks: [
      ...findingBlocks(lang, finding),
      ...verdictBlocks(lang, finding),
      ...whereBlocks(lang, finding, room),
      ...bySeriesBlocks(lang, finding, room),
      ...overTimeBlocks(lang, finding, room),
      ...listBlocks(lang, finding, room),
      ...whoBlocks(lang, finding, room),
      ...aloneAgainstBlocks(lang, finding, room),
      ...aloneControlBlocks(lang, finding),
      ...methodLimitBlocks(
        lang,
        ['sample', 'sender', 'rate'],
        [say(lang, 'alone.limit.choice'), say(lang, 'alone.limit.one')],
      ),
      ...methodBlocks(lang, finding),
      ...custodyBlocks(lang, finding, room),
      ...exhibitAnnexBlocks(lang, finding, room),
      ...verifyBlocks(lang, finding, []),
    ],
  }
}

const distinct = (all: readonly OneJudged[], of: (one: OneJudged) => string): readonly string[] => [
  ...new Set(all.map(of)),
]

/** First and last by when they began; undefined of none. */
function spanOf(all: readonly OneJudged[]): { readonly first: OneJudged; readonly last: OneJudged } | undefined {
  const sorted = all.toSorted((a, b) => a.startedAt - b.startedAt || a.leaf - b.leaf)
  const [first, last] = [sorted[0], sorted.at(-1)]
  return first === undefined || last === undefined ? undefined : { first, last }
}

function titleOf(lang: Lang, { judged, madeAt }: AloneFinding, room: PageBudget): string {
  const one = (names: readonly string[], several: 'alone.services' | 'alone.networks'): string =>
    names.length === 1 ? cut(names.join(''), room) : say(lang, several, { count: formatNumber(lang, names.length) })
  const span = spanOf(judged)
  const days = (span === undefined ? [madeAt] : [span.first.startedAt, span.last.startedAt]).map((at) =>
    formatDate(lang, at),
  )
  return say(lang, 'alone.heading', {
    service: one(
      distinct(judged, ({ service }) => service),
      'alone.services',
    ),
    network: one(
      distinct(judged, ({ network }) => network),
      'alone.networks',
    ),
    dates: [...new Set(days)].join(' \u2013 '),
  })
}

function findingBlocks(lang: Lang, finding: AloneFinding): readonly Block[] {
  const { measurements, judged, chosen } = finding
  const number = (value: number): string => formatNumber(lang, value)
  const all = countedMeasurements(finding)
  const unjudged = measurements.length - judged.length
  const apart = judged.length - all.length
  const kinds = [
    ...KINDS.filter((kind) => kind !== 'not-judged' || countOf(all, kind) > 0).map(
      (kind) => `${say(lang, `kind.${kind}`)}: ${number(countOf(all, kind))}`,
    ),
    ...(apart === 0 ? [] : [`${say(lang, 'exhibit.apart').toLocaleLowerCase(lang)}: ${number(apart)}`]),
    ...(unjudged === 0 ? [] : [say(lang, 'alone.unjudged', { count: number(unjudged) })]),
  ]
  const choice =
    chosen.kind === 'named'
      ? say(lang, 'alone.chosen.named')
      : say(lang, 'alone.chosen.period', {
          since: formatDateTime(lang, chosen.since, 'UTC'),
          until: formatDateTime(lang, chosen.until, 'UTC'),
        })
  return [
    {
      kind: 'finding',
      text: [
        strong(say(lang, 'alone.finding', { total: number(measurements.length) })),
        textSpan(` ${capitalise(lang, kinds.join('; '))}. ${say(lang, 'alone.each')} ${choice}`),
      ],
    },
    ...notShownBlocks(lang, [say(lang, 'alone.not-shown')]),
  ]
}

/** When, where, which names, and how failed exchanges ended. */
function whereBlocks(lang: Lang, finding: AloneFinding, room: PageBudget): readonly Block[] {
  const { judged, targets, madeAt } = finding
  const span = spanOf(judged)
  const home = say(lang, 'exhibit.home', { offset: formatOffset(span?.first.startedAt ?? madeAt) })
  const row = (side: 'first' | 'last', zone: string, name: string): LabelledFact => ({
    label: say(lang, `alone.${side}`, { zone: name }),
    value: span === undefined ? say(lang, 'paper.none') : formatDateTime(lang, span[side].startedAt, zone),
  })
  const ended = [...Map.groupBy(countedMeasurements(finding), ({ mechanism }) => mechanism)]
    .flatMap(([mechanism, all]) => (mechanism === undefined ? [] : [{ mechanism, count: all.length }]))
    .toSorted((a, b) => b.count - a.count || (a.mechanism < b.mechanism ? -1 : 1))
  const names = (of: (one: OneJudged) => string): Inline => listed(distinct(judged, of), room, say(lang, 'paper.none'))
  return [
    heading(say(lang, 'exhibit.where')),
    factRows([
      { label: say(lang, 'exhibit.service'), value: names(({ service }) => service) },
      { label: say(lang, 'exhibit.network'), value: names(({ network }) => network) },
      row('first', HOME_ZONE, home),
      row('first', 'UTC', 'UTC'),
      row('last', HOME_ZONE, home),
      row('last', 'UTC', 'UTC'),
      targetsRow(lang, targets, room),
      {
        label: say(lang, 'exhibit.mechanism'),
        value: listed(
          ended.map(({ mechanism, count }) => `${say(lang, `mechanism.${mechanism}`)}: ${formatNumber(lang, count)}`),
          room,
          say(lang, 'paper.none'),
        ),
      },
    ]),
  ]
}

/** Who measured and sent, and who collected. */
function whoBlocks(lang: Lang, finding: AloneFinding, room: PageBudget): readonly Block[] {
  const { measurements, judged, simulated } = finding
  const senders = [...Map.groupBy(measurements, ({ origin }) => origin)]
    .flatMap(([origin, all]) => (origin === null ? [] : [{ origin, count: all.length }]))
    .toSorted((a, b) => b.count - a.count || (a.origin < b.origin ? -1 : 1))
  return [
    heading(say(lang, 'exhibit.who')),
    factRows([
      { label: say(lang, 'alone.devices'), value: formatNumber(lang, countDevices(judged)) },
      { label: say(lang, 'exhibit.held'), value: formatNumber(lang, measurements.length) },
      {
        label: say(lang, 'alone.senders'),
        value: listed(
          senders.map(({ origin, count }) => `${senderName(lang, origin)}: ${formatNumber(lang, count)}`),
          room,
          say(lang, 'paper.none'),
        ),
      },
      ...collectedRows(lang, finding, room),
    ]),
    paragraph(say(lang, simulated ? 'incident.simulated' : 'exhibit.volunteers')),
  ]
}

function senderName(lang: Lang, origin: OriginClass & BundleMeasurement['origin']): string {
  switch (origin) {
    case 'bucket':
      return say(lang, 'channel.ooni-bucket')
    case 'file':
    case 'simulator':
      return say(lang, `channel.${origin}`)
    case 'enrolled':
    case 'known':
    case 'new':
    case 'unsigned':
    case 'mismatched':
    case 'revoked':
      return say(lang, `standing.${origin}`)
  }
}

const methodBlocks = (lang: Lang, { program }: AloneFinding): readonly Block[] => [
  heading(say(lang, 'exhibit.method')),
  paragraph(say(lang, 'alone.method', { folder: 'data/raw/' })),
  factRows([...programRows(lang, program), { label: say(lang, 'exhibit.rules'), value: [code(program.rules)] }]),
]
