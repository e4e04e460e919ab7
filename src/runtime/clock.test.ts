import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from './clock.ts'

describe('systemClock', () => {
  it('now() gives the time of day in whole milliseconds', () => {
    const before = Date.now()
    const now = systemClock.now()
    assert.ok(now >= before && now <= Date.now())
    assert.ok(Number.isInteger(now))
  })

  it('monotonic() never runs backwards', () => {
    let last = systemClock.monotonic()
    for (let i = 0; i < 1_000; i++) {
      const next = systemClock.monotonic()
      assert.ok(next >= last)
      last = next
    }
  })
})
