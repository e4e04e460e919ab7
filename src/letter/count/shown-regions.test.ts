import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { REGIONS, type Region } from '../../core/model/region.ts'
import { nextTable, ShownRegions, type RegionCounts, type RegionTable } from './shown-regions.ts'

const [A, B, C] = ['KZ-71', 'KZ-75', 'abroad'] as const
const OTHERS = REGIONS.filter((region) => region !== A && region !== B)

const anyCounts = fc.record(
  Object.fromEntries(REGIONS.map((region) => [region, fc.integer({ min: 0, max: 40 })])),
) as fc.Arbitrary<RegionCounts>

describe('nextTable()', () => {
  it('shows whole tens, never more than there are and none under ten', () => {
    fc.assert(
      fc.property(anyCounts, (given) => {
        for (const { region, atLeast } of nextTable(given, 1000, undefined).regions) {
          assert.ok(atLeast >= 10 && atLeast % 10 === 0)
          assert.ok(atLeast <= (given[region] ?? 0) && (given[region] ?? 0) < atLeast + 10)
        }
      }),
    )
  })

  it('stays as it was until ten changes have come', () => {
    const before = nextTable({ [A]: 35, [C]: 5 }, 40, undefined)
    assert.equal(nextTable({ [A]: 35, [B]: 9, [C]: 5 }, 49, before), before)
    assert.deepEqual(nextTable({ [A]: 35, [B]: 10, [C]: 5 }, 50, before).regions, [
      { region: A, atLeast: 30 },
      { region: B, atLeast: 10 },
    ])
  })

  it('leaves ten people in no number, at the cost of the largest', () => {
    fc.assert(
      fc.property(anyCounts, (given) => {
        const total = Object.values(given).reduce((sum, count) => sum + count, 0)
        const { regions } = nextTable(given, 1000, undefined)
        const shown = regions.reduce((sum, { atLeast }) => sum + atLeast, 0)
        assert.ok(shown === 0 || total - shown >= 10)
      }),
    )
    assert.deepEqual(nextTable({ [A]: 200, [B]: 10 }, 210, undefined).regions, [
      { region: A, atLeast: 190 },
      { region: B, atLeast: 10 },
    ])
  })

  // The attacker knows the rule, the total after each batch and every table, and goes through all that could have been:
  // two regions with any number, and the others with so few that none is shown.
  for (const totals of [
    [10, 20],
    [19, 20, 30],
    [29, 30, 40],
    [9, 10, 11, 20],
  ])
    it(`lets no one find a number from 1 to 9 by subtraction, in a batch or over time: totals ${totals.join(', ')}`, () => {
      const worlds = historiesOf(totals)
      let asked = 0
      for (const consistent of Map.groupBy(worlds, published).values()) {
        for (const place of cells(totals.length)) {
          const values = new Set(consistent.map((world) => cellOf(world, place)))
          const [only = 0] = values
          asked++
          assert.ok(values.size > 1 || only === 0 || Math.abs(only) >= 10, JSON.stringify({ place, only, consistent }))
        }
      }
      assert.ok(asked > 0)
    })
})

/** Signatures after each batch: of two regions, and of all others together. */
type World = readonly (readonly [number, number, number])[]
/** A number of one region after a batch, or how much it grew since an earlier one. */
interface Place {
  readonly region: number
  readonly batch: number
  readonly since?: number
}

function historiesOf(totals: readonly number[]): readonly World[] {
  let worlds: World[] = [[]]
  let last = 0
  for (const total of totals) {
    const grown: World[] = []
    const more = total - last
    for (const world of worlds) {
      const [a, b, c] = world.at(-1) ?? [0, 0, 0]
      for (let x = 0; x <= more; x++)
        for (let y = 0; y <= more - x; y++) grown.push([...world, [a + x, b + y, c + more - x - y]])
    }
    worlds = grown
    last = total
  }
  return worlds
}

/** All that is shown of a world. */
function published(world: World): string {
  let table: RegionTable = { changes: 0, regions: [] }
  const shown = world.map(([a, b, c]) => {
    const counts: Partial<Record<Region, number>> = { [A]: a, [B]: b }
    for (const [nth, region] of OTHERS.entries()) counts[region] = Math.floor((c + nth) / OTHERS.length)
    table = nextTable(counts, a + b + c, table)
    return table.regions
  })
  return JSON.stringify(shown)
}

function* cells(batches: number): Generator<Place> {
  for (let region = 0; region < 2; region++)
    for (let batch = 0; batch < batches; batch++) {
      yield { region, batch }
      for (let since = 0; since < batch; since++) yield { region, batch, since }
    }
}

const at = (world: World, batch: number, region: number): number => world[batch]?.[region] ?? 0
const cellOf = (world: World, { region, batch, since }: Place): number =>
  at(world, batch, region) - (since === undefined ? 0 : at(world, since, region))

describe('ShownRegions', () => {
  it('shows after a restart what it showed before, and forgets a letter', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-regions-'))
    try {
      const shown = await ShownRegions.load(folder)
      await shown.update('ashyq', { [A]: 12, [B]: 8 }, 20)
      await shown.update('ashyq', { [A]: 21, [B]: 8 }, 29)
      const again = await ShownRegions.load(folder)
      assert.deepEqual(again.of('ashyq'), [{ region: A, atLeast: 10 }])
      assert.equal(again.isDue('ashyq', 29), false)
      await again.forget('ashyq')
      assert.deepEqual((await ShownRegions.load(folder)).of('ashyq'), [])
      await writeFile(join(folder, 'shown-regions.json'), '{"ashyq":')
      await assert.rejects(ShownRegions.load(folder), /damaged/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
