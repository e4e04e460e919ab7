import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import { InputError } from '../../src/core/model/errors.ts'
import { almatyHour } from './plan.ts'
import type { Probe } from './probes.ts'
import type { Story } from './stories.ts'

/** Fewer days leave no yardstick: two weeks, the days of the stories and one to spare. */
const LEAST_DAYS = 18
/** How many times slower. */
export const THROTTLED_FACTOR = 3

export interface ThrottledOptions {
  /** Midnight UTC of the first day, milliseconds since 1970. */
  readonly since: number
  readonly days: number
  readonly probes: readonly Probe[]
}

/**
 * A service that answers, and slowly: on the third day from the end, from 20:07 to 23:07 in Almaty, YouTube is three-fold
 * slower on the first network; on the next day, from 11:00, for a whole day on the second. Every other evening is busy
 * on every network, that of the throttling included: both halves of a pair are slow then, and some runs stall. One device
 * alone has a slow path to the service for two days, which is no throttling. Throws InputError for less than 18 days.
 */
export function planThrottled({ since, days, probes }: ThrottledOptions): readonly Story[] {
  if (days < LEAST_DAYS)
    throw new InputError(`Cannot simulate the throttled week: ${days} days, expected at least ${LEAST_DAYS}`, {
      code: 'argument.invalid',
      path: '--days',
      expected: `at least ${LEAST_DAYS}`,
    })
  const asns = [...new Set(probes.map(({ network }) => network.asn))]
  const midnight = (day: number): number => since + day * DAY_MS
  const evening = almatyHour(midnight(days - 3), 20) + 7 * MINUTE_MS
  const noon = almatyHour(midnight(days - 2), 11)
  const on = (at: number, hours: number, where: readonly number[]) =>
    new Map(where.map((asn) => [asn, { start: at, end: at + hours * HOUR_MS }]))
  const throttle = { kind: 'throttle', factor: THROTTLED_FACTOR } as const
  const alone = probes.at(-1)
  return [
    {
      id: 'throttled-evening',
      about: 'one service three-fold slower for three hours of an evening',
      effect: throttle,
      services: ['youtube'],
      probes: [],
      spans: on(evening, 3, asns.slice(0, 1)),
    },
    {
      id: 'throttled-day',
      about: 'one service three-fold slower for a day',
      effect: throttle,
      services: ['youtube'],
      probes: [],
      spans: on(noon, 24, asns.slice(1, 2)),
    },
    {
      id: 'slow-device',
      about: 'one device has a slow path to one service',
      effect: { kind: 'detour', factor: 2.5 },
      services: ['youtube'],
      probes: alone === undefined ? [] : [alone.id],
      spans: on(almatyHour(midnight(days - 6), 9), 48, alone === undefined ? [] : [alone.network.asn]),
    },
    ...Array.from({ length: Math.ceil(days / 2) }, (_, k): Story => {
      const day = days - 3 - 2 * (k - 1)
      return {
        id: `busy-${String(day + 1).padStart(3, '0')}`,
        about: 'busy evening: both halves slow, some runs stall altogether',
        effect: { kind: 'congestion', stall: 0.06 },
        services: [],
        probes: [],
        spans: on(almatyHour(midnight(day), 19), 4, day < 0 ? [] : asns),
      }
    }).filter(({ spans }) => spans.size > 0),
  ]
}
