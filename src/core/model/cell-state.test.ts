import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Kind } from './measured/verdict.ts'
import { cellState } from './cell-state.ts'

const NONE: Readonly<Record<Kind, number>> = {
  reachable: 0,
  interfered: 0,
  unreachable: 0,
  inconclusive: 0,
  'not-judged': 0,
}
const stateOf = (counts: Partial<Record<Kind, number>>): string => cellState({ ...NONE, ...counts })

describe('the state of a cell', () => {
  it('is interference in every measurement only where no judged one says anything else', () => {
    assert.equal(stateOf({ interfered: 4 }), 'shut')
    assert.equal(stateOf({ interfered: 4, 'not-judged': 2 }), 'shut')
    for (const other of ['reachable', 'unreachable', 'inconclusive'] as const)
      assert.equal(stateOf({ interfered: 4, [other]: 1 }), 'part', other)
  })

  it('never hides one interfered measurement among many others', () => {
    assert.equal(stateOf({ interfered: 1, reachable: 500 }), 'part')
  })

  it('is no data where nothing was judged, and inconclusive where nothing could be said', () => {
    assert.equal(stateOf({}), 'none')
    assert.equal(stateOf({ 'not-judged': 9 }), 'none')
    assert.equal(stateOf({ inconclusive: 3 }), 'unkn')
  })

  it('is reachable or unreachable by the greater number, never reachable on a tie', () => {
    assert.equal(stateOf({ reachable: 3, unreachable: 2 }), 'open')
    assert.equal(stateOf({ reachable: 2, unreachable: 2 }), 'fault')
  })
})
