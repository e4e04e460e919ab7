import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { HALVES, TARGET_HALVES, type Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { columnsOf, targetOf } from '../chain/columns.ts'
import { maskColumns } from './outages.ts'

const reading: fc.Arbitrary<Reading> = fc
  .record({
    at: fc.nat(1000),
    target: fc.constantFrom(...TARGET_HALVES),
    control: fc.constantFrom(...HALVES),
    canary: fc.constantFrom(...HALVES),
    artefact: fc.boolean(),
    scheduled: fc.boolean(),
  })
  .map((one) => ({ ...one, at: instant(one.at), probe: 'p1' }))
const span = fc.tuple(fc.nat(1000), fc.nat(300)).map(([from, length]) => ({ from, until: from + length }))

const byValue = (a: number, b: number): number => a - b

/** A failure without anything that passed and without direct evidence. */
const isOpen = ({ target, control, canary, artefact }: Reading): boolean =>
  (target === 'fail' || target === 'slow') && control !== 'ok' && canary !== 'ok' && !artefact

describe('maskColumns()', () => {
  it('takes out the failures of an outage that nothing contradicts, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 40 }), fc.array(span, { maxLength: 4 }), (readings, outages) => {
        const inside = (at: number): boolean => outages.some(({ from, until }) => at >= from && at <= until)
        const masked = readings.map((one) =>
          isOpen(one) && inside(one.at)
            ? { ...one, target: 'none' as const, control: 'none' as const, canary: 'none' as const }
            : one,
        )
        const found = maskColumns(columnsOf(readings), outages)
        assert.deepEqual([...found.at], [...columnsOf(masked).at])
        assert.deepEqual([...found.outcome].toSorted(byValue), [...columnsOf(masked).outcome].toSorted(byValue))
      }),
    )
  })
  it('gives the same columns where there is no outage, and leaves those that it was given', () => {
    const failed: Reading = { at: instant(5), probe: 'p1', target: 'fail', control: 'none', canary: 'none', artefact: false, scheduled: true } // prettier-ignore
    const columns = columnsOf([failed])
    assert.equal(maskColumns(columns, []), columns)
    assert.equal(maskColumns(columns, [{ from: 6, until: 9 }]), columns)
    assert.equal(targetOf(maskColumns(columns, [{ from: 5, until: 5 }]).outcome[0] ?? 0), 'none')
    assert.equal(targetOf(columns.outcome[0] ?? 0), 'fail')
  })
})
