import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { pairRows } from '../../../../test/kit/measured/pair-rows.ts'
import { discordantOf } from './discordant.ts'
import { seconds } from '../units.ts'
import type { TcpObservation, TlsObservation } from './observation.ts'

const [CONTROL, TARGET] = pairRows({ target: 0.1, control: 0.1 })
const { failure: _, ...ANSWERED } = TARGET

interface Half {
  readonly role: 'target' | 'innocent'
  readonly at: number
  readonly cut?: boolean
  readonly round?: number
  readonly address?: string
}

const row = ({ role, at, cut = false, round, address = '192.0.2.1' }: Half): TlsObservation => ({
  ...(role === 'target' ? ANSWERED : CONTROL),
  role,
  address,
  startedAt: seconds(at),
  endedAt: seconds(at + 0.1),
  ...(cut ? { failure: { code: 'generic_timeout_error', raw: 'generic_timeout_error' } } : {}),
  ...(round === undefined ? {} : { round }),
})

const of = (...halves: readonly Half[]) => discordantOf(halves.map(row))

describe('discordantOf()', () => {
  it('names the half that was cut while the other was answered, in a test that always makes both', () => {
    assert.equal(of({ role: 'innocent', at: 1 }, { role: 'target', at: 2, cut: true }), 'named')
    assert.equal(of({ role: 'innocent', at: 1, cut: true }, { role: 'target', at: 2 }), 'control')
    assert.equal(of({ role: 'innocent', at: 1 }, { role: 'target', at: 2 }), undefined)
    assert.equal(of({ role: 'innocent', at: 1, cut: true }, { role: 'target', at: 2, cut: true }), undefined)
    assert.equal(of({ role: 'target', at: 2, cut: true }), undefined)
    assert.equal(of({ role: 'innocent', at: 1, address: '192.0.2.2' }, { role: 'target', at: 2, cut: true }), undefined)
  })

  it('does not count a control that our own probe made only once the target had failed', () => {
    const late = of(
      { role: 'target', at: 1, cut: true, round: 0 },
      { role: 'innocent', at: 7, round: 1 },
      { role: 'target', at: 8, cut: true, round: 1 },
    )
    assert.equal(late, undefined)
    assert.equal(of({ role: 'innocent', at: 1, round: 0 }, { role: 'target', at: 2, cut: true, round: 0 }), 'named')
  })

  it('takes a second control that fails as a sign of load, and of several pairs the first', () => {
    const around = [
      { role: 'innocent', at: 1, round: 0 },
      { role: 'target', at: 2, round: 0, cut: true },
      { role: 'innocent', at: 8, round: 0, cut: true },
    ] as const
    assert.equal(of(...around), undefined)
    const other = { address: '192.0.2.9', round: 0 } as const
    assert.equal(
      of(
        { role: 'innocent', at: 5, ...other },
        { role: 'target', at: 6, cut: true, ...other },
        { role: 'innocent', at: 1, round: 0, cut: true },
        { role: 'target', at: 2, round: 0 },
      ),
      'control',
    )
  })

  it('takes a second control that was not even connected as one that was not answered', () => {
    const halves = [row({ role: 'innocent', at: 1, round: 0 }), row({ role: 'target', at: 2, round: 0, cut: true })]
    const shut = (over: Partial<TcpObservation> = {}): TcpObservation => ({
      kind: 'tcp',
      source: '/test_keys/tcp_connect/2',
      side: 'probe',
      hop: 0,
      part: 'url',
      startedAt: seconds(8),
      endedAt: seconds(18),
      address: '192.0.2.1',
      port: 443,
      family: 4,
      origin: 'unknown',
      role: 'innocent',
      round: 0,
      failure: { code: 'generic_timeout_error', raw: 'generic_timeout_error' },
      ...over,
    })
    assert.equal(discordantOf([...halves, shut()]), undefined)
    assert.equal(discordantOf([...halves, shut({ round: 1 })]), 'named')
    assert.equal(discordantOf([...halves, shut({ address: '192.0.2.9' })]), 'named')
    const { failure: _failed, ...opened } = shut()
    assert.equal(discordantOf([...halves, opened]), 'named')
  })

  it('favours neither half where exchanges fail alike: over all ways to fail, the name is alone no more often', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.integer({ min: 1, max: 2 }), (p, controls) => {
        const sum = { named: 0, control: 0 }
        for (let bits = 0; bits < 2 ** (controls + 1); bits++) {
          const cut = (index: number): boolean => ((bits >> index) & 1) === 1
          const halves: Half[] = Array.from({ length: controls }, (_, at) => ({
            role: 'innocent' as const,
            at: at === 0 ? 1 : 3,
            round: 0,
            cut: cut(at + 1),
          }))
          const found = of(...halves, { role: 'target', at: 2, round: 0, cut: cut(0) })
          const failed = Array.from({ length: controls + 1 }, (_, at) => cut(at)).filter(Boolean).length
          if (found !== undefined) sum[found] += p ** failed * (1 - p) ** (controls + 1 - failed)
        }
        assert.ok(sum.named <= sum.control + 1e-12)
      }),
    )
  })
})
