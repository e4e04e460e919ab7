import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pairRows } from '../../test/kit/pair-rows.ts'
import { pairTimesOf } from './pair-times.ts'

const near = (found: number | undefined, expected: number): void =>
  assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-12, `${found} is not ${expected}`)

describe('pairTimesOf()', () => {
  it('gives the ratio of the two handshakes, a certificate of another name being an answer', () => {
    const times = pairTimesOf(pairRows({ target: 0.75, control: 0.25 }))
    near(times?.lnRatio, Math.log(3))
    near(times?.lnControl, Math.log(0.25))
  })

  it('gives none where the target failed: a failure is no ratio, however long it took', () => {
    for (const failure of ['generic_timeout_error', 'connection_reset', 'ssl_unknown_authority'] as const)
      assert.equal(pairTimesOf(pairRows({ target: 10, control: 0.2, failure })), undefined)
  })

  it('gives none where the control failed', () => {
    const [control, target] = pairRows({ target: 0.2, control: 10 })
    const failure = { code: 'generic_timeout_error', raw: 'generic_timeout_error' } as const
    assert.equal(pairTimesOf([{ ...control, failure }, target]), undefined)
  })

  it('gives none for halves on two addresses, five seconds apart, or without a time', () => {
    assert.equal(pairTimesOf(pairRows({ target: 0.2, control: 0.1, controlAddress: '192.0.2.1' })), undefined)
    assert.equal(pairTimesOf(pairRows({ target: 0.2, control: 0.1, apart: 5.5 })), undefined)
    const [control, { endedAt: _, ...untimed }] = pairRows({ target: 0.2, control: 0.1 })
    assert.equal(pairTimesOf([control, untimed]), undefined)
    assert.equal(pairTimesOf([]), undefined)
  })

  it('takes the control that is nearest in time', () => {
    const [far, target] = pairRows({ target: 0.4, control: 0.1, apart: 3 })
    const [close] = pairRows({ target: 0.4, control: 0.2, apart: 0 })
    const shifted = { ...close, startedAt: target.endedAt, endedAt: (target.endedAt ?? 0) + 0.2 } as typeof close
    near(pairTimesOf([far, target, shifted])?.lnRatio, Math.log(2))
  })
})
