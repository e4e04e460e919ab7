import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MINUTE_MS } from '../../model/duration.ts'
import { instant } from '../../model/units.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { columnsOf } from '../chain/columns.ts'
import { mergeOnsets, onsetDraws, scheduledColumns } from './onsets.ts'
import { dayStart, wallClock } from './wall-clock.ts'

const at = (minutes: number) => instant(minutes * MINUTE_MS)

describe('onsetDraws()', () => {
  const edge = {
    kind: 'dated',
    median: at(100),
    lo50: at(98),
    hi50: at(104),
    lo95: at(90),
    hi95: at(120),
    bracket: [at(90), at(105)],
  } as const

  it('has half of the draws before the median and half within the 50 % interval', () => {
    const draws = onsetDraws(edge, 200) ?? new Float64Array()
    const count = (low: number, high: number): number =>
      draws.filter((one) => one >= low * MINUTE_MS && one <= high * MINUTE_MS).length
    assert.deepEqual([draws.length, count(0, 100), count(98, 104), count(90, 120)], [200, 100, 100, 200])
    assert.deepEqual(draws, draws.toSorted())
  })

  it('falls back on the bracket, and then on the median', () => {
    const bare = onsetDraws({ kind: 'dated', median: at(100), bracket: [at(92), at(106)] }, 40) ?? new Float64Array()
    assert.ok(bare[0] === 92 * MINUTE_MS && bare[39] === 106 * MINUTE_MS)
    const sure = onsetDraws({ kind: 'dated', median: at(100), bracket: [undefined, undefined] }, 5)
    assert.deepEqual([...(sure ?? [])], Array(5).fill(100 * MINUTE_MS))
  })

  it('is nothing for a start that is not dated', () => {
    assert.equal(onsetDraws({ kind: 'open', bracket: [undefined, at(4)] }, 200), undefined)
    assert.equal(onsetDraws({ kind: 'dated', bracket: [undefined, undefined] }, 200), undefined)
  })
})

describe('mergeOnsets()', () => {
  const onset = (minutes: number) => Float64Array.of(minutes * MINUTE_MS)
  it('lets the first stand for all that begins within the time, and never chains further', () => {
    const merged = mergeOnsets([onset(70), onset(0), onset(50), onset(100)], 60)
    assert.deepEqual(
      merged.map((draws) => (draws[0] ?? 0) / MINUTE_MS),
      [0, 70],
    )
  })
})

describe('wallClock()', () => {
  it('keeps an evening an evening over the change of offset of March 2024', () => {
    const clock = wallClock('Asia/Almaty')
    const before = clock(Date.parse('2024-02-29T14:00:00Z'))
    const after = clock(Date.parse('2024-03-01T15:00:00Z'))
    assert.deepEqual(
      [before - dayStart('2024-02-29'), after - dayStart('2024-03-01')],
      [20 * 3_600_000, 20 * 3_600_000],
    )
  })

  it('refuses a zone that does not exist', () => {
    assert.throws(() => wallClock('Asia/Nowhere'), RangeError)
  })
})

describe('scheduledColumns()', () => {
  const reading = (minutes: number, scheduled: boolean): Reading => ({
    at: at(minutes),
    probe: minutes % 2 === 0 ? 'even' : 'odd',
    target: minutes < 30 ? 'fail' : 'ok',
    control: 'ok',
    canary: 'none',
    artefact: false,
    scheduled,
    log10Lr: minutes,
  })
  it('leaves out readings that a person started by hand', () => {
    const readings = Array.from({ length: 60 }, (_, minutes) => reading(minutes, minutes % 3 !== 0))
    const kept = scheduledColumns(columnsOf(readings))
    const direct = columnsOf(readings.filter(({ scheduled }) => scheduled))
    assert.equal(kept.size, 40)
    assert.deepEqual(
      [kept.at, kept.probe, kept.outcome, kept.log10Lr],
      [direct.at, direct.probe, direct.outcome, direct.log10Lr],
    )
  })
})
