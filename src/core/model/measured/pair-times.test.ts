import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pairRows } from '../../../../test/kit/measured/pair-rows.ts'
import { pairTimesOf } from './pair-times.ts'
import { seconds } from '../units.ts'

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

describe('pairTimesOf(), rounds of our own probe', () => {
  const endpoint = (part: string, ratios: readonly number[], abroad?: readonly [target: number, innocent: number]) => {
    const rounds = ratios.flatMap((ratio, round) =>
      pairRows({ target: 0.2 * ratio, control: 0.2 }).map((row) => ({
        ...row,
        part,
        round,
        startedAt: seconds((row.startedAt ?? 0) + 20 * round),
        endedAt: seconds((row.endedAt ?? 0) + 20 * round),
      })),
    )
    const outside = (abroad ?? []).map((took, index) => ({
      ...rounds[0]!, // every list of ratios holds one
      part,
      side: 'control' as const,
      role: index === 0 ? ('target' as const) : ('innocent' as const),
      startedAt: seconds(0),
      endedAt: seconds(took),
    }))
    return [...rounds, ...outside]
  }

  it('gives the middle round of the slowest endpoint', () => {
    const rows = [...endpoint('page a:443', [1, 1.1, 0.9]), ...endpoint('media b:443', [1, 4, 30])]
    near(pairTimesOf(rows)?.lnRatio, Math.log(4))
    near(pairTimesOf(rows)?.lnControl, Math.log(0.2))
  })

  it('leaves out an endpoint that is as slow from abroad', () => {
    const rows = [...endpoint('page a:443', [1.2]), ...endpoint('media b:443', [4], [0.4, 0.1])]
    near(pairTimesOf(rows)?.lnRatio, Math.log(1.2))
    near(pairTimesOf([...endpoint('media b:443', [4], [0.11, 0.1])])?.lnRatio, Math.log(4))
  })
})
