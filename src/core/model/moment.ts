import { DAY_MS } from './duration.ts'
import { InputError } from './errors.ts'
import { instant, parseInstant, type Instant } from './units.ts'

/** First instant of a moment and the first one after it. */
export interface MomentBounds {
  readonly from: Instant
  readonly until: Instant
}

/**
 * Span of a moment of the record: a time spans its second, a day, a month or a year all of itself, in UTC.
 * Throws InputError for anything else.
 */
export function momentBounds(moment: string): MomentBounds {
  const match = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(moment)
  if (match === null) {
    const from = parseInstant(moment)
    return { from, until: instant(from + 1000) }
  }
  const [, year = '', month, day] = match
  if (day !== undefined) {
    const from = parseInstant(moment)
    return { from, until: instant(from + DAY_MS) }
  }
  const first = Number(month ?? '01')
  if (first < 1 || first > 12)
    throw new InputError(`Cannot read time: found ${JSON.stringify(moment)}`, {
      code: 'time.invalid',
      path: '',
      expected: 'a year, a month, a day or a time in UTC',
    })
  const next = month === undefined ? Date.UTC(Number(year) + 1, 0, 1) : Date.UTC(Number(year), first, 1)
  return { from: instant(Date.UTC(Number(year), first - 1, 1)), until: instant(next) }
}
