import assert from 'node:assert/strict'
import { it } from 'node:test'
import { MINUTE_MS } from '../../model/duration.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { columnsOf } from '../chain/columns.ts'
import { opine } from './opine.ts'
import { trialsOf } from './trials.ts'

const START = Date.UTC(2025, 0, 1)

const reading = (minute: number, over: Partial<Reading> = {}): Reading => ({
  at: instant(START + minute * MINUTE_MS),
  probe: 'a',
  target: 'ok',
  control: 'ok',
  canary: 'ok',
  artefact: false,
  scheduled: true,
  ...over,
})

/** Three probes every 15 minutes for days, failing from one minute to another. */
function series(days: number, [from, until]: readonly [number, number]): readonly Reading[] {
  return Array.from({ length: days * 96 }, (_, round) =>
    ['a', 'b', 'c'].map((probe, k) => {
      const minute = round * 15 + 2 * k
      return reading(minute, { probe, target: minute >= from && minute < until ? 'fail' : 'ok' })
    }),
  ).flat()
}

const windowOf = (from: number, until: number) => ({ from: START + from * MINUTE_MS, until: START + until * MINUTE_MS })
const minutesOf = (time: number | undefined) => (time === undefined ? undefined : (time - START) / MINUTE_MS)

// Four failures within an hour make up 35 % of it only from the fifth on: twelve pairs an hour.
it('two evening hours are dated alike by PELT and BOCPD, late by four failures and missed by CUSUM', () => {
  const [from, until] = [10 * 1440, 10 * 1440 + 120]
  const found = opine(columnsOf(series(20, [from, until])), windowOf(from, until))
  assert.deepEqual(
    found.map(({ method, start, end }) => [method, minutesOf(start), minutesOf(end)]),
    [
      ['cusum', undefined, undefined],
      ['pelt', from, until],
      ['bocpd', from, until],
      ['four-failed', from + 17, until + 30],
    ],
  )
})

it('a block of weeks is dated by every method, its two edges apart', () => {
  const [from, until] = [10 * 1440, 40 * 1440]
  const found = opine(columnsOf(series(50, [from, until])), windowOf(from, until))
  assert.deepEqual(
    found.map(({ method, start }) => [method, minutesOf(start)]),
    [
      ['cusum', from + 360],
      ['pelt', from],
      ['bocpd', from],
      ['four-failed', from + 17],
    ],
  )
  assert.equal(minutesOf(found[1]?.end), until)
  assert.equal(minutesOf(found[2]?.end), until)
})

it('a series that is restricted throughout is no silence: the restriction begins with the first trial and has no end', () => {
  const found = opine(columnsOf(series(5, [0, 9 * 1440])), windowOf(0, 5 * 1440))
  for (const { method, start, end } of found.slice(0, 3))
    assert.deepEqual([method, minutesOf(start), end], [method, 0, undefined])
})

it('a series without readings yields no result', () => {
  assert.deepEqual(
    opine(columnsOf([]), windowOf(0, 60)).filter(({ start, end }) => start !== undefined || end !== undefined),
    [],
  )
})

it('a failure counts only if its control and its connection worked, direct evidence always', () => {
  const outcome = (over: Partial<Reading>) => [...trialsOf(columnsOf([reading(0), reading(1, over)])).fail].slice(1)
  assert.deepEqual(outcome({ target: 'fail' }), [1])
  assert.deepEqual(outcome({ target: 'slow' }), [1])
  assert.deepEqual(outcome({ target: 'fail', control: 'fail' }), [])
  assert.deepEqual(outcome({ target: 'fail', canary: 'fail' }), [])
  assert.deepEqual(outcome({ target: 'fail', control: 'none' }), [])
  assert.deepEqual(outcome({ target: 'fail', control: 'fail', artefact: true }), [1])
  assert.deepEqual(outcome({ target: 'fail', control: 'none', log10Lr: 1.5 }), [1])
  assert.deepEqual(outcome({ target: 'none', log10Lr: 1.5 }), [1])
  assert.deepEqual(outcome({ target: 'none', log10Lr: -1.5 }), [0])
  assert.deepEqual(outcome({ target: 'none' }), [])
})

it('a failure without a control counts in a series that never has one', () => {
  const bare = { control: 'none', canary: 'none' } as const
  assert.deepEqual([...trialsOf(columnsOf([reading(0, bare), reading(1, { ...bare, target: 'fail' })])).fail], [0, 1])
})
