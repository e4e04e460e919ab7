import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { parquetMetadata } from 'hyparquet'
import { Fault } from '../../core/model/errors.ts'
import type { Column, Value } from '../../site/dataset/columns.ts'
import { compareIndexes, RowIndex } from './row-index.ts'
import { rowValues } from './row-values.ts'
import { TableFiles, type WrittenTable } from './table-files.ts'

const COLUMNS: readonly Column[] = [
  { name: 'measurement_id', type: 'text' },
  { name: 'leaf_index', type: 'integer' },
  { name: 'log10_lr', type: 'number' },
  { name: 'input', type: 'text', nullable: true },
  { name: 'verified', type: 'boolean', nullable: true },
  { name: 'started_at_utc', type: 'time' },
]
const row = (at: number): readonly Value[] => [
  `id-${at}`,
  at * 2 ** 20,
  at / 7,
  at % 3 === 0 ? null : `https://пример-${at % 50}.example/`,
  at % 5 === 0 ? null : at % 2 === 0,
  new Date(1_700_000_000_000 + at * 1000).toISOString().replace('.000Z', 'Z'),
]

describe('TableFiles', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-table-files-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))
  const write = (name: string, rows: number, most: number): WrittenTable => {
    const path = (form: string): string => join(folder, `${name}.${form}`)
    const paths = { parquet: path('parquet'), csv: path('csv'), jsonl: path('jsonl') }
    using files = new TableFiles({ paths, columns: COLUMNS, about: { simulated: 'true' } })
    for (let at = 0; at < rows; at += most)
      files.add(Array.from({ length: Math.min(most, rows - at) }, (_, i) => row(at + i)))
    return files.finish()
  }

  it('writes many rows in groups and parts, which are the same however the rows come', () => {
    const rows = 45_000
    const one = write('by-2000', rows, 2000)
    const { files } = one
    assert.deepEqual(write('by-777', rows, 777), one)
    assert.equal(one.rows, rows)
    const bytes = readFileSync(join(folder, 'by-2000.parquet'))
    assert.equal(createHash('sha256').update(bytes).digest('hex'), files.parquet.sha256)
    const { row_groups: groups, key_value_metadata: about } = parquetMetadata(Uint8Array.from(bytes).buffer)
    assert.deepEqual(
      groups.map((group) => Number(group.num_rows)),
      [20_000, 20_000, 5000],
    )
    assert.deepEqual(about, [{ key: 'simulated', value: 'true' }])
    const text = gunzipSync(readFileSync(join(folder, 'by-2000.jsonl'))).toString()
    const lines = text.trimEnd().split('\n')
    assert.equal(lines.length, rows)
    assert.deepEqual(Object.values(JSON.parse(lines[44_999] ?? '') as object), row(44_999))
    assert.equal(createHash('sha256').update(text).digest('hex'), one.rowsSha256)
    assert.equal(
      gunzipSync(readFileSync(join(folder, 'by-2000.csv')))
        .toString()
        .split('\r\n').length,
      rows + 2,
    )
  })

  it('writes a table without rows, which has its columns', () => {
    assert.equal(write('none', 0, 1).rows, 0)
    const head = gunzipSync(readFileSync(join(folder, 'none.csv'))).toString()
    assert.equal(head, `${COLUMNS.map(({ name }) => name).join(',')}\r\n`)
    assert.equal(gunzipSync(readFileSync(join(folder, 'none.jsonl'))).toString(), '')
    const { schema, num_rows: rows } = parquetMetadata(
      Uint8Array.from(readFileSync(join(folder, 'none.parquet'))).buffer,
    )
    assert.deepEqual([schema.length, Number(rows)], [COLUMNS.length + 1, 0])
  })

  it('writes into no file that is there', () => {
    writeFileSync(join(folder, 'taken.csv'), 'of another')
    assert.throws(() => write('taken', 1, 1), { code: 'EEXIST' })
    assert.equal(readFileSync(join(folder, 'taken.csv'), 'utf8'), 'of another')
  })
})

describe('rowValues()', () => {
  const of = (column: Column, value: unknown): Value | undefined => rowValues({ [column.name]: value }, [column])[0]

  it('takes only what the columns name, and empty texts of the tables as nothing', () => {
    assert.deepEqual(
      rowValues({ leaf_index: 7, device: 'secret', probe: '', verified: 1, at: 0 }, [
        { name: 'leaf_index', type: 'integer' },
        { name: 'probe', type: 'text', nullable: true },
        { name: 'verified', type: 'boolean' },
        { name: 'started_at_utc', type: 'time' },
      ]),
      [7, null, true, '1970-01-01T00:00:00Z'],
    )
    assert.equal(
      of({ name: 'answers', type: 'text', nullable: true }, ['192.0.2.1', '192.0.2.2']),
      '192.0.2.1 192.0.2.2',
    )
  })

  it('refuses what is not of its type, and what may not be empty', () => {
    for (const [type, value] of [
      ['integer', 1.5],
      ['integer', 2 ** 60],
      ['number', Number.NaN],
      ['boolean', 2],
      ['text', 7],
      ['time', true],
      ['text', null],
    ] as const)
      assert.throws(() => of({ name: 'name', type }, value), Fault, `${type} ${String(value)}`)
  })
})

describe('compareIndexes()', () => {
  it('counts what was added, removed and changed', () => {
    const key = fc.integer({ min: 0, max: 40 })
    fc.assert(
      fc.property(
        fc.dictionary(key.map(String), fc.constantFrom('a', 'b')),
        fc.dictionary(key.map(String), fc.constantFrom('a', 'b')),
        (before, now) => {
          const index = (rows: Readonly<Record<string, string>>): Uint8Array => {
            const made = new RowIndex()
            for (const [name, line] of Object.entries(rows)) made.add(name, line)
            return made.bytes
          }
          const both = Object.keys(now).filter((name) => Object.hasOwn(before, name))
          assert.deepEqual(compareIndexes(index(before), index(now)), {
            added: Object.keys(now).length - both.length,
            removed: Object.keys(before).length - both.length,
            changed: both.filter((name) => before[name] !== now[name]).length,
          })
        },
      ),
    )
  })
})
