import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadCauseFile } from '../../../runtime/tables/cause-files.ts'
import { CAUSES, FAULT_CAUSES, INTERFERENCE_CAUSES, type Cause, type CauseItem } from '../../model/incident/cause.ts'
import { createRandom } from '../chain/random.ts'
import { fitTable, type ReviewedIncident } from './fit-table.ts'
import { column } from './ratio.ts'
import { makeCauseTable, outcomesOf, type CauseTable } from './table.ts'

const { file, digest } = loadCauseFile()
const today = makeCauseTable(file, digest)

/** Today's table with the rows of its items turned round by one cause: another world. */
const planted = makeCauseTable(
  {
    ...file,
    causes: CAUSES.map((cause, c) => {
      const side: readonly Cause[] = INTERFERENCE_CAUSES.includes(cause as never) ? INTERFERENCE_CAUSES : FAULT_CAUSES
      const from = side[(side.indexOf(cause) + 1) % side.length] ?? cause
      return { cause, p: file.causes.find((row) => row.cause === from)?.p ?? file.causes[c]!.p }
    }),
  },
  digest,
)

const LOOKED: readonly CauseItem[] = ['pair', 'stage', 'canary', 'abroad', 'dns', 'line']

function draw(table: CauseTable, cause: Cause, random: { next(): number }): ReviewedIncident['items'] {
  return LOOKED.map((item) => {
    let left = random.next()
    const outcome = outcomesOf(item).find((one) => (left -= column(table, item, one)[CAUSES.indexOf(cause)] ?? 0) < 0)
    return { item, outcome: outcome ?? outcomesOf(item)[0]! }
  })
}

function world(each: number, truth: (cause: Cause) => ReviewedIncident['truth']): readonly ReviewedIncident[] {
  const random = createRandom(3)
  return CAUSES.flatMap((cause) =>
    Array.from({ length: each }, () => ({ items: draw(planted, cause, random), truth: truth(cause) })),
  )
}

/** Greatest distance of an entry of the looked-at items from the planted one. */
function distance(fitted: ReturnType<typeof fitTable>): number {
  const table = makeCauseTable({ ...file, causes: fitted.causes }, digest)
  return Math.max(
    ...LOOKED.flatMap((item) =>
      outcomesOf(item).flatMap((outcome) =>
        column(table, item, outcome).map((p, c) => Math.abs(p - (column(planted, item, outcome)[c] ?? 0))),
      ),
    ),
  )
}

describe('fitTable()', () => {
  it('recovers planted entries, and with them the ratios, from reviewed causes', () => {
    const fitted = fitTable(
      world(1500, (cause) => cause),
      today,
      10,
    )
    assert.ok(distance(fitted) < 0.05, String(distance(fitted)))
    const table = makeCauseTable({ ...file, causes: fitted.causes }, digest)
    // The ratio of a discordant pair under interference by name against a fault at the edge, in the planted world.
    const ratio = (of: CauseTable): number => {
      const p = column(of, 'pair', 'fail-pass')
      return Math.log10((p[CAUSES.indexOf('name-block')] ?? 0) / (p[CAUSES.indexOf('platform-down')] ?? 0))
    }
    assert.ok(Math.abs(ratio(table) - ratio(planted)) < 0.15, `${ratio(table)} ${ratio(planted)}`)
    assert.ok(Math.abs(ratio(today) - ratio(planted)) > 0.5)
    assert.equal(Math.round(fitted.incidents['name-block']), 1500)
  })

  it('keeps today’s table without incidents, and moves little for few', () => {
    const none = fitTable([], today, 10)
    const same = makeCauseTable({ ...file, causes: none.causes }, digest)
    assert.ok(
      Math.abs((column(same, 'pair', 'fail-pass')[0] ?? 0) - (column(today, 'pair', 'fail-pass')[0] ?? 0)) < 0.01,
    )
    const one = fitTable([{ items: [{ item: 'pair', outcome: 'pass-pass' }], truth: 'name-block' }], today, 10)
    const moved = makeCauseTable({ ...file, causes: one.causes }, digest)
    const change = (column(moved, 'pair', 'pass-pass')[0] ?? 0) - (column(today, 'pair', 'pass-pass')[0] ?? 0)
    assert.ok(change > 0.05 && change < 0.1, String(change))
  })

  it('gives an incident of which only the side is known to the causes of that side alone', () => {
    const incidents = world(50, (cause) => (INTERFERENCE_CAUSES.includes(cause as never) ? 'interference' : 'fault'))
    const { incidents: counted } = fitTable(incidents, today, 10)
    const sum = (side: readonly Cause[]): number => side.reduce((total, cause) => total + counted[cause], 0)
    assert.ok(Math.abs(sum(INTERFERENCE_CAUSES) - 50 * INTERFERENCE_CAUSES.length) < 1e-6)
    assert.ok(Math.abs(sum(FAULT_CAUSES) - 50 * FAULT_CAUSES.length) < 1e-6)
  })
})
