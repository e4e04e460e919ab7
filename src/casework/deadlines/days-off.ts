import type { DaysOff } from '../law/law-form.ts'
import { addDays, weekday, type Day } from './calendar.ts'

/** As if there were no holiday: what makes a term shortest. */
export const WEEKENDS_ONLY: DaysOff = {
  format: 'kuager-law/1',
  law: [],
  years: { first: 1, last: 0 },
  yearly: [],
  single: [],
}

const isWeekend = (day: Day): boolean => weekday(day) >= 6
const yearOf = (day: Day): number => Number(day.slice(0, 4))

const known = new WeakMap<DaysOff, Map<number, ReadonlySet<string>>>()

/** Holidays of a year with the working days that replace those on a weekend, each the next that is still free. */
function offIn(year: number, table: DaysOff): ReadonlySet<string> {
  const years = known.get(table) ?? new Map<number, ReadonlySet<string>>()
  known.set(table, years)
  const found = years.get(year)
  if (found !== undefined) return found
  const yearly = table.yearly
    .filter(({ from = year, until = year }) => from <= year && year <= until)
    .map(({ day, moved }) => ({ day: `${year}-${day}` as Day, moved }))
  const off = new Set<string>([...yearly.map(({ day }) => day), ...table.single])
  for (const { day, moved } of yearly) {
    if (!isWeekend(day) || !moved) continue
    let next = addDays(day, 1)
    while (isWeekend(next) || off.has(next)) next = addDays(next, 1)
    off.add(next)
  }
  years.set(year, off)
  return off
}

/** Whether the table says anything about the year of a day beyond its weekends. */
export const tableHolds = (day: Day, { years }: DaysOff): boolean => {
  const year = yearOf(day)
  return year >= years.first && year <= years.last
}

const isHoliday = (day: Day, table: DaysOff): boolean => tableHolds(day, table) && offIn(yearOf(day), table).has(day)

export const isWorkingDay = (day: Day, table: DaysOff): boolean => !isWeekend(day) && !isHoliday(day, table)

/** Days before and after a holiday on which the Government is known to move days off in single years. */
const NEAR = 4

/** Whether a holiday is so near that a decision for a single year may have moved a day off here. */
export function isNearHoliday(day: Day, table: DaysOff): boolean {
  for (let off = -NEAR; off <= NEAR; off++) if (isHoliday(addDays(day, off), table)) return true
  return false
}

/** How many holidays of the table are between two days, or so near that a day off may have been moved between them. */
export function holidaysNear(first: Day, last: Day, table: DaysOff): number {
  let found = 0
  for (let day = addDays(first, -NEAR); day <= addDays(last, NEAR); day = addDays(day, 1))
    if (isHoliday(day, table)) found += 1
  return found
}

/** The day on which the given number of working days after a day has passed; the day itself is not counted. */
export function addWorkingDays(day: Day, count: number, table: DaysOff): Day {
  let at = day
  for (let left = count; left > 0;) {
    at = addDays(at, 1)
    if (isWorkingDay(at, table)) left -= 1
  }
  return at
}

/** The day itself where it is worked, else the next one that is. */
export const nextWorkingDay = (day: Day, table: DaysOff): Day =>
  isWorkingDay(day, table) ? day : addWorkingDays(day, 1, table)
