import assert from 'node:assert/strict'
import { it } from 'node:test'
import { seeded } from '../kit/crash/volatile-disk.ts'
import { EDGE_ROWS } from './edge-rows.ts'
import { runRow } from './row.ts'

const SEED = 20_261_201
/** Two rounds of two rows, the quick ones: `npm test -- beyond failures` runs each row fifty times. */
const SAMPLE = ['two of three edges at once', 'centre (kill -9)']

for (const row of EDGE_ROWS.filter(({ lost }) => SAMPLE.includes(lost)))
  it(`loss of ${row.lost} loses nothing, doubles nothing and forks nothing`, { timeout: 120_000 }, async () => {
    const { acknowledged, found, doubled, logs } = await runRow(row, 2, seeded(SEED))
    assert.ok(acknowledged > 5)
    assert.deepEqual({ found, doubled, logs }, { found: acknowledged, doubled: 0, logs: 1 })
  })
