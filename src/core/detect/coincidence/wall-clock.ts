import { HOUR_MS } from '../../model/duration.ts'

/**
 * Gives the clock of a place: milliseconds since 1970 of the instant that would show the same date and time in UTC.
 * Days and weeks are shifted on this clock, because a shift of 24 hours over a change of the offset (Kazakhstan, March
 * 2024) would move every evening by an hour. Offsets come from the IANA data of the engine; a zone that it does not
 * know throws RangeError.
 */
export function wallClock(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  const offsetAt = (at: number): number => {
    const found = new Map<string, number>(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const part = (name: string): number => found.get(name) ?? 0
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) - at
  }
  // No zone changes its offset within 15 minutes, and since 1972 none does so except on such a boundary.
  const offsets = new Map<number, number>()
  return (at) => {
    const quarter = Math.floor(at / (HOUR_MS / 4)) * (HOUR_MS / 4)
    let offset = offsets.get(quarter)
    if (offset === undefined) {
      offset = offsetAt(quarter)
      offsets.set(quarter, offset)
    }
    return at + offset
  }
}

/** Milliseconds on the wall clock at which a calendar day (`2018-03-13`) begins. */
export const dayStart = (day: string): number => Date.parse(`${day}T00:00:00Z`)
