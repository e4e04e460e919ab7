import { addDays, weekday, type Day } from './calendar.ts'

/**
 * Days off of Kazakhstan besides Saturdays and Sundays, as data. Written from the law on holidays (No. 267-II of
 * 13 December 2001) and the Labour Code as commonly stated, not read in the official text: every date that rests on it
 * carries the mark for a lawyer. Days moved by decisions of a single year are not in it.
 */
export const DAYS_OFF = {
  source: 'Law No. 267-II of 2001-12-13 on holidays; Labour Code on days off that meet a weekend',
  checked: false,
  /** Years for which the table holds; outside of them only weekends are known. */
  years: { first: 2022, last: 2027 },
  /** Month and day, every year. */
  yearly: [
    '01-01',
    '01-02',
    '01-07',
    '03-08',
    '03-21',
    '03-22',
    '03-23',
    '05-01',
    '05-07',
    '05-09',
    '07-06',
    '08-30',
    '10-25',
    '12-16',
  ],
  /** Day off without a move to a working day where it meets a weekend. */
  notMoved: ['01-07'],
  /** First day of Kurban ait, which moves with the moon. */
  movable: ['2022-07-09', '2023-06-28', '2024-06-16', '2025-06-06', '2026-05-27', '2027-05-16'],
} as const

const isWeekend = (day: Day): boolean => weekday(day) >= 6

const offByYear = new Map<number, ReadonlySet<string>>()

/** Holidays of a year with the working days that stand in for those on a weekend, each the next that is still free. */
function daysOff(year: number): ReadonlySet<string> {
  const known = offByYear.get(year)
  if (known !== undefined) return known
  const yearly = DAYS_OFF.yearly.map((day) => `${year}-${day}` as Day)
  const movable = DAYS_OFF.movable.filter((day) => day.startsWith(`${year}-`))
  const off = new Set<string>([...yearly, ...movable])
  const notMoved: ReadonlySet<string> = new Set([...DAYS_OFF.notMoved.map((day) => `${year}-${day}`), ...movable])
  for (const day of yearly) {
    if (!isWeekend(day) || notMoved.has(day)) continue
    let next = addDays(day, 1)
    while (isWeekend(next) || off.has(next)) next = addDays(next, 1)
    off.add(next)
  }
  offByYear.set(year, off)
  return off
}

/** Whether the table says anything about the year of a day beyond its weekends. */
export const tableHolds = (day: Day): boolean => {
  const year = Number(day.slice(0, 4))
  return year >= DAYS_OFF.years.first && year <= DAYS_OFF.years.last
}

/** Which days are not worked: `table` by the table, `weekends` as if there were no holiday. */
export type Calendar = 'table' | 'weekends'

export const isWorkingDay = (day: Day, calendar: Calendar = 'table'): boolean =>
  !isWeekend(day) && (calendar === 'weekends' || !tableHolds(day) || !daysOff(Number(day.slice(0, 4))).has(day))

/** The day on which the given number of working days after a day has passed; the day itself is not counted. */
export function addWorkingDays(day: Day, count: number, calendar: Calendar = 'table'): Day {
  let at = day
  for (let left = count; left > 0;) {
    at = addDays(at, 1)
    if (isWorkingDay(at, calendar)) left -= 1
  }
  return at
}

/** The day itself where it is worked, else the next one that is. */
export const nextWorkingDay = (day: Day): Day => (isWorkingDay(day) ? day : addWorkingDays(day, 1))
