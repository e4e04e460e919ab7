// Series as public archives have them: nobody runs a schedule. Sessions of strangers' devices, minutes apart within a
// session and hours or days apart between them; few devices come twice; sometimes nothing but an outcome is known, and
// who measured is not, or every row names a device of its own. Dated as `kuager date` dates a table.
import { makeCauseTable } from '../../src/core/detect/cause/table.ts'
import { columnsOf } from '../../src/core/detect/chain/columns.ts'
import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import { cusum, failureHours } from '../../src/core/detect/opinions/cusum.ts'
import { trialsOf } from '../../src/core/detect/opinions/trials.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/model/duration.ts'
import type { Edge } from '../../src/core/model/incident/incident.ts'
import type { Reading } from '../../src/core/model/measured/reading.ts'
import { instant } from '../../src/core/model/units.ts'
import { dateSeries } from '../../src/core/detect/series/date-series.ts'
import { loadCauseFile } from '../../src/runtime/tables/cause-files.ts'
import type { Figure } from '../run.ts'
import { createDraw, type Draw } from './draw.ts'

const STORIES = [
  'inside',
  'running',
  'from-before',
  'nothing',
  'months',
  'throughout',
  'line-down',
  'own-fault',
] as const
const KNOWS = ['outcome', 'control', 'half', 'ratio'] as const
const NAMES = ['devices', 'none', 'rows', 'one'] as const
const EPOCH = Date.UTC(2022, 1, 1)

export interface IrregularOptions {
  readonly seed: number
  /** What a row holds beside its outcome: nothing, a control, a control in half of the rows, a ratio instead. */
  readonly knows: (typeof KNOWS)[number]
  /** What the table calls a device: each by its name, nothing at all, every row differently, all of them alike. */
  readonly names: (typeof NAMES)[number]
  readonly days: number
  readonly measurements: number
  /**
   * What happens: nothing; a restriction inside, one of months, one that is still on at the end, one that was on before,
   * one that lasts throughout; a line that is down for a day (control and target fail); one device that fails for weeks.
   */
  readonly story: (typeof STORIES)[number]
  /** Devices: every session its own, or a small pool that comes again. */
  readonly pool: number | 'fresh'
  /** Share of exchanges that pass while restricted, and that fail while open. */
  readonly leak: number
  readonly noise: number
}

export interface IrregularSeries {
  readonly readings: readonly Reading[]
  /** Milliseconds since 1970; absent where nothing happens. */
  readonly truth?: { readonly start: number; readonly end: number }
}

/** A series of a few hundred measurements, wholly from its options. */
export function simulateIrregular(options: IrregularOptions): IrregularSeries {
  const draw = createDraw(options.seed)
  const { days, story } = options
  const truth = storyOf(draw, days, story)
  const begin = EPOCH + draw.uniform(0.2, 0.6) * days * DAY_MS
  const length = story === 'line-down' ? DAY_MS : story === 'own-fault' ? 0.3 * days * DAY_MS : 0
  const fault = { start: begin, end: begin + length }
  const readings: Reading[] = []
  let session = 0
  while (readings.length < options.measurements) {
    const at = EPOCH + sessionTime(draw, days)
    const probe = options.pool === 'fresh' ? `s${session}` : `d${Math.floor(draw.uniform(0, options.pool))}`
    session++
    addSession(draw, options, { at, probe, truth, fault }, readings)
  }
  readings.sort((a, b) => a.at - b.at)
  for (const [row, reading] of readings.entries()) readings[row] = { ...reading, probe: nameOf(options, reading, row) }
  return truth === undefined ? { readings } : { readings, truth }
}

function storyOf(draw: Draw, days: number, story: IrregularOptions['story']): IrregularSeries['truth'] {
  const start = EPOCH + draw.uniform(0.2, 0.5) * days * DAY_MS
  const end = Math.min(start + draw.logNormal(9, 0.8) * DAY_MS, EPOCH + 0.9 * days * DAY_MS)
  switch (story) {
    case 'nothing':
    case 'line-down':
    case 'own-fault':
      return undefined
    case 'months':
      return { start: EPOCH + 0.2 * days * DAY_MS, end: EPOCH + draw.uniform(0.6, 0.8) * days * DAY_MS }
    case 'throughout':
      return { start: EPOCH - 30 * DAY_MS, end: EPOCH + (days + 30) * DAY_MS }
    case 'inside':
      return { start, end }
    case 'running':
      return { start, end: EPOCH + (days + 30) * DAY_MS }
    case 'from-before':
      return { start: EPOCH - 30 * DAY_MS, end: start }
  }
}

function nameOf({ names }: IrregularOptions, { probe }: Reading, row: number): string {
  switch (names) {
    case 'devices':
      return probe
    case 'none':
      return ''
    case 'rows':
      return `m${row}`
    case 'one':
      return 'all'
  }
}

/** Day by day more or less, most in the evening, hardly any at night. */
function sessionTime(draw: Draw, days: number): number {
  for (;;) {
    const at = draw.uniform(0, days * DAY_MS)
    const day = Math.floor(at / DAY_MS)
    const hour = (at % DAY_MS) / HOUR_MS
    const eager = 0.25 + 0.75 * Math.abs(Math.sin(day * 2.7 + quietDay(day)))
    const awake = hour > 3 && hour < 20 ? 1 : 0.25
    if (draw.hit(eager * awake)) return at
  }
}

/** Whole days on which almost nobody measures. */
const quietDay = (day: number): number => (day % 7 === 5 ? 1.3 : 0)

function addSession(
  draw: Draw,
  options: IrregularOptions,
  session: {
    readonly at: number
    readonly probe: string
    readonly truth: IrregularSeries['truth']
    readonly fault: { readonly start: number; readonly end: number }
  },
  readings: Reading[],
): void {
  const times = 1 + draw.poisson(1.5)
  const { fault, probe } = session
  const faulty = session.at >= fault.start && session.at < fault.end
  const down = options.story === 'line-down' && faulty
  // a device that fails by itself: for the whole session, or for weeks
  const bad = draw.hit(options.noise / 3) || (options.story === 'own-fault' && faulty && probe === 'd1')
  let { at } = session
  for (let i = 0; i < times; i++) {
    const on = session.truth !== undefined && at >= session.truth.start && at < session.truth.end
    const fails = down || bad || draw.hit(on ? 1 - options.leak : options.noise)
    const tried = options.knows === 'control' || (options.knows === 'half' && draw.hit(0.5))
    const beside = down || draw.hit(bad && options.story !== 'own-fault' ? 0.3 : options.noise / 2)
    const control = tried ? (beside ? 'fail' : 'ok') : 'none'
    readings.push({
      at: instant(Math.round(at / 1000) * 1000),
      probe,
      target: fails ? 'fail' : 'ok',
      control,
      canary: 'none',
      artefact: false,
      scheduled: false,
      ...(options.knows === 'ratio' ? { log10Lr: (fails ? 1 : -1) * draw.uniform(0.4, 2) } : {}),
    })
    at += draw.exponential(90) * 1000 + 5000
  }
}

/** What was found of one irregular series. */
interface Found {
  readonly options: IrregularOptions
  /** Incidents that overlap the restriction, and those that do not. */
  readonly hits: number
  readonly others: number
  /** Whether the 95 % interval of start and of end overlaps the raw bracket; absent where that edge is open. */
  readonly start?: boolean
  readonly end?: boolean
  readonly one: boolean
  /** Hours by which the first alarm within the restriction precedes CUSUM's (edd 10); infinite: CUSUM never rang. */
  readonly ahead?: number
}

/** Raw bracket of the truth: last reading before and first reading after the instant. */
function rawBracket(readings: readonly Reading[], at: number): readonly [number, number] {
  const after = readings.findIndex((reading) => reading.at >= at)
  const next = after === -1 ? undefined : readings[after]
  const before = after === -1 ? readings.at(-1) : readings[after - 1]
  return [before?.at ?? Number.NEGATIVE_INFINITY, next?.at ?? Number.POSITIVE_INFINITY]
}

function overlaps(edge: Edge, [from, until]: readonly [number, number]): boolean | undefined {
  if (edge.lo95 === undefined || edge.hi95 === undefined) return undefined
  return edge.lo95 <= until && edge.hi95 >= from
}

const EVENLY = Array.from({ length: 24 }, () => 1)
const SETTINGS = defaultSettings({ zone: 'UTC', onsetHours: EVENLY, loadHours: EVENLY, draws: 1000 })
const CAUSES = loadCauseFile()
const TABLE = makeCauseTable(CAUSES.file, CAUSES.digest)

/** Dates one series and says what held; a device that is not known counts with the state `insufficient`. */
export function look(options: IrregularOptions): Found {
  const { readings, truth } = simulateIrregular(options)
  const last = readings.at(-1)?.at ?? instant(0)
  const dated = dateSeries(readings, { settings: SETTINGS, table: TABLE })
  const sure = dated.incidents.map(({ found }) => found).filter(({ state }) => state !== 'insufficient')
  const known =
    options.names === 'devices' || options.names === 'rows' ? sure : dated.incidents.map(({ found }) => found)
  if (truth === undefined) return { options, hits: 0, others: sure.length, one: sure.length === 0 }
  const spanOf = (edge: Edge, open: number): number => edge.median ?? edge.bracket[0] ?? edge.bracket[1] ?? open
  const hit = known.filter(
    ({ start, end }) => spanOf(start, EPOCH) < truth.end && spanOf(end, Number.POSITIVE_INFINITY) > truth.start,
  )
  const main = hit[0]
  const rung = dated.alarms.map(({ raisedAt }) => raisedAt).filter((at) => at >= truth.start && at < truth.end)
  const rival = cusum(failureHours(trialsOf(columnsOf(readings))), { edd: 10 })
    .filter(({ to, silent }) => to === 'restricted' && !silent)
    .map(({ at }) => at)
    .find((at) => at >= truth.start && at < truth.end + DAY_MS)
  const [mine] = rung
  const startsInside = truth.start > (readings[0]?.at ?? 0)
  const endsInside = truth.end < last
  return {
    options,
    hits: hit.length,
    others: sure.filter((one) => !hit.includes(one)).length,
    one: known.length === 1 && hit.length === 1 && main !== undefined && main.pOneEpisode >= 0.5,
    ...(main === undefined || !startsInside
      ? {}
      : maybe('start', overlaps(main.start, rawBracket(readings, truth.start)))),
    ...(main === undefined || !endsInside ? {} : maybe('end', overlaps(main.end, rawBracket(readings, truth.end)))),
    ...(startsInside
      ? {
          ahead: mine === undefined ? Number.NEGATIVE_INFINITY : ((rival ?? Number.POSITIVE_INFINITY) - mine) / HOUR_MS,
        }
      : {}),
  }
}

const maybe = (side: 'start' | 'end', value: boolean | undefined): Partial<Record<'start' | 'end', boolean>> =>
  value === undefined ? {} : { [side]: value }

const happens = (story: IrregularOptions['story']): boolean =>
  story !== 'nothing' && story !== 'line-down' && story !== 'own-fault'

/** Dates irregular series of every story, with and without controls, few and many devices; counts what held. */
export async function run({ quick }: { readonly quick: boolean }): Promise<{
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, number>>
}> {
  const found: Found[] = []
  for (let seed = 1; seed <= (quick ? 40 : 400); seed++) {
    const draw = createDraw(seed * 7919)
    const story = STORIES[seed % STORIES.length]! // within the stories
    const named = draw.pick(NAMES.map((value) => [value, value === 'devices' ? 0.4 : 0.2] as const))
    const fresh = draw.hit(0.5)
    const own = story === 'own-fault' // which only a table with names can tell from a restriction
    found.push(
      look({
        seed,
        knows: draw.pick(KNOWS.map((value) => [value, 1 / KNOWS.length] as const)),
        names: own ? 'devices' : named,
        days: Math.round(draw.uniform(15, story === 'months' ? 400 : 120)),
        measurements: Math.round(draw.uniform(150, 900)),
        story,
        pool: fresh && !own ? 'fresh' : Math.round(draw.uniform(3, 30)),
        leak: draw.uniform(0.02, 0.3),
        noise: draw.uniform(0.01, 0.06),
      }),
    )
  }
  const happened = found.filter(({ options }) => happens(options.story))
  const quiet = found.filter(({ options }) => !happens(options.story))
  const share = (list: readonly Found[], test: (one: Found) => boolean): number =>
    Math.round((list.filter(test).length / Math.max(1, list.length)) * 1000) / 1000
  const json = {
    series: found.length,
    found: share(happened, ({ hits }) => hits > 0),
    one_episode: share(happened, ({ one }) => one),
    start_overlaps: share(
      happened.filter(({ start }) => start !== undefined),
      ({ start }) => start === true,
    ),
    end_overlaps: share(
      happened.filter(({ end }) => end !== undefined),
      ({ end }) => end === true,
    ),
    alarm_before_cusum: share(
      happened.filter(({ ahead }) => ahead !== undefined),
      ({ ahead }) => ahead! > 0, // filtered
    ),
    false_incidents_per_series: quiet.reduce((sum, { others }) => sum + others, 0) / Math.max(1, quiet.length),
  }
  return {
    table: Object.entries(json).map(([figure, value]) => ({
      figure: `irregular: ${figure.replaceAll('_', ' ')}`,
      value,
    })),
    json,
  }
}
