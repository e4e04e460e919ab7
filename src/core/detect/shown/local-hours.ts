import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/duration.ts'

/** Local time of one IANA zone, for instants in milliseconds since 1970. */
export interface LocalHours {
  /** Hour of the local day, 0–23. */
  hourAt(ms: number): number
  /** First instant after `ms` at which a local hour begins. */
  nextHour(ms: number): number
}

const zones = new Map<string, LocalHours>()

/**
 * Gives the local hours of an IANA zone. Offsets are asked for once per UTC day and kept; a day on which the clocks
 * change is searched for the minute. An unknown zone counts as UTC.
 */
export function localHours(zone: string): LocalHours {
  const known = zones.get(zone)
  if (known !== undefined) return known
  const offsetAt = offsets(zone)
  const made: LocalHours = {
    hourAt: (ms) => {
      const local = ms + offsetAt(ms)
      return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / HOUR_MS)
    },
    nextHour: (ms) => {
      const offset = offsetAt(ms)
      return (Math.floor((ms + offset) / HOUR_MS) + 1) * HOUR_MS - offset
    },
  }
  zones.set(zone, made)
  return made
}

function offsets(zone: string): (ms: number) => number {
  const ask = asker(zone)
  const days = new Map<number, { readonly before: number; readonly change: number; readonly after: number }>()
  let day = Number.NaN
  let current = { before: 0, change: Infinity, after: 0 }
  return (ms) => {
    const asked = Math.floor(ms / DAY_MS)
    if (asked !== day) {
      let found = days.get(asked)
      if (found === undefined) {
        found = searchDay(ask, asked * DAY_MS)
        days.set(asked, found)
      }
      current = found
      day = asked
    }
    return ms < current.change ? current.before : current.after
  }
}

function searchDay(ask: (ms: number) => number, start: number): { before: number; change: number; after: number } {
  const before = ask(start)
  const after = ask(start + DAY_MS)
  if (before === after) return { before, change: Infinity, after }
  let low = start
  let high = start + DAY_MS
  while (high - low > 60_000) {
    const middle = low + Math.floor((high - low) / 120_000) * MINUTE_MS
    if (middle <= low) break
    if (ask(middle) === before) low = middle
    else high = middle
  }
  return { before, change: high, after }
}

/** Offset of local time from UTC in milliseconds, by the platform's table of zones. */
function asker(zone: string): (ms: number) => number {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
  } catch {
    return () => 0 // RangeError: no such zone
  }
  return (ms) => {
    const minute = Math.floor(ms / MINUTE_MS) * MINUTE_MS
    const parts: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(minute)) parts[type] = Number(value)
    const { year = 1970, month = 1, day = 1, hour = 0, minute: minutes = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minutes) - minute
  }
}
