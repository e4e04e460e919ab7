import { momentBounds } from '../model/moment.ts'
import { parseInstant } from '../model/units.ts'
import { say } from './format.ts'
import type { Lang } from './lang.ts'
import { formatClock, formatDate, formatDateTime, formatOffset, MONTHS } from './time.ts'

/** Russian months that stand alone; the other two languages use one form. */
const RUSSIAN = 'январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь'.split(' ')

/**
 * A moment of the record, never more exact than it is: `2018 ж.`, `2020 ж. желтоқсан`, `2016 ж. 20 желтоқсан`,
 * `2022 ж. 5 қаңтар, 16:30 (UTC+6)`. Throws InputError for what is no moment.
 */
export function formatMoment(lang: Lang, moment: string): string {
  const { from } = momentBounds(moment)
  if (moment.length > 10) {
    const at = parseInstant(moment)
    return `${formatDateTime(lang, at)}\u00a0(${formatOffset(at)})`
  }
  if (moment.length === 10) return formatDate(lang, from, 'UTC')
  const [year = '', month] = moment.split('-')
  const named = month === undefined ? undefined : (lang === 'ru' ? RUSSIAN : MONTHS[lang])[Number(month) - 1]
  switch (lang) {
    case 'kk':
      return named === undefined ? `${year}\u00a0ж.` : `${year}\u00a0ж. ${named}`
    case 'ru':
      return named === undefined ? `${year}\u00a0г.` : `${named} ${year}\u00a0г.`
    case 'en':
      return named === undefined ? year : `${named}\u00a0${year}`
  }
}

/** First and last day of a period as they stand, `2025-01-01` to `2025-06-30`; one date where they are the same. */
export function formatPeriodDays(
  lang: Lang,
  { since, until }: { readonly since: string; readonly until: string },
): string {
  const [from, to] = [formatMoment(lang, since), formatMoment(lang, until)]
  return from === to ? from : `${from} \u2013 ${to}`
}

/** Earliest and latest possible moment as one value; `белгісіз` where neither is known. */
export function formatBracket(lang: Lang, [first, last]: readonly [string | null, string | null]): string {
  if (first === null)
    return last === null
      ? say(lang, 'reported.unknown')
      : say(lang, 'reported.until', { last: formatMoment(lang, last) })
  if (last === null) return say(lang, 'reported.from', { first: formatMoment(lang, first) })
  if (first === last) return formatMoment(lang, first)
  return (
    formatClocks(lang, first, last) ??
    say(lang, 'reported.between', { first: formatMoment(lang, first), last: formatMoment(lang, last) })
  )
}

/** Two times of one local day: `2019 ж. 9 маусым, 06:30–07:00 (UTC+6)`. */
function formatClocks(lang: Lang, first: string, last: string): string | undefined {
  if (first.length <= 10 || last.length <= 10) return undefined
  const [from, until] = [parseInstant(first), parseInstant(last)]
  if (formatDate(lang, from) !== formatDate(lang, until)) return undefined
  return `${formatDate(lang, from)}, ${formatClock(from)}\u2013${formatClock(until)}\u00a0(${formatOffset(from)})`
}
