import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { CELLS, makeStrip } from './strip.ts'
import { serviceName } from '../../core/text/names.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { instant, parseAsn, parseInstant } from '../../core/model/units.ts'
import type { Asn, Instant } from '../../core/model/units.ts'
import { defaultSettings } from '../../core/detect/chain/default-settings.ts'
import { openDetectPool } from '../../pipeline/detect/detect-pool.ts'
import { seriesAvailability } from '../../pipeline/detect/series-availability.ts'
import type { ApartPoint, KeptApart, Period, SeriesPoint } from '../../store/warehouse/contract.ts'
import { encodeApartPoint, encodeSeriesPoint } from '../../store/warehouse/series-wire.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { loadServices } from '../../runtime/tables/measured-lists.ts'
import { CELL_STATES } from '../../core/model/cell-state.ts'
import { availabilitySentence } from '../../core/text/sentence/availability.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { networkLabel } from '../../core/text/sentence/verdict.ts'
import { task, type CommandCall } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { flag, required, type OptionReader } from '../terminal/option.ts'
import { FOLDER, json, LANG, NETWORK, WAREHOUSE } from '../terminal/shared-options.ts'
import { wrapped } from '../incident/incident-lines.ts'
import type { OpenFolder } from '../../app/folder/open.ts'
import { loadAvailability } from '../../app/folder/load-availability.ts'
import { printable } from '../../core/text/printable.ts'
import { table, utcMinute } from '../terminal/table.ts'

/** How many of the excluded ones are shown: any number may be sent. */
const MOST_APART = 100

interface Question {
  readonly service: string
  readonly asn: Asn
  readonly period: Period
  readonly folder: string
  readonly keptApart: boolean
  readonly json: boolean
  readonly lang: Lang
}

const knownService: OptionReader<string> = (text, { name }) => {
  const listed = loadServices().map(({ id }) => id)
  if (listed.includes(text) || /^(?:web|test):[\x21-\x7e]{1,260}$/.test(text)) return text
  throw wrongOption(name, `found "${printable(text)}"`, `${listed.join(', ')}, web:HOST or test:NAME`)
}

export const command = task({
  about: 'Show one service on one network over time.',
  examples: ['--service youtube --network AS9198 --since 2026-12-01 --until 2026-12-08'],
  usage: ['--service NAME --network AS9198 --since DATE --until DATE [options]'],
  options: {
    service: required(
      'NAME',
      'Service: an id of data/services.json (youtube), web:HOST, or test:NAME.',
      'a service, such as youtube',
      knownService,
    ),
    network: required('ASN', NETWORK.about, 'a network, such as AS9198', parseAsn),
    since: required('DATE', 'First day or time, UTC: 2025-01-15 or 2025-01-15T17:00:00Z.', 'a day', parseInstant),
    until: required('DATE', 'End, itself not included; a day means its beginning.', 'a day', parseInstant),
    folder: FOLDER,
    warehouse: WAREHOUSE,
    'kept-apart': flag(
      `Show, instead of what counts, the newest ${MOST_APART} measurements of senders without a known key.`,
    ),
    json: json(
      `Print one JSON object per line: started_at_utc, id, kind, mechanism, layer, log10_lr, test_name, input, channel,
      probe, simulated; of excluded measurements also standing.`,
    ),
    lang: LANG,
  },
  notes: `
A part of the strip without measurements is "no data", never "reachable". Below it: how much of the measured time the
service was open, also weighted by the local hours of use if these are stored.`,
  run: ({ network: asn, since, until, 'kept-apart': keptApart, ...values }, call) => {
    if (until <= since) throw wrongOption('until', 'it is not after --since', 'a later day')
    return answer({ ...values, asn, period: { since, until }, keptApart }, call)
  },
})

const toLine = (wire: Record<string, unknown>): string => `${JSON.stringify(wire)}\n`

interface Found {
  readonly points: readonly SeriesPoint[]
  readonly apart: KeptApart
  /** How much of the measured time was without restriction. */
  readonly available: string | undefined
}

function render(question: Question, { points, apart, available }: Found): string {
  const { asn, lang, period } = question
  const network = networkLabel(lang, asn, loadNetworks().network(asn)?.name)
  const days = `${utcMinute(period.since)} – ${utcMinute(period.until)} UTC`
  const simulated = [...points, ...apart.newest].some((point) => point.simulated)
  return [
    `${say(lang, 'series.title', { service: serviceName({ services: loadServices() }, question.service), network })}\n`,
    simulated ? `${say(lang, 'sentence.simulated')}. ${say(lang, 'page.simulated-networks')}\n` : '',
    `${say(lang, 'series.about', { days, count: formatNumber(lang, points.length) })}\n`,
    apart.total === 0 ? '' : wrapped(say(lang, 'incident.kept-apart', { count: formatNumber(lang, apart.total) })),
    ...(question.keptApart
      ? [apartTable(lang, apart.newest)]
      : [
          `\n${drawing(question, points, STRIP_WIDTH)}`,
          available === undefined ? '' : `\n${wrapped(available)}`,
          points.length === 0 ? '' : `\n${measurementTable(lang, points)}`,
        ]),
  ].join('')
}

function drawing({ lang, period }: Question, points: readonly SeriesPoint[], width: number): string {
  const { cells, part } = makeStrip(points, period, width)
  const rows: string[] = []
  for (let start = 0; start < cells.length; start += width) {
    const from: Instant = instant(period.since + start * part)
    const line = cells.slice(start, start + width).map((cell) => CELLS[cell])
    rows.push(`${utcMinute(from)}  |${line.join('')}|\n`)
  }
  const hours = part / HOUR_MS
  const seen = new Set(cells)
  const legend = CELL_STATES.filter((cell) => seen.has(cell)).map(
    (cell) => `${cell === 'none' ? '" "' : CELLS[cell]} ${say(lang, `cell.${cell}`)}`,
  )
  const step = part % DAY_MS === 0 ? `${part / DAY_MS} d` : `${hours} h`
  return `${rows.join('')}1 = ${step}   ${legend.join('   ')}\n`
}

/** What is excluded, with what is known of its sender; in no drawing, because it counts nowhere. */
const apartTable = (lang: Lang, points: readonly ApartPoint[]): string =>
  points.length === 0
    ? ''
    : `\n${measurementTable(lang, points, (point) => (point.standing === undefined ? '' : say(lang, `standing.${point.standing}`)))}`

function measurementTable<P extends SeriesPoint>(
  lang: Lang,
  points: readonly P[],
  last: (point: P) => string = () => '',
): string {
  const head = (['time', 'verdict', 'mechanism', 'test'] as const).map((column) => say(lang, `column.${column}`))
  const rows = points.map((point) => [
    utcMinute(point.at),
    `${say(lang, `kind.${point.kind}`)}${point.simulated ? ` (${say(lang, 'page.simulated-tag')})` : ''}`,
    point.mechanism ?? point.layer ?? '',
    printable(point.testName),
    printable(point.input ?? ''),
    point.id.slice(0, 16),
    last(point),
  ])
  return table([[`${head[0]} (UTC)`, ...head.slice(1), 'input', 'id'], ...rows])
}

/** One line on how much of the measured time the service was open; of real measurements where there are both kinds. */
async function availability(
  { service, asn, period, lang }: Question,
  points: readonly SeriesPoint[],
  open: OpenFolder,
): Promise<string | undefined> {
  if (points.length === 0) return undefined
  const series = { service, asn, simulated: points.every((point) => point.simulated) }
  const settings = defaultSettings()
  await using pool = openDetectPool({ settings }, { threads: 1 })
  const found = await seriesAvailability(series, period, {
    warehouse: await open.warehouse(),
    pool,
    settings,
    ...loadAvailability(open.path),
  })
  return found === undefined ? undefined : availabilitySentence(lang, found)
}

/** Columns of the strip: what an ordinary terminal has left beside the time. */
const STRIP_WIDTH = 60

function answer(question: Question, call: CommandCall): Promise<number> {
  const { world } = call
  return onFolder(call, question.folder, async (open) => {
    const warehouse = await open.warehouse()
    const { service, asn, period } = question
    const points = await warehouse.series(service, asn, period)
    const apart = await warehouse.keptApart(service, asn, { ...period, most: MOST_APART })
    if (!question.json)
      world.out.write(render(question, { points, apart, available: await availability(question, points, open) }))
    else
      for (const one of question.keptApart ? apart.newest.map(encodeApartPoint) : points.map(encodeSeriesPoint))
        world.out.write(toLine(one))
    return 0
  })
}
