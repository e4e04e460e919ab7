import type { Columns } from '../chain/columns.ts'
import { columnsOf } from '../chain/columns.ts'
import { filterSeries } from '../chain/filter-series.ts'
import type { DetectSettings } from '../chain/settings.ts'
import { MINUTE_MS, WEEK_MS } from '../../model/duration.ts'
import type { Alarm } from '../../model/incident/incident.ts'
import type { Reading } from '../../model/measured/reading.ts'

// What a third party's table tells about itself decides how it is read: docs/methods/detecting.md, "A series from
// anywhere".

/** Share of the failures that must say something for the rest to be taken as missing. */
const MOST = 0.8
/**
 * Ratios of a plain failure and of a plain slowness, as the detector has them: what they count if nothing more was
 * checked.
 */
const SLOW_LOG10 = Math.log10(0.7 / 0.02)
/** Rows apart by less are one device where every row has a name of its own; and how long one such session may be. */
const SESSION = 5 * MINUTE_MS
const LONGEST_SESSION = 2 * SESSION
/** A table smaller than this may well have been measured by as many devices as it has rows. */
const LEAST_ROWS = 20
const LEAST_NAMES = 0.95

/** γ that an incident of a table reaches: the settings are fitted to devices that test every 15 minutes. */
const PEAK = 0.9

/** A 95 % interval is widened to the 80 % intervals without one device each: with their 95 % it holds the truth in 99 of 100. */
const TAIL_WITHOUT = 0.1

/** A series as the detector is to take it. */
export interface PreparedSeries {
  readonly readings: readonly Reading[]
  readonly columns: Columns
  readonly settings: DetectSettings
  /** No device is named: rows are counted. */
  readonly nameless: boolean
  /** What was not counted, for the reader to know. */
  readonly left: LeftOut
}

/** Rows that tell nothing about the service, by reason. */
export interface LeftOut {
  /** The control, or the line itself, failed too. */
  readonly both: number
  /** A failure without a control in a table whose other failures have one. */
  readonly uncontrolled: number
  /** Neither passed nor failed, or a likelihood ratio of nearly one. */
  readonly nothing: number
  /** Failures without a control that were counted all the same, because few of the table's failures have one. */
  readonly counted: number
  /** Failures at a time at which everything measured on the network failed, or of a known outage. */
  readonly outage: number
}

/** Prepares the readings of a table, in the order of time, and the settings that suit what it knows. */
export function prepareSeries(given: readonly Reading[], settings: DetectSettings): PreparedSeries {
  const failed = given.filter(({ target, artefact }) => (target === 'fail' || target === 'slow') && !artefact)
  const share = (test: (reading: Reading) => boolean): number =>
    failed.length === 0 ? 0 : failed.filter(test).length / failed.length
  const controls = given.some(({ control }) => control !== 'none')
  const watched = share(({ control, canary }) => control !== 'none' || canary !== 'none') >= MOST
  const weighed = share(({ log10Lr }) => log10Lr !== undefined) >= MOST
  const paired = share(({ control, log10Lr }) => control !== 'none' || log10Lr !== undefined) >= MOST
  const nameless = given.length > 0 && given.every(({ probe }) => probe === '')
  const readings = (nameless ? daysOf(given) : sessionsOf(given)).map((reading) => {
    if (reading.artefact || reading.control !== 'none' || reading.target === 'ok') return reading
    if (!watched && reading.canary === 'fail') return { ...reading, target: 'none' as const }
    return controls && !paired ? plain(reading, settings) : reading
  })
  const { rates } = settings
  return {
    readings,
    nameless,
    columns: columnsOf(readings),
    settings: {
      ...settings,
      peak: Math.min(settings.peak, PEAK),
      noLeakAtEdges: true,
      tailWithout: TAIL_WITHOUT,
      ...(nameless ? { rowsNotDevices: true } : {}),
      rates: {
        ...rates,
        downOnset: watched ? rates.downOnset : 0,
        loadOnset: weighed && !controls ? 0 : rates.loadOnset,
      },
    },
    left: {
      ...leftOut(readings, controls),
      counted: controls && !paired ? readings.filter((reading, i) => reading.log10Lr !== given[i]?.log10Lr).length : 0,
      outage: 0,
    },
  }
}

/** A failure whose cause was not examined, with the ratio that a plain failure has. */
function plain(reading: Reading, { failOpen }: DetectSettings): Reading {
  if (reading.log10Lr !== undefined || reading.canary === 'fail' || reading.target === 'none') return reading
  return { ...reading, log10Lr: reading.target === 'slow' ? SLOW_LOG10 : -Math.log10(failOpen) }
}

/**
 * Rows of which no device is known, each day (UTC) as one device: rows of a day may all be those of one person, and three
 * days must agree before anything is shown (docs/methods/detecting.md, "Rows, not devices").
 */
const daysOf = (readings: readonly Reading[]): readonly Reading[] =>
  readings.map((reading) => ({ ...reading, probe: dayName(reading.at) }))

export const dayName = (at: number): string => `day ${new Date(at).toISOString().slice(0, 10)}`

/**
 * Where (nearly) every row has a name of its own, the name is the measurement's and not the device's: rows a few minutes
 * apart are then taken for one device, as several tests by one person usually follow each other.
 */
function sessionsOf(readings: readonly Reading[]): readonly Reading[] {
  const names = new Set(readings.map(({ probe }) => probe))
  if (readings.length < LEAST_ROWS || names.has('') || names.size < LEAST_NAMES * readings.length) return readings
  let first = Number.NEGATIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  let name = ''
  return readings.map((reading) => {
    if (reading.at - last > SESSION || reading.at - first > LONGEST_SESSION) {
      first = reading.at
      name = reading.probe
    }
    last = reading.at
    return { ...reading, probe: name }
  })
}

/** Least |log10 ratio| that says anything: docs/methods/detecting.md, section 3. */
export const LEAST_LOG10 = 0.05

function leftOut(readings: readonly Reading[], controls: boolean): Pick<LeftOut, 'both' | 'uncontrolled' | 'nothing'> {
  const count = { both: 0, uncontrolled: 0, nothing: 0 }
  for (const { target, control, canary, artefact, log10Lr } of readings) {
    if (artefact) continue
    if (log10Lr !== undefined && Math.abs(log10Lr) < LEAST_LOG10) count.nothing++
    else if (target === 'none') count[canary === 'fail' ? 'both' : 'nothing']++
    else if (target === 'ok') continue
    else if (control === 'fail') count.both++
    else if (control === 'none' && controls && log10Lr === undefined) count.uncontrolled++
  }
  return count
}

/** Scales of the rate of short restrictions, and of the rates of long ones (begin and end alike), the rarest first. */
const SHORT_SCALES = [0.04, 0.2, 1] as const
const LONG_SCALES = [0.1, 1] as const
/** Log likelihood that more frequent restrictions must gain before they are believed. */
const GAIN = 2

/**
 * Takes the rarest restrictions that explain the series nearly as well as any: the fitted rates are those of evenings
 * in Kazakhstan, and where restrictions are rare and last for months they would cut one at every exchange that passes.
 */
export function fitRates(columns: Columns, settings: DetectSettings): DetectSettings {
  const { rates } = settings
  const candidates = LONG_SCALES.flatMap((long) =>
    SHORT_SCALES.map((short) => {
      const shortOnset = rates.shortOnset * short
      const scaled = {
        ...settings,
        rates: { ...rates, shortOnset, longOnset: rates.longOnset * long, longEnd: rates.longEnd * long },
      }
      return { scaled, fit: filterSeries(columns, scaled).logLikelihood }
    }),
  )
  const best = Math.max(...candidates.map(({ fit }) => fit))
  return candidates.find(({ fit }) => fit >= best - GAIN)?.scaled ?? settings
}

/** P(restricted) at which the alarm of a table is raised: it wakes no one, and a third party's series is sparse. */
const RAISE = 0.95
/**
 * More devices than any series has: the floor of such an alarm is never reached, and the alarm is dated to when
 * P(restricted) was reached.
 */
const NO_FLOOR = Number.MAX_SAFE_INTEGER

/**
 * The live alarms as they would have rung, under rates that were known before the series: not under those that were
 * chosen with all of it. Raised when P(restricted) reaches the threshold; `floorMet` says whether two devices stood
 * behind it then.
 */
export function liveAlarms(columns: Columns, given: DetectSettings): readonly Alarm[] {
  const settings = { ...given, raise: Math.min(given.raise, RAISE) }
  const told = new Set(
    filterSeries(columns, settings).alarms.flatMap((alarm) => (alarm.floorMet ? [alarm.raisedAt] : [])),
  )
  return filterSeries(columns, { ...settings, floorProbes: NO_FLOOR }).alarms.map((alarm) => ({
    ...alarm,
    floorMet: alarm.floorMet || told.has(alarm.raisedAt),
  }))
}

/** An alarm that was not cleared continues into the next incident where that begins within this time. */
const SAME_ALARM = WEEK_MS

/**
 * The first alarm that was up at some time of a window. One that was raised for the incident before counts where that
 * ended less than a week ago: an alarm that was not cleared, because there were no measurements, does not belong to an
 * incident years later.
 */
export function alarmWithin(
  alarms: readonly Alarm[],
  window: { readonly from: number; readonly until: number; readonly before: number | undefined },
): Alarm | undefined {
  const { from, until, before } = window
  const after = before !== undefined && from - before > SAME_ALARM ? before : Number.NEGATIVE_INFINITY
  return alarms.find(
    ({ raisedAt, clearedAt }) => raisedAt <= until && (clearedAt ?? Infinity) >= from && raisedAt > after,
  )
}
