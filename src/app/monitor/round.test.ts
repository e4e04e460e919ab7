import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DeadlineReached } from '../../runtime/deadline.ts'
import { parseInstant } from '../../core/model/units.ts'
import { monitorRound, type RoundTools } from './round.ts'

describe('monitorRound()', () => {
  it('ends no watch at its time limit, which a slow server can reach: that is an alert too', async () => {
    const late = (): Promise<never> => Promise.reject(new DeadlineReached('monitor: no end after 900000 ms'))
    const tools: RoundTools = {
      ...{ get: late, verify: late, atWitness: late, below: () => 0, sample: 0 },
      ...{ url: 'https://kuager.example', now: parseInstant('2026-12-01T00:00:00Z'), trusted: [] },
      judge: late,
    }
    const { alerts, next } = await monitorRound(undefined, tools)
    assert.deepEqual([alerts.map(({ kind }) => kind), next], [['unreachable'], undefined])
  })
})
