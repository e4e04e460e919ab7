import { HOUR_MS } from '../../src/core/model/duration.ts'
import type { Reading } from '../../src/core/model/measured/reading.ts'
import { instant } from '../../src/core/model/units.ts'
import type { Block } from './blocks.ts'
import type { Draw } from './draw.ts'

/**
 * Adds what a stranger sends who wants to be believed: false failures with a passing control on some evenings, false
 * successes during half of the restrictions, every five minutes or so. Three in five are unsigned (probe ''), the
 * others hold keys of their own.
 */
export function forge(
  draw: Draw,
  series: {
    readonly hours: number
    readonly blocks: readonly Block[]
    /** Keys that one stranger holds. */
    readonly strangers: number
    readonly epoch: number
  },
  readings: Reading[],
): void {
  const unsigned = series.strangers === 1 && draw.hit(0.6)
  const keys = unsigned ? [''] : Array.from({ length: series.strangers }, (_, index) => `x${index + 1}`)
  const send = (from: number, until: number, target: 'ok' | 'fail'): void => {
    for (const probe of keys)
      for (let at = from + draw.exponential(1 / 12); at < Math.min(until, series.hours); at += draw.exponential(1 / 12))
        readings.push({
          at: instant(Math.round(series.epoch + at * HOUR_MS)),
          probe,
          target,
          control: 'ok',
          canary: 'ok',
          artefact: false,
          scheduled: true,
          ...(target === 'fail' ? { mechanism: 'tls.timeout.sni' as const } : {}),
        })
  }
  for (let evening = 0, count = draw.poisson(series.hours / (24 * 10)); evening < count; evening++) {
    const from = Math.floor(draw.uniform(0, series.hours / 24)) * 24 + draw.uniform(17, 22)
    send(from, from + draw.uniform(1, 4), 'fail')
  }
  for (const { from, until } of series.blocks) if (draw.hit(0.5)) send(Math.max(0, from), until, 'ok')
}
