import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CELLS, makeStrip } from '../series/strip.ts'
import type { World } from '../../runtime/world.ts'
import { serviceOfHost } from '../../core/judge/judge.ts'
import { makeCauseTable } from '../../core/detect/cause/table.ts'
import { defaultSettings } from '../../core/detect/chain/default-settings.ts'
import type { DetectSettings } from '../../core/detect/chain/settings.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { encodeCause, encodeDetected } from '../../core/model/incident/incident-wire.ts'
import type { Reading } from '../../core/model/measured/reading.ts'
import { instant, parseAsn, type Asn, type Instant } from '../../core/model/units.ts'
import type { Kind } from '../../core/model/measured/verdict.ts'
import { dateTable, type DatedIncident, type DatedSeries } from '../../core/detect/series/date-series.ts'
import { readOutages, type TableOutage } from '../../core/detect/series/outages.ts'
import { outagesOfSignals } from '../../core/detect/levels/outages-in.ts'
import type { Owners } from '../../core/detect/series/owners.ts'
import { LEAST_LOG10 } from '../../core/detect/series/outside-series.ts'
import { readDated } from '../../core/detect/forms/read-dated.ts'
import { widenToBuckets } from '../../core/detect/forms/ooni-rows.ts'
import type { TableSeries } from '../../core/detect/series/series-table.ts'
import { levelLines, renderLevels } from './levels.ts'
import { loadCauseFile, loadServiceOwners } from '../../runtime/tables/cause-files.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { say } from '../../core/text/format.ts'
import {
  againstSentences,
  bracketText,
  comparedOpinions,
  edgeText,
  headline,
  shareText,
  spanText,
} from '../../core/text/sentence/incident.ts'
import { conclusionSentences } from '../../core/text/sentence/incident-verdict.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { task } from '../terminal/command.ts'
import { optional, wholeNumber, withDefault, type OptionReader } from '../terminal/option.ts'
import { json, LANG } from '../terminal/shared-options.ts'
import { printable } from '../../core/text/printable.ts'

interface Ask {
  readonly files: readonly string[]
  readonly json: boolean
  readonly lang: Lang
  readonly zone: string
  readonly settings: DetectSettings
  /** Table of known outages. */
  readonly outages: string | undefined
}

const ianaZone: OptionReader<string> = (text, { name }) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return text
  } catch {
    throw wrongOption(name, `found "${printable(text)}"`, 'an IANA zone, such as Asia/Almaty')
  }
}

export const command = task({
  about: `
Date the restrictions in a table from any source. For each it says when it began and ended, how certain that is, and
what speaks against it.

A series is a table of dated outcomes of one service on one network (docs/formats/series.md):

  at_utc,probe,outcome,control,canary
  2025-01-15T15:02:00Z,p1,fail,ok,ok

  at_utc            time in UTC
  probe             any word for the device
  outcome           ok, slow, fail or an OONI failure
  control           the control name of the pair, or an uncensored vantage point: ok or fail
  canary            the connection itself: ok or fail
  log10_lr          instead of outcome: log10 of the likelihood ratio
  service, network  several series in one table

Also recognised: answers of OONI's API (aggregation, measurements), rows of its analysis, IODA's signals, Cloudflare
Radar's time series, Google's traffic, and tables of them. Falls of traffic and connectivity are a series of their own
kind: they say nothing of one service.`,
  examples: ['series.csv --lang en', 'series.csv --zone Asia/Almaty --outages outages.csv --json'],
  words: { 'SERIES.csv…': 'Tables of dated outcomes, or answers of OONI, IODA, Radar.' },
  options: {
    json: json('Print one JSON object per line and incident.'),
    lang: LANG,
    zone: optional(
      'ZONE',
      'IANA zone of the devices, such as Asia/Almaty: onsets and load then follow the local hour.',
      {
        read: ianaZone,
        byDefault: 'no hour is more likely than another, and times are shown in UTC',
      },
    ),
    every: withDefault(
      'MINUTES',
      'Schedule of the devices; tests less than a third of it apart are one burst.',
      '15',
      wholeNumber(1, 1440),
    ),
    outages: optional(
      'FILE',
      'Known outages: CSV with from_utc,until_utc,network, or an answer of IODA’s signals. Failures in them count as not measured.',
      {
        read: (text) => text,
      },
    ),
    seed: optional('N', 'Seed of the random draws: the same seed gives the same result.', {
      read: wholeNumber(0, 999_999_999),
    }),
  },
  exit: { 0: 'every line was read', 3: 'some lines were skipped; they are named on standard error' },
  run: ({ json, lang, zone, every, outages, seed }, { world, words }) =>
    dateAll({ files: words, json, lang, zone: zone ?? 'UTC', settings: settingsOf(zone, every, seed), outages }, world),
})

/** The detector's settings; without a zone no hour of the day is more likely than another. */
function settingsOf(zone: string | undefined, scheduleMinutes: number, given: number | undefined): DetectSettings {
  const fitted = defaultSettings()
  const seed = given ?? fitted.seed
  if (zone === undefined) {
    const flat = Array.from({ length: 24 }, () => 1)
    return { ...fitted, scheduleMinutes, seed, zone: 'UTC', onsetHours: flat, loadHours: flat }
  }
  return { ...fitted, scheduleMinutes, seed, zone }
}

async function dateAll(ask: Ask, world: World): Promise<number> {
  const { file, digest } = loadCauseFile()
  const table = makeCauseTable(file, digest)
  const outages = await outagesOf(ask.outages, world)
  const owners = tableOwners()
  let setAside = 0
  for (const named of ask.files) {
    const { form, series, levels, rejects, ignored } = readDated(
      await readText(resolve(world.cwd, named), named),
      named,
    )
    for (const { place, message } of rejects.slice(0, MOST_REJECTS))
      world.err.write(`${printable(`${named}, ${place}: ${message}`)}\n`)
    if (rejects.length > 0)
      world.err.write(`${say(ask.lang, 'date.set-aside', { count: formatNumber(ask.lang, rejects.length) })}\n`)
    if (ignored.length > 0)
      world.err.write(`${printable(say(ask.lang, 'date.ignored', { columns: ignored.join(', ') }))}\n`)
    setAside += rejects.length
    if (series.length + levels.length === 0) world.err.write(`${say(ask.lang, 'date.empty')}\n`)
    if (form !== 'series' && !ask.json) world.out.write(`${say(ask.lang, `date.form.${form}`)}\n\n`)
    if (ask.json) for (const found of levelLines(levels)) world.out.write(`${JSON.stringify(found)}\n`)
    else world.out.write(renderLevels(ask, levels))
    world.signal.throwIfAborted()
    const all = dateTable(series, { settings: ask.settings, table, outages, owners })
    for (const [i, one] of series.entries()) {
      const dated = inBuckets(one, all[i]!) // one for each series
      if (ask.json) for (const incident of dated.incidents) world.out.write(`${JSON.stringify(line(one, incident))}\n`)
      else world.out.write(render(ask, one, dated))
    }
  }
  return setAside > 0 ? 3 : 0
}

/** Rejected rows that are named; all are counted. */
const MOST_REJECTS = 100

/** What is known of a series of counts: no more than the stretch in which it began and ended. */
const inBuckets = ({ buckets }: TableSeries, dated: DatedSeries): DatedSeries =>
  buckets === undefined
    ? dated
    : {
        ...dated,
        incidents: dated.incidents.map((one) => ({ ...one, found: widenToBuckets(one.found, buckets) })),
      }

/** Whose outages mask all networks of a table. */
const COUNTRY = 'KZ'

async function outagesOf(named: string | undefined, world: World): Promise<readonly TableOutage[]> {
  if (named === undefined) return []
  const text = await readText(resolve(world.cwd, named), named)
  return /^\s*[[{]/.test(text) ? outagesOfSignals(text, { file: named, country: COUNTRY }) : readOutages(text, named)
}

/** Owners of networks and services, as far as the bundled tables know them. */
function tableOwners(): Owners {
  const networks = loadNetworks()
  const ofServices = loadServiceOwners()
  const { services } = loadTables()
  return {
    ofNetwork: (network) => networks.network(asnOf(network))?.owner,
    ofService: (name) => {
      const host = name.slice(name.lastIndexOf(' ') + 1).toLowerCase()
      const id = services.some((one) => one.id === name) ? name : serviceOfHost(host, services)?.id
      return id === undefined ? ofServices.get(name) : (ofServices.get(id) ?? id)
    },
  }
}

async function readText(path: string, named: string): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new InputError(`Cannot read series "${printable(named)}": ${code}`, {
      code: 'file.unreadable',
      path: named,
      expected: 'a readable file',
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new InputError(`Cannot read series "${printable(named)}": it is no UTF-8 text`, {
      code: 'file.not-utf8',
      path: named,
      expected: 'CSV in UTF-8',
    })
  }
}

/** Stable name of an incident of a table: series, and the first failed reading (or the last open one before it). */
function idOf({ service, network }: TableSeries, { found }: DatedIncident): string {
  const { bracket, median } = found.start
  const at = new Date(bracket[1] ?? median ?? bracket[0] ?? 0).toISOString().replace(/[-:]/g, '').slice(0, 13)
  return [service, network.toLowerCase(), `${at}Z`].filter((part) => part !== '').join('-')
}

const line = (series: TableSeries, dated: DatedIncident): object => ({
  id: idOf(series, dated),
  service: series.service,
  network: series.network === '' ? null : series.network,
  ...encodeDetected(dated.found),
  cause: encodeCause(dated.cause),
})

function asnOf(network: string): Asn {
  return parseAsn(/^AS\d{1,9}$/i.test(network) ? network : 0)
}

/** The incident as the sentences take it; what only the observatory knows is left empty. */
const asIncident = (series: TableSeries, dated: DatedIncident): Incident => ({
  ...dated.found,
  id: idOf(series, dated),
  service: series.service,
  asn: asnOf(series.network),
  revision: 1,
  revisedAt: series.readings.at(-1)?.at ?? instant(0),
  reason: 'first',
  withdrawn: false,
  simulated: false,
  rulesVersion: '',
  cause: dated.cause,
  measurements: [],
})

/** Columns of the strip: what an ordinary terminal has left beside the time. */
const STRIP_WIDTH = 60

function strip(lang: Lang, { readings }: TableSeries): string {
  const first = readings[0]?.at
  const last = readings.at(-1)?.at
  if (first === undefined || last === undefined) return ''
  const points = readings.map((reading) => ({ at: reading.at, kind: kindOf(reading) }))
  const { cells, part } = makeStrip(points, { since: first, until: instant(last + 1) }, STRIP_WIDTH)
  const rows: string[] = []
  for (let from = 0; from < cells.length; from += STRIP_WIDTH)
    rows.push(
      `  |${cells
        .slice(from, from + STRIP_WIDTH)
        .map((cell) => CELLS[cell])
        .join('')}|\n`,
    )
  return `${rows.join('')}  ${say(lang, 'date.strip', { length: spanText(lang, part) })}\n`
}

const kindOf = ({ target, control, canary, log10Lr, artefact }: Reading): Kind => {
  if (target === 'none' || (log10Lr !== undefined && Math.abs(log10Lr) < LEAST_LOG10)) return 'inconclusive'
  if (target === 'ok') return 'reachable'
  return !artefact && (control === 'fail' || canary === 'fail') ? 'inconclusive' : 'interfered'
}

/** What a reader must know of the table before its incidents: who measured, what was looked at, what was not counted. */
function cautions(lang: Lang, { readings }: TableSeries, { left }: DatedSeries): readonly string[] {
  const counted = [
    ['date.few-controls', left.counted],
    ['date.left-both', left.both],
    ['date.left-uncontrolled', left.uncontrolled],
    ['date.left-nothing', left.nothing],
    ['date.left-outage', left.outage],
  ] as const
  return [
    ...(readings.every(({ probe }) => probe === '') ? [say(lang, 'date.unknown-devices')] : []),
    ...(readings.every(({ control }) => control === 'none') ? [say(lang, 'date.no-control')] : []),
    ...counted
      .filter(([, count]) => count > 0)
      .map(([key, count]) => say(lang, key, { count: formatNumber(lang, count) })),
  ]
}

function render(ask: Ask, series: TableSeries, dated: DatedSeries): string {
  const { lang, zone } = ask
  const { readings } = series
  const probes = new Set(readings.map(({ probe }) => probe).filter((probe) => probe !== '')).size
  const [first, last] = [readings[0]?.at ?? instant(0), readings.at(-1)?.at ?? instant(0)]
  const days = `${formatDateTime(lang, first, zone)} – ${formatDateTime(lang, last, zone)}`
  const about = { count: formatNumber(lang, readings.length), probes: formatNumber(lang, probes), zone, days }
  return [
    `${printable([series.service, series.network].filter((part) => part !== '').join(', '))}\n`,
    `${say(lang, 'date.about', about)}\n`,
    ...cautions(lang, series, dated).map((sentence) => `${sentence}\n`),
    strip(lang, series),
    dated.incidents.length === 0 ? `${say(lang, 'date.none')}\n` : '',
    ...dated.incidents.map((incident, i) => `\n${paragraph(ask, asIncident(series, incident), i + 1)}`),
    '\n',
  ].join('')
}

function paragraph({ lang, zone }: Ask, incident: Incident, number: number): string {
  const opinions = comparedOpinions(incident).map(
    ({ method, compared, start, end }) =>
      `${say(lang, `incident.method.${method}`)}: ${say(lang, `incident.opinion.${compared}`)}${datesOf(lang, [start, end], zone)}`,
  )
  const { alarm } = incident
  const lines = [
    `${say(lang, 'incident.start')}: ${edgeText(lang, incident.start, { side: 'start', zone })}`,
    `${say(lang, 'incident.end')}: ${edgeText(lang, incident.end, { side: 'end', zone, running: incident.running })}`,
    say(lang, 'incident.bracket', {
      start: bracketText(lang, incident.start, zone),
      end: bracketText(lang, incident.end, zone),
    }),
    ...shareText(lang, incident),
    conclusionSentences(lang, incident).join(' '),
    ...(alarm === undefined
      ? []
      : [
          say(lang, alarm.floorMet ? 'incident.alarm' : 'date.alarm-unconfirmed', {
            at: formatDateTime(lang, alarm.raisedAt, zone),
          }),
        ]),
    ...opinions,
    `${say(lang, 'incident.against')}`,
    ...againstSentences(lang, incident, zone).map((sentence) => `- ${sentence}`),
  ]
  const title = `${number}. ${headline(lang, { incident, serviceName: printable(incident.service) })}`
  return `${title}\n${lines.map((text) => `   ${text}\n`).join('')}`
}

/** When another method sees it begin and end, in brackets; nothing where it sees neither. */
function datesOf(lang: Lang, edges: readonly [Instant | undefined, Instant | undefined], zone: string): string {
  if (edges.every((edge) => edge === undefined)) return ''
  const [from, until] = edges.map((edge) => (edge === undefined ? '…' : formatDateTime(lang, edge, zone)))
  return ` (${from} – ${until})`
}
