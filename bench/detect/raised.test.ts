import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeCauseTable } from '../../src/core/detect/cause/table.ts'
import type { CauseItem } from '../../src/core/model/incident/cause.ts'
import { CAUSES } from '../../src/core/model/incident/cause.ts'
import { loadCauseFile } from '../../src/runtime/tables/cause-files.ts'
import { loadKinds } from './cause-kinds.ts'
import { countNamelessRows } from './nameless-rows.ts'
import { HEALTHY, judgeShape } from './raised-documents.ts'
import { observeWorld } from './raised-observe.ts'
import { conditionalTable } from './raised-table.ts'
import { makeCauseWorld } from './raised-world.ts'

const { file, digest } = loadCauseFile()
const table = makeCauseTable(file, digest)
const lawOf = (name: string) => loadKinds().find(({ kind }) => kind === name)!.modes[0]!.law // kinds of the file
const world = (seed: number, name: string, interference: boolean) =>
  makeCauseWorld(seed, lawOf(name), { interference, dependence: { rho: 0, sharedShocks: 0 } })

describe('worlds around one cause', () => {
  it('are judged by the judge: the same failure is interference, a fault of the service or nothing, by what stands next to it', () => {
    const kindOf = (over: Partial<typeof HEALTHY>) =>
      judgeShape({ ...HEALTHY, ending: 'tls-silence', ...over }).verdict.kind
    assert.equal(judgeShape(HEALTHY).verdict.kind, 'reachable')
    assert.equal(kindOf({}), 'interfered')
    assert.equal(kindOf({ abroad: 'fails' }), 'unreachable')
    assert.equal(kindOf({ innocentFails: true, neighbourFails: true }), 'inconclusive')
    assert.equal(kindOf({ canaries: 0 }), 'inconclusive')
  })

  it('give the same incident and items for the same seed, and none where the control abroad fails too', () => {
    const raised = observeWorld(world(9_000_001, 'name-drop', true), table)
    assert.deepEqual(observeWorld(world(9_000_001, 'name-drop', true), table), raised)
    const outcome = (item: CauseItem) => raised?.items.find((one) => one.item === item)?.outcome
    assert.equal(outcome('pair'), 'fail-pass')
    assert.equal(outcome('stage'), 'tls-silence-reset')
    assert.equal(observeWorld(world(9_000_001, 'certificate', false), table), undefined)
  })
})

describe('conditionalTable()', () => {
  it('is the table of estimates where nothing was raised, and nears the shares of what was', () => {
    const at = CAUSES.indexOf('name-block')
    const p = (of: typeof table, outcome: string) => of.p.pair.get(outcome)?.[at] ?? 0
    const none = conditionalTable([], table)
    for (const [outcome, row] of table.p.pair)
      for (const [cause, value] of row.entries())
        assert.ok(Math.abs((none.p.pair.get(outcome)?.[cause] ?? 0) - value) < 1e-9)
    const seen = (count: number) =>
      conditionalTable(
        Array.from({ length: count }, () => ({
          row: 'name-block' as const,
          weight: 0.1,
          items: [{ item: 'pair' as const, outcome: 'pass-pass' as const }],
        })),
        table,
      )
    assert.ok(Math.abs(p(seen(10), 'pass-pass') - (1 + p(table, 'pass-pass')) / 2) < 0.02, 'ten weigh as the estimate')
    assert.ok(p(seen(1000), 'pass-pass') > 0.9)
    assert.ok(p(seen(1000), 'fail-pass') >= 0.019)
  })
})

describe('rows without devices', () => {
  it('are those of the table: an entry of each cause, from a simulation that anyone repeats', () => {
    const counted = countNamelessRows(1, 2000)
    for (const cause of ['name-block', 'one-line', 'certificate', 'congestion'] as const) {
      const shares = Object.entries(counted[cause]).toSorted(([, a], [, b]) => b - a)
      // No entry is below .005: what the least outcomes get, the greatest lacks.
      for (const [outcome, share] of shares.slice(1)) {
        const entry = table.p.rows.get(outcome)?.[CAUSES.indexOf(cause)] ?? 0
        assert.ok(Math.abs(entry - Math.max(0.005, share)) < 0.02, `${cause} ${outcome}: ${entry}, counted ${share}`)
      }
    }
  })
})
