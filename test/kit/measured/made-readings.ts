import { createRandom } from '../../../src/core/detect/chain/random.ts'
import { MINUTE_MS } from '../../../src/core/model/duration.ts'
import type { Reading } from '../../../src/core/model/measured/reading.ts'
import { instant } from '../../../src/core/model/units.ts'

export const MADE_FROM = Date.parse('2025-01-10T00:00:00Z')

export interface MadeOptions {
  readonly seed: number
  readonly days: number
  readonly probes: number
  /** Restrictions as minutes since MADE_FROM. */
  readonly restricted?: readonly (readonly [number, number])[]
  /** Share of exchanges that pass a restriction. */
  readonly passing?: number
  readonly everyMinutes?: number
  readonly retries?: boolean
}

/** One series of pairs on a regular schedule, shifted from probe to probe; 2 % fail anyway, target and control alike. */
export function madeReadings(options: MadeOptions): readonly Reading[] {
  const random = createRandom(options.seed)
  const every = options.everyMinutes ?? 15
  const readings: Reading[] = []
  for (let probe = 0; probe < options.probes; probe++)
    for (let k = 0; k < (options.days * 1440) / every; k++) {
      const minute = (k + probe / options.probes) * every + random.next()
      const on = options.restricted?.some(([from, until]) => minute >= from && minute < until) === true
      const fails = random.next() < (on ? 1 - (options.passing ?? 0.07) : 0.02)
      const controlFails = random.next() < 0.02
      const times = options.retries === true && fails ? 3 : 1
      for (let repeat = 0; repeat < times; repeat++)
        readings.push({
          at: instant(MADE_FROM + Math.round((minute + repeat) * MINUTE_MS)),
          probe: `p${probe + 1}`,
          target: fails ? 'fail' : 'ok',
          control: controlFails ? 'fail' : 'ok',
          canary: 'ok',
          artefact: false,
          scheduled: true,
          ...(fails ? { mechanism: 'tls.timeout.sni' as const } : {}),
        })
    }
  return readings
}
