import { orUndefined } from '../../core/model/errors.ts'
import { parseInstant, type Instant } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { homeDay } from '../../core/text/home-day.ts'
import { MONTHS } from '../../core/text/time.ts'

/** Names of a month as they are written alone, where a date has another form. */
const RUSSIAN = 'январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь'.split(' ')
/** Beginnings of a name that suffice: of fewer letters, two months are the same. */
const FEWEST_LETTERS = 3

const two = (value: number): string => String(value).padStart(2, '0')

/**
 * The day that a person typed, `2026-10-20`: by numbers (`2026-10-20`, `20.10.2026`, `20.10`) or with a month in words
 * of three languages, whole or shortened, in any order. Without a year it is the latest such day that is not to come.
 * Undefined for anything else, and for days that do not exist.
 */
export function readDay(typed: string, now: Instant): string | undefined {
  const text = typed
    .toLowerCase()
    .replaceAll(/(?:ж\.|г\.|года?|жыл\S*|,)/g, ' ')
    .trim()
  const today = homeDay(now)
  const iso = /^(\d{4})[-./](\d{1,2})[-./](\d{1,2})$/.exec(text)
  if (iso !== null) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const numbers = /^(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}))?\.?$/.exec(text)
  if (numbers !== null) return withYear(Number(numbers[2]), Number(numbers[1]), { year: numbers[3], today })
  const words = text.split(/\s+/)
  const month = words.map(monthOf).find((one) => one !== undefined)
  const rest = words.filter((word) => monthOf(word) === undefined).map((word) => word.replace(/(?:st|nd|rd|th)$/, ''))
  if (month === undefined || rest.length === 0 || rest.length > 2 || !rest.every((word) => /^\d{1,4}$/.test(word)))
    return undefined
  const day = rest.find((word) => word.length <= 2)
  const year = rest.find((word) => word.length === 4)
  if (day === undefined || (rest.length === 2 && year === undefined)) return undefined
  return withYear(month, Number(day), { year, today })
}

function monthOf(word: string): number | undefined {
  const plain = word.replace(/\.$/, '')
  if (plain.length < FEWEST_LETTERS || /\d/.test(plain)) return undefined
  const lists = [...LANGS.map((lang) => MONTHS[lang]), RUSSIAN]
  for (const list of lists) {
    const found = list.findIndex(
      (name) => name.toLowerCase().startsWith(plain) || isInflected(plain, name.toLowerCase()),
    )
    if (found >= 0) return found + 1
  }
  return undefined
}

/** A Kazakh name with an ending, `қазанда`, `қарашаның`. */
const isInflected = (word: string, name: string): boolean => name.length >= 5 && word.startsWith(name)

function withYear(
  month: number,
  day: number,
  { year, today }: { readonly year: string | undefined; readonly today: string },
): string | undefined {
  if (year !== undefined) return dayOf(Number(year), month, day)
  const thisYear = Number(today.slice(0, 4))
  const found = dayOf(thisYear, month, day)
  return found !== undefined && found <= today ? found : dayOf(thisYear - 1, month, day)
}

function dayOf(year: number, month: number, day: number): string | undefined {
  const text = `${year}-${two(month)}-${two(day)}`
  const at = orUndefined(() => parseInstant(text))
  return at !== undefined && new Date(at).toISOString().startsWith(text) ? text : undefined
}
