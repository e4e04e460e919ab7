import { DAY_MS } from '../../model/duration.ts'
import { instant, parseInstant, type Instant } from '../../model/units.ts'
import { wallClock } from '../coincidence/wall-clock.ts'

/** First instant of a day `YYYY-MM-DD` in a zone. Throws InputError for a day that does not exist, RangeError for a zone. */
export function localDayStart(day: string, zone: string): Instant {
  const clock = wallClock(zone)
  const shown = parseInstant(day)
  // The offset at the guess is right unless the clocks change within it; the second step corrects that.
  const guess = shown - (clock(shown) - shown)
  return instant(guess - (clock(guess) - shown))
}

/** First instant after a day `YYYY-MM-DD` in a zone: where the next one begins. */
export const localDayEnd = (day: string, zone: string): Instant =>
  localDayStart(new Date(parseInstant(day) + DAY_MS).toISOString().slice(0, 10), zone)
