import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { openChdb } from './chdb.ts'
import type { Engine } from './engine.ts'
import { leafGaps } from './leaf-gaps.ts'
import { loadQueries, migrate, type Queries } from './schema.ts'

const CHUNK = 65_536

describe('leafGaps', () => {
  let folder = ''
  let engine: Engine
  let queries: Queries
  /** Statements run since the last look. */
  let asked: string[] = []
  const counting: Pick<Engine, 'query'> = {
    query: (sql, params) => {
      asked.push(sql)
      return engine.query(sql, params)
    },
  }
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-gaps-'))
    engine = await openChdb(folder, { memoryBytes: 512 * 2 ** 20, threads: 2 })
    await migrate(engine)
    queries = await loadQueries()
  })
  after(async () => {
    await engine[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  /** Makes every leaf below `size` known but those of `gaps`. */
  const fill = async (size: number, gaps: readonly { from: number; until: number }[]): Promise<void> => {
    await engine.command('TRUNCATE TABLE leaves', {})
    const not = gaps.map(({ from, until }) => `AND NOT (number >= ${from} AND number < ${until})`).join(' ')
    await engine.command(
      `INSERT INTO leaves (leaf_index, judged, state) SELECT number, 1, 'verdict' FROM numbers(${size}) WHERE 1 ${not}`,
      {},
    )
    asked = []
  }

  it('asks one question where nothing is lacking, and none of an empty range', async () => {
    await fill(3 * CHUNK + 5, [])
    assert.deepEqual(await leafGaps(counting, queries, { from: 0, size: 3 * CHUNK + 5 }), [])
    assert.equal(asked.length, 1)
    assert.deepEqual(await leafGaps(counting, queries, { from: 7, size: 7 }), [])
    assert.equal(asked.length, 1)
  })

  it('asks one question where nothing is known', async () => {
    await fill(0, [])
    assert.deepEqual(await leafGaps(counting, queries, { from: 9, size: 1_000_000_000 }), [
      { from: 9, until: 1_000_000_000 },
    ])
    assert.equal(asked.length, 1)
  })

  it('gives the gaps that are there, whichever chunks they are in', async () => {
    const near = fc.tuple(fc.nat(20), fc.integer({ min: -3, max: 3 })).map(([chunk, by]) => chunk * CHUNK + by)
    const gap = fc.tuple(near, fc.oneof(fc.integer({ min: 1, max: 4 }), fc.nat(3 * CHUNK))).map(([from, length]) => ({
      from: Math.max(0, from),
      until: Math.max(0, from) + length,
    }))
    await fc.assert(
      fc.asyncProperty(fc.array(gap, { maxLength: 6 }), near, near, async (gaps, one, other) => {
        const size = Math.max(1, one, other)
        const from = Math.max(0, Math.min(one, other, size - 1))
        await fill(size + 2, gaps)
        const wanted: { from: number; until: number }[] = []
        for (const { from: begin, until } of gaps.toSorted((a, b) => a.from - b.from)) {
          const cut = { from: Math.max(begin, from), until: Math.min(until, size) }
          const before = wanted.at(-1)
          if (cut.from >= cut.until) continue
          if (before !== undefined && before.until >= cut.from) before.until = Math.max(before.until, cut.until)
          else wanted.push(cut)
        }
        assert.deepEqual(await leafGaps(counting, queries, { from, size }), wanted)
      }),
      { numRuns: 15 },
    )
  })

  it('stays within the memory of the engine over twelve million leaves', async () => {
    await fill(12_000_000, [{ from: 5_000_000, until: 5_000_002 }])
    assert.deepEqual(await leafGaps(counting, queries, { from: 0, size: 12_000_001 }), [
      { from: 5_000_000, until: 5_000_002 },
      { from: 12_000_000, until: 12_000_001 },
    ])
  })
})
