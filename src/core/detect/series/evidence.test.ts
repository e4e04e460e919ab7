import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { HALVES, TARGET_HALVES, type Reading } from '../../model/measured/reading.ts'
import { packOutcome } from '../chain/columns.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { logEvidence, meaningOf, rowLength } from './evidence.ts'
import { buildChain } from '../chain/transition.ts'

const settings = defaultSettings()
const chain = buildChain(settings)

type Seen = Partial<Pick<Reading, 'target' | 'control' | 'canary' | 'artefact'>>
const packed = (seen: Seen): number =>
  packOutcome({ target: 'ok', control: 'ok', canary: 'none', artefact: false, scheduled: true, ...seen })

function rowOf(seen: Seen, { log10Lr = Number.NaN, controlled = true } = {}): Float64Array {
  const row = new Float64Array(rowLength(chain))
  logEvidence({ chain, settings, controlled }, [packed(seen), log10Lr], [row, 0])
  return row
}

const levels = chain.levels + 1
/** Strongest ln ratio of any level to open, at one load. */
const towards = (row: Float64Array, load = 0): number => {
  const block = row.subarray(load * levels, (load + 1) * levels)
  return Math.max(...block.subarray(1)) - block[0]! // open stands first
}

const seen = fc.record({
  target: fc.constantFrom(...TARGET_HALVES),
  control: fc.constantFrom(...HALVES),
  canary: fc.constantFrom(...HALVES),
})

describe('what a reading says', () => {
  it('of a pair whose target fails and whose control passes is 45 to 1 for the strongest level', () => {
    assert.ok(Math.abs(Math.exp(towards(rowOf({ target: 'fail' }))) - 0.902 / 0.02) < 1e-9)
  })

  it('is nothing about restriction if both halves fail without direct evidence', () => {
    for (const canary of HALVES)
      for (let load = 0; load < chain.loads; load++)
        assert.ok(Math.abs(towards(rowOf({ target: 'fail', control: 'fail', canary }), load)) < 1e-12)
    assert.equal(meaningOf(packed({ target: 'fail', control: 'fail' }), Number.NaN, true).failed, false)
  })

  it('is missing where a failure has no control though the series has some, and counts where it never has any', () => {
    const alone = { target: 'fail', control: 'none' } as const
    assert.equal(meaningOf(packed(alone), Number.NaN, true).about, 'nothing')
    assert.equal(meaningOf(packed(alone), Number.NaN, false).failed, true)
    assert.ok(towards(rowOf(alone, { controlled: false })) > 3)
  })

  it('is never for restriction where the target passes, least of all where its control fails', () => {
    for (const control of HALVES)
      for (let load = 0; load < chain.loads; load++) assert.ok(towards(rowOf({ control }), load) < 0)
    const reversed = rowOf({ control: 'fail' })
    assert.ok(reversed[levels]! > reversed[0]!, 'a reversed pair speaks for load')
  })

  it('of direct evidence counts without a control and weighs no more than 100 to 1', () => {
    for (const control of HALVES) {
      const ratio = Math.exp(towards(rowOf({ target: 'fail', control, artefact: true })))
      assert.ok(ratio > 50 && ratio <= 100)
    }
  })

  it('with a ratio of its own is capped at 100 to 1 either way', () => {
    assert.ok(Math.exp(towards(rowOf({ target: 'fail' }, { log10Lr: 9 }))) <= 100)
    const row = rowOf({}, { log10Lr: -9 })
    assert.ok(Math.abs(Math.exp(row[1]! - row[0]!) - (0.9 * 0.01 + 0.1)) < 1e-9)
  })

  it('of a slow exchange is not explained by load, which slows both halves', () => {
    const slow = rowOf({ target: 'slow' })
    for (let load = 0; load < chain.loads; load++) assert.ok(Math.exp(towards(slow, load)) > 10)
  })

  it('tells nothing about the line where neither control nor canary ever looked at it', () => {
    const row = rowOf({ target: 'fail', control: 'none' }, { controlled: false })
    assert.deepEqual(row.subarray(row.length / 2), row.subarray(0, row.length / 2))
    const looked = rowOf({ target: 'fail', control: 'none', canary: 'fail' }, { controlled: false })
    assert.notDeepEqual(looked.subarray(looked.length / 2), looked.subarray(0, looked.length / 2))
  })

  it('is the same for every level where the network is down', () => {
    fc.assert(
      fc.property(seen, (one) => {
        const down = rowOf(one).subarray(rowLength(chain) / 2)
        assert.ok(down.every((value) => value === down[0]))
      }),
    )
  })

  it('is finite for every outcome and every ratio', () => {
    fc.assert(
      fc.property(seen, fc.boolean(), fc.double({ min: -20, max: 20 }), (one, artefact, log10Lr) => {
        for (const controlled of [true, false])
          assert.ok(rowOf({ ...one, artefact }, { log10Lr, controlled }).every(Number.isFinite))
      }),
    )
  })
})
