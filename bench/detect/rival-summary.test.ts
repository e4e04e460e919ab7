import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compareRivals } from './rival-summary.ts'
import { RIVALS } from './rivals.ts'
import type { RivalScore } from './rivals.ts'
import type { BlockScore } from './score.ts'
import type { SeriesOutcome } from './series-worker.ts'

const block = (strength: number, over: Partial<BlockScore> = {}): BlockScore => ({
  hours: 2,
  seen: 3,
  failed: 3,
  probes: 3,
  part: 'full',
  throttled: false,
  long: false,
  hits: 1,
  strength,
  match: 1,
  delay: 1,
  alarms: 1,
  ...over,
})

const rivals = (found: readonly boolean[], wrong: number): readonly RivalScore[] =>
  RIVALS.map((rival) =>
    rival === 'pelt' ? { rival, found, false: wrong } : { rival, found: found.map(() => false), false: 0 },
  )

const outcome = (
  blocks: readonly BlockScore[],
  falseStrengths: readonly number[],
  said: readonly RivalScore[],
): SeriesOutcome => ({
  score: {
    seed: 1,
    years: 2,
    quiet: blocks.length === 0,
    forged: false,
    readings: 0,
    blocks,
    falseIncidents: [],
    falseStrengths,
    falseAlarms: 0,
    brier: { sum: 0, points: 0 },
  },
  rivals: said,
})

const line = (outcomes: readonly SeriesOutcome[], name: string) =>
  compareRivals(outcomes).find(({ rival }) => rival === name)

describe('compareRivals()', () => {
  const blocks = [block(5), block(2), block(-98), block(-Infinity), block(9, { seen: 2 })]
  it('holds Kuager to no more false incidents than the rival has, over the same quiet years', () => {
    const loud = outcome(blocks, [], rivals([true, true, true, false, true], 3))
    const quiet = outcome([], [3, 1, -97], rivals([], 1))
    const pelt = line([loud, quiet], 'pelt')
    assert.equal(pelt?.recall, 3 / 4)
    assert.equal(pelt?.falsePerYear, 1 / 2)
    assert.equal(pelt?.oursFalse, 1 / 2)
    assert.equal(pelt?.ours, 2 / 4)
  })
  it('goes below the evidence floor where the rival is loud, but counts nothing that was never said', () => {
    const loud = outcome(blocks, [], rivals([true, true, true, true, true], 3))
    const pelt = line([loud, outcome([], [3, 1, -99], rivals([], 3))], 'pelt')
    assert.equal(pelt?.ours, 3 / 4)
  })
  it('stands beside a rival louder than every threshold with its loose settings, and beside others never', () => {
    const found = [true, true, true, true, true]
    const loose = outcome([block(5), block(2), block(1), block(-Infinity), block(9, { seen: 2 })], [], []).score
    const loud = { ...outcome(blocks, [], rivals(found, 0)), loose }
    const quiet = (wrong: number): SeriesOutcome => ({
      ...outcome([], [3, 1], rivals([], wrong)),
      loose: outcome([], [4, 3, 2, 1.5, 0.5], []).score,
    })
    assert.deepEqual([line([loud, quiet(4)], 'pelt')?.ours, line([loud, quiet(4)], 'pelt')?.oursFalse], [3 / 4, 4 / 2])
    assert.equal(line([loud, quiet(1)], 'pelt')?.ours, 2 / 4)
  })
  it('asks for no false incident at all beside a rival that has none', () => {
    const silence = line(
      [outcome(blocks, [], rivals([true, true, true, true, true], 0)), outcome([], [3, 1], rivals([], 3))],
      'silence',
    )
    assert.deepEqual([silence?.recall, silence?.oursFalse, silence?.ours], [0, 0, 1 / 4])
  })
})
