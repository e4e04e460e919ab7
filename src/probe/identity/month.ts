import { InputError } from '../../core/model/errors.ts'
import type { Instant } from '../../core/model/units.ts'

/** A month of UTC as people write it: `2026-11`. */
export const monthOf = (at: Instant): string => new Date(at).toISOString().slice(0, 7)

/** Months since the year 0, so that months can be subtracted. Throws InputError for another shape. */
export function monthNumber(month: string): number {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month)
  if (match === null)
    throw new InputError(`Cannot read month: found ${JSON.stringify(month)}`, {
      code: 'month.invalid',
      path: '',
      expected: 'YYYY-MM',
    })
  return Number(match[1]) * 12 + Number(match[2]) - 1
}

/** The month before: `2026-01` gives `2025-12`. */
export function monthBefore(month: string): string {
  const number = monthNumber(month) - 1
  return `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`
}
