// The failure table of docs/operating/failures.md, each row many times at random moments: `npm test -- beyond failures`.
// Rounds and seed are options, --rounds and --seed; a word chooses rows: `npm test -- beyond warehouse`.
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { seeded } from '../kit/crash/volatile-disk.ts'
import { FAILURE_ROWS, failureTable } from './failures.ts'
import { runRow, type RowResult } from './row.ts'
import { BEYOND_WORDS, isChosen } from './words.ts'

const ROUNDS = Number(process.env['KUAGER_ROUNDS'] ?? 50)
const SEED = Number(process.env['KUAGER_SEED'] ?? Date.now() % 1_000_000)

describe(`failures, seed ${SEED}`, () => {
  const results: RowResult[] = []
  after(() => process.stdout.write(`\n${failureTable(results)}\n\n`))
  for (const [nth, row] of FAILURE_ROWS.entries()) {
    if (!isChosen('failures') && !BEYOND_WORDS.some((word) => row.lost.includes(word))) continue
    const what = `${row.lost}: nothing acknowledged is lost but what the table names, nothing is doubled, there is one log`
    it(what, { skip: row.skip ?? false }, async () => {
      const result = await runRow(row, ROUNDS, seeded(SEED + nth))
      results.push(result)
      process.stdout.write(`${failureTable([result])}\n`)
      assert.deepEqual(
        { wrong: result.wrong, doubled: result.doubled, logs: result.logs },
        { wrong: 0, doubled: 0, logs: 1 },
      )
      assert.ok(result.acknowledged > 5 * ROUNDS, `only ${result.acknowledged} were acknowledged`)
    })
  }
})
