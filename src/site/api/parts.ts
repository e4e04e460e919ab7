import { z } from 'zod'
import { DAY_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant, parseInstant, type Instant } from '../../core/model/units.ts'
import type { ChosenPeriod } from '../query.ts'

// Parts of a query and of a path. The description of each is what an error says was expected.

/** Days of one question at most: three years, so that an answer stays an answer. */
const MOST_DAYS = 1100

export const since = z.iso.date().describe('a day in UTC, YYYY-MM-DD')
export const until = z.iso.date().describe('a day in UTC, YYYY-MM-DD, not before since, at most three years after it')
export const service = z
  .string()
  .regex(/^(?:[a-z][a-z0-9-]{0,62}|(?:web|test):[\x21-\x7e]{1,260})$/)
  .describe('a service such as youtube, web:example.org or test:ndt')
export const network = z
  .string()
  .regex(/^AS\d{1,10}$/i)
  .refine((text) => Number(text.slice(2)) <= 0xffff_ffff)
  .describe('a network such as AS9198')
export const measurement = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('the id of a measurement: 64 lower-case hexadecimal digits')
export const incident = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/)
  .describe('the id of an incident, as /api/v1/incidents lists it')
export const revision = z
  .string()
  .regex(/^[1-9]\d{0,5}$/)
  .describe('the number of a revision')
export const cursor = z
  .string()
  .regex(/^[\w-]{1,400}$/)
  .describe('the "next" of an answer of this list, as it stands there')
export const format = z.enum(['json', 'csv']).describe('json or csv')
export const limit = (most: number): z.ZodString =>
  z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .refine((text) => Number(text) <= most)
    .describe(`how many at most, from 1 to ${most}`)

/** Days as asked, both inclusive, and the time they span in UTC. Throws InputError for days in the wrong order. */
export function periodOf(days: { readonly since: string; readonly until: string }): ChosenPeriod {
  const { from } = dayBounds(days.since)
  const period = { days: { since: days.since, until: days.until }, since: from, until: dayBounds(days.until).until }
  if (period.until <= period.since || period.until - period.since > MOST_DAYS * DAY_MS)
    throw new InputError('Cannot read until: not as expected', {
      code: 'query.invalid',
      path: 'until',
      expected: until.description ?? 'until',
    })
  return period
}

/** First instant of a day, or of the day after it. */
export const dayBounds = (day: string): { readonly from: Instant; readonly until: Instant } => {
  const from = parseInstant(day)
  return { from, until: instant(from + DAY_MS) }
}
