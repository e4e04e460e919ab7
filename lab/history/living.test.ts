import assert from 'node:assert/strict'
import { it } from 'node:test'
import { HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import { almatyHour } from './plan.ts'
import { simulateHistory, type HistoryOptions } from './simulate.ts'

const since = Date.UTC(2026, 0, 1)
const noon = Date.UTC(2026, 10, 10, 12)

const options = (from: number, until: number): HistoryOptions => ({
  ...{ seed: 3, since, days: 400, from, until },
  ...{ networks: 2, probesPerNetwork: 2, intervalMinutes: 30 },
  story: 'living',
  services: ['youtube', 'telegram'],
})

const linesOf = (from: number, until: number): readonly string[] =>
  [...simulateHistory(options(from, until)).measurements()].map(({ line }) => line)

it('parts of a living history are together what the whole is', () => {
  const parts = [0, 1, 2, 3, 4, 5].flatMap((hour) => linesOf(noon + hour * HOUR_MS, noon + (hour + 1) * HOUR_MS))
  const whole = linesOf(noon, noon + 6 * HOUR_MS)
  assert.deepEqual(parts, whole)
  assert.ok(whole.length > 60)
})

it('every evening of a living history is restricted on all networks but the last, and days have faults that are no blocking', () => {
  for (let day = 0; day < 10; day++) {
    const midnight = Date.UTC(2026, 10, 10 + day)
    const { stories } = simulateHistory(options(midnight, midnight + 24 * HOUR_MS))
    const eight = almatyHour(midnight, 20)
    const evening = stories.filter(({ blocking, networks }) => {
      const start = Date.parse(networks[0]?.start_utc ?? '')
      return blocking && start >= eight && start < eight + 10 * MINUTE_MS
    })
    assert.deepEqual(
      evening.map(({ networks, services }) => [networks.map(({ asn }) => asn), services[0]]),
      [[[64496], 'youtube']],
    )
    assert.ok(stories.some(({ blocking, kind }) => !blocking && kind !== 'congestion'))
  }
})
