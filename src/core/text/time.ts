import { MINUTE_MS } from '../model/duration.ts'
import type { Instant } from '../model/units.ts'
import type { Lang } from './lang.ts'

/** Zone in which people of Kazakhstan read a time; UTC stands beside it. */
export const HOME_ZONE = 'Asia/Almaty'

/** Months within a date. Written out because Chromium has no Kazakh ones and would print `M03`. */
export const MONTHS = {
  kk: 'қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан'.split(' '),
  ru: 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря'.split(' '),
  en: 'January February March April May June July August September October November December'.split(' '),
} satisfies Record<Lang, readonly string[]>

const partsFormats = new Map<string, Intl.DateTimeFormat>()
/** Offsets that were looked up, by zone and 15 minutes. */
const offsets = new Map<string, Map<number, number>>()
const QUARTER_MS = 900_000
const MOST_QUARTERS = 20_000
/** Years in which clocks change only at a multiple of 15 minutes: from 1973, and as far as any caller asks. */
const QUARTERS_FROM = Date.UTC(1973, 0, 1)
const QUARTERS_UNTIL = Date.UTC(2200, 0, 1)

type ZonedParts = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>>

/** Clock and calendar of an instant in a zone. Offsets come from the IANA data of the engine. */
export function zonedParts(at: Instant, zone: string): ZonedParts {
  if (!(at >= QUARTERS_FROM && at < QUARTERS_UNTIL)) return lookUpParts(at, zone)
  const local = new Date(at + offsetOf(at, zone))
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
  }
}

/** Milliseconds by which the clocks of a zone are ahead of UTC; the engine takes as long to say it as a table row to render. */
function offsetOf(at: Instant, zone: string): number {
  let known = offsets.get(zone)
  if (known === undefined) offsets.set(zone, (known = new Map<number, number>()))
  const quarter = Math.floor(at / QUARTER_MS)
  const found = known.get(quarter)
  if (found !== undefined) return found
  const { year, month, day, hour, minute, second } = lookUpParts(at, zone)
  const offset = Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
  if (known.size >= MOST_QUARTERS) known.clear()
  known.set(quarter, offset)
  return offset
}

function lookUpParts(at: Instant, zone: string): ZonedParts {
  let format = partsFormats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    partsFormats.set(zone, format)
  }
  const found = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const part = (name: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'): number => found.get(name) ?? 0
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `2026 ж. 5 наурыз`, `5 марта 2026 г.`, `5 March 2026`; joined by no-break spaces, because a date does not break. */
export function formatDate(lang: Lang, at: Instant, zone: string = HOME_ZONE): string {
  const { year, month, day } = zonedParts(at, zone)
  const name = MONTHS[lang][month - 1] ?? String(month)
  switch (lang) {
    case 'kk':
      return `${year}\u00a0ж. ${day}\u00a0${name}`
    case 'ru':
      return `${day}\u00a0${name} ${year}\u00a0г.`
    case 'en':
      return `${day}\u00a0${name} ${year}`
  }
}

/** Day and month alone, for axes: `5 наурыз`, `5 марта`, `5 March`. */
export function formatDayMonth(lang: Lang, at: Instant, zone: string = HOME_ZONE): string {
  const { month, day } = zonedParts(at, zone)
  return `${day}\u00a0${MONTHS[lang][month - 1] ?? String(month)}`
}

/** First and last day of a period; one date where they are the same. */
export function formatPeriod(lang: Lang, first: Instant, last: Instant, zone: string = HOME_ZONE): string {
  const [from, to] = [formatDate(lang, first, zone), formatDate(lang, last, zone)]
  return from === to ? from : `${from} \u2013 ${to}`
}

/** `20:02` or `20:02:09`. */
export function formatClock(at: Instant, zone: string = HOME_ZONE, precision: 'minute' | 'second' = 'minute'): string {
  const { hour, minute, second } = zonedParts(at, zone)
  return precision === 'minute' ? `${two(hour)}:${two(minute)}` : `${two(hour)}:${two(minute)}:${two(second)}`
}

/** Date and clock: `2026 ж. 5 наурыз, 20:02`. */
export const formatDateTime = (
  lang: Lang,
  at: Instant,
  zone: string = HOME_ZONE,
  precision: 'minute' | 'second' = 'minute',
): string => `${formatDate(lang, at, zone)}, ${formatClock(at, zone, precision)}`

/** Minutes by which a zone is ahead of UTC at an instant. */
export function offsetMinutes(at: Instant, zone: string = HOME_ZONE): number {
  const { year, month, day, hour, minute, second } = zonedParts(at, zone)
  return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000) / MINUTE_MS)
}

/** Difference of a zone from UTC at an instant, as people write it: `UTC+5`, `UTC+5:30`, `UTC`. */
export function formatOffset(at: Instant, zone: string = HOME_ZONE): string {
  const minutes = offsetMinutes(at, zone)
  if (minutes === 0) return 'UTC'
  const size = Math.abs(minutes)
  const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`
  return `UTC${minutes < 0 ? '\u2212' : '+'}${Math.floor(size / 60)}${rest}`
}
