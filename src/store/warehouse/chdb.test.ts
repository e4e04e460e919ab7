import assert from 'node:assert/strict'
import { readdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../../core/model/errors.ts'
import { openChdb } from './chdb.ts'
import type { Engine } from './engine.ts'
import { NativeBlock, blockHead } from './native-block.ts'

const TABLE = `CREATE TABLE made
(
    judged UInt64, row UInt32, whole UInt64, signed Nullable(Int64), real Nullable(Float64), at DateTime64(3, 'UTC'),
    text Nullable(String), word LowCardinality(String), word_or_null LowCardinality(Nullable(String)),
    digest FixedString(32), texts Array(String), numbers Array(UInt32)
)
ENGINE = MergeTree ORDER BY row`

const hostile = fc.string({ unit: 'binary', maxLength: 60 })
const rowOf = fc.record({
  whole: fc.maxSafeNat(),
  signed: fc.option(fc.maxSafeInteger()),
  real: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  at: fc.integer({ min: Date.UTC(1910, 0, 1), max: Date.UTC(2290, 0, 1) }),
  text: fc.option(hostile),
  word: hostile,
  word_or_null: fc.option(hostile),
  digest: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
  texts: fc.array(hostile, { maxLength: 3 }),
  numbers: fc.array(fc.nat({ max: 0xffff_ffff }), { maxLength: 3 }),
})
type MadeRow = typeof rowOf extends fc.Arbitrary<infer Row> ? Row : never

function encode(rows: readonly MadeRow[]): { columns: readonly string[]; pieces: readonly Uint8Array[] } {
  const block = new NativeBlock(rows.length)
  const number = block.numbers('row', 'UInt32')
  const whole = block.wholes('whole', 'UInt64')
  const signed = block.nullableWholes('signed', 'Int64')
  const real = block.nullableNumbers('real', 'Float64')
  const at = block.wholes('at', "DateTime64(3, 'UTC')")
  const text = block.nullableTexts('text')
  const word = block.words('word')
  const wordOrNull = block.nullableWords('word_or_null')
  const digest = block.digests('digest')
  const texts = block.textLists('texts')
  const numbers = block.numberLists('numbers')
  for (const [row, made] of rows.entries()) {
    number.set(row, row)
    whole.set(row, made.whole)
    signed.set(row, made.signed ?? undefined)
    real.set(row, made.real ?? undefined)
    at.set(row, made.at)
    text.set(row, made.text ?? undefined)
    word.set(row, made.word)
    wordOrNull.set(row, made.word_or_null ?? undefined)
    digest.set(row, made.digest)
    texts.set(row, made.texts)
    numbers.set(row, made.numbers)
  }
  const head = blockHead(block.columnNames.length, rows.length, { name: 'judged', value: 7 })
  return { columns: ['judged', ...block.columnNames], pieces: [head, block.encode()] }
}

describe('the embedded engine', () => {
  let folder: string
  let engine: Engine
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-chdb-'))
    engine = await openChdb(folder, { memoryBytes: 256 * 2 ** 20, threads: 2 })
    await engine.command(TABLE, {})
  })
  after(async () => {
    await engine[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('gives back every value of a block, with any texts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { minLength: 1, maxLength: 40 }), async (rows) => {
        await engine.command('TRUNCATE TABLE made', {})
        const { columns, pieces } = encode(rows)
        await engine.insertNative('made', columns, pieces)
        const found = await engine.query(
          `SELECT whole, signed, real, toUnixTimestamp64Milli(at) AS at, text, word, word_or_null,
            lower(hex(digest)) AS digest, texts, numbers FROM made ORDER BY row`,
          {},
        )
        assert.deepEqual(
          found.map((row) => ({ ...row, real: row['real'] === null ? null : Number(row['real']) + 0 })),
          rows.map((row) => ({ ...row, real: row.real === null ? null : row.real + 0 })),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('takes a dictionary of more words than one byte, and than two bytes, can number', async () => {
    for (const count of [300, 70_000]) {
      await engine.command('TRUNCATE TABLE made', {})
      const block = new NativeBlock(count)
      const row = block.numbers('row', 'UInt32')
      const word = block.words('word')
      for (let i = 0; i < count; i++) {
        row.set(i, i)
        word.set(i, `word ${i}`)
      }
      const head = blockHead(2, count, { name: 'judged', value: 1 })
      await engine.insertNative('made', ['judged', 'row', 'word'], [head, block.encode()])
      const wrong = await engine.query(
        `SELECT count() AS n, countIf(word != concat('word ', toString(row))) AS bad FROM made`,
        {},
      )
      assert.deepEqual(wrong, [{ n: count, bad: 0 }])
    }
  })

  it('gives every row of several blocks in one insertion, as one part', async () => {
    await engine.command('TRUNCATE TABLE made', {})
    const rows = fc.sample(rowOf, { numRuns: 30, seed: 1 })
    const { columns, pieces } = encode(rows)
    await engine.insertNative('made', columns, [...pieces, ...pieces, ...pieces])
    const parts = `SELECT count() AS parts, sum(rows) AS rows FROM system.parts WHERE table = 'made' AND active`
    assert.deepEqual(await engine.query(parts, {}), [{ parts: 1, rows: 90 }])
  })

  it('refuses bytes that end early, stores none of them and leaves no file behind', async () => {
    await engine.command('TRUNCATE TABLE made', {})
    const { columns, pieces } = encode(fc.sample(rowOf, { numRuns: 9, seed: 2 }))
    const cut = pieces.map((piece, i) => (i === 1 ? piece.subarray(0, piece.length - 3) : piece))
    await assert.rejects(engine.insertNative('made', columns, cut), Fault)
    assert.deepEqual(await engine.query('SELECT count() AS n FROM made', {}), [{ n: 0 }])
    assert.deepEqual(await readdir(join(folder, 'warehouse-staging')), [])
  })

  it('ends a query that wants more memory than it may have; nothing of it comes into the next answers', async () => {
    const greedy = 'SELECT length(groupArray(number)) AS n FROM numbers(200000000)'
    const late = "SELECT number, throwIf(number = 300000, 'made') AS n FROM numbers(400000)"
    for (const sql of [greedy, late]) {
      const [failed, next, another] = await Promise.allSettled([
        engine.query(sql, {}),
        engine.query('SELECT 1 AS one', {}),
        engine.query('SELECT 2 AS two', {}),
      ])
      assert.equal(failed.status, 'rejected')
      assert.deepEqual(next, { status: 'fulfilled', value: [{ one: 1 }] })
      assert.deepEqual(another, { status: 'fulfilled', value: [{ two: 2 }] })
    }
  })

  it('binds parameters by type and never as text of the query', async () => {
    const text = "a' OR '1'='1\\\n\t"
    assert.deepEqual(await engine.query('SELECT {text:String} AS text, {n:Int64} AS n', { text, n: -5 }), [
      { text, n: -5 },
    ])
  })
})
