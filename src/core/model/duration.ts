/** Durations in milliseconds. A day has 24 hours: none of these is a day of a calendar with summer time. */
export const SECOND_MS = 1000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000
export const WEEK_MS = 604_800_000
