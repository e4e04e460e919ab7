import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'
import { loadRecord } from './record.ts'

const BUNDLED = join(PACKAGE_ROOT, 'data', 'record')
const words = (text: { readonly kk: string; readonly ru: string; readonly en: string }): readonly string[] => [
  text.kk,
  text.ru,
  text.en,
]

describe('loadRecord()', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kuager-record-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** The bundled record with one file changed as text. */
  const changed = (name: string, change: (text: string) => string): (() => unknown) => {
    cpSync(BUNDLED, folder, { recursive: true })
    const file = join(folder, name)
    const text = readFileSync(file, 'utf8')
    const after = change(text)
    assert.notEqual(after, text)
    writeFileSync(file, after)
    return () => loadRecord(folder)
  }

  it('reads the bundled record, statements by date, and gives the same digest twice', () => {
    const record = loadRecord()
    assert.equal(record.simulated, false)
    assert.equal(record.orders.filter(({ number }) => number !== undefined).length, 10)
    const years = record.statements.map(({ at }) => at.slice(0, 4))
    assert.deepEqual(years, years.toSorted())
    assert.match(record.digest, /^[0-9a-f]{64}$/)
    assert.equal(loadRecord().digest, record.digest)
  })

  it('changes its digest with one letter of any file', () => {
    const { digest } = loadRecord()
    for (const name of ['statements.json', 'chronicle.json', 'orders.json']) {
      changed(name, (text) => text.replace('. ', '.  '))
      assert.notEqual(loadRecord(folder).digest, digest, name)
    }
  })

  it('reads demands where there are any, by date, and lets them into the digest', () => {
    const before = loadRecord()
    assert.deepEqual(before.demands, [])
    cpSync(BUNDLED, folder, { recursive: true })
    const demand = (id: string, at: string) => ({
      id,
      at,
      who: { kk: 'а', ru: 'б', en: 'c' },
      text: { kk: 'а', ru: 'б', en: 'c' },
      source: { title: 'x', checked: false },
    })
    const save = (value: unknown): void => writeFileSync(join(folder, 'demands.json'), JSON.stringify(value))
    const two = [demand('second', '2026-02-01'), demand('first', '2026-01-01T10:00:00Z')]
    save({ simulated: false, demands: two })
    const record = loadRecord(folder)
    assert.deepEqual(
      record.demands.map(({ id }) => id),
      ['first', 'second'],
    )
    assert.notEqual(record.digest, before.digest)
    const refused = (value: unknown, message: RegExp): void => {
      save(value)
      assert.throws(() => loadRecord(folder), { name: 'InputError', message })
    }
    refused({ simulated: true, demands: two }, /"demands\.json", \/simulated/)
    refused({ simulated: false, demands: [two[0], two[0]] }, /\/demands\/1\/id/)
    refused({ simulated: false, demands: [demand('no-day', '2026')] }, /\/demands\/0\/at/)
    rmSync(join(folder, 'demands.json'))
  })

  it('names file and path of a row that is not of the form', () => {
    assert.throws(
      changed('chronicle.json', (text) => text.replace('"reportedAs": "disputed"', '"reportedAs": "blocked"')),
      {
        name: 'InputError',
        message: /"chronicle\.json", \/rows\/1\/reportedAs/,
      },
    )
  })

  it('names line and column of what is wrong, also of what is no JSON and of bytes that are no text', () => {
    assert.throws(
      changed('chronicle.json', (text) => text.replace('"reportedAs": "disputed"', '"reportedAs": "blocked"')),
      /"chronicle\.json", \/rows\/1\/reportedAs, line 3\d, column 21: /,
    )
    assert.throws(
      changed('orders.json', (text) => text.replace('"orders": [', '"orders": [,')),
      /"orders\.json", line 2, column 14: Unexpected token/,
    )
    assert.throws(
      changed('orders.json', (text) => text.slice(0, -4)),
      /"orders\.json", line \d+, column \d+: Expected/,
    )
    cpSync(BUNDLED, folder, { recursive: true })
    writeFileSync(join(folder, 'events.json'), Buffer.from('{"events": "\n\u0436  ', 'utf8').fill(0xff, 15, 16))
    assert.throws(() => loadRecord(folder), /"events\.json", line 2, column 2: a byte that is not UTF-8/)
  })

  it('refuses windows of a course that are out of order, overlap, or are outside it', () => {
    const windows = (from: string, to: string) => changed('chronicle.json', (text) => text.replace(from, to))
    for (const load of [
      windows('"2022-01-06T10:30:00Z", "2022-01-06T14:00:00Z"', '"2022-01-05T20:30:00Z", "2022-01-06T14:00:00Z"'),
      windows('"2022-01-06T10:30:00Z", "2022-01-06T14:00:00Z"', '"2022-01-06T10:30:00Z", "2022-01-06T10:30:00Z"'),
      windows('"2022-01-09T06:00:00Z"', '"2022-01-12T06:00:00Z"'),
      windows('"2022-01-05T17:30:00Z"', '"2022-01-05T09:30:00Z"'),
    ])
      assert.throws(load, /\/rows\/\d+\/course\/(windows|ends)/)
  })

  it('refuses an id that stands twice, a period that ends before it begins, an answer without a question', () => {
    const wrong = [
      changed('orders.json', (text) => text.replace('order-25-1-2-25-2727', 'order-25-1-1-25-2057')),
      changed('chronicle.json', (text) => text.replace('"onset": ["2016-05-20"', '"onset": ["2017-05-20"')),
      changed('statements.json', (text) => text.replace('"until": "2016-12-16"', '"until": "2016-12-15"')),
      changed('orders.json', (text) =>
        text.replace('"textHeld": false', '"textHeld": false, "answeredOn": "2026-01-01"'),
      ),
    ]
    for (const [index, load] of wrong.entries()) assert.throws(load, InputError, String(index))
  })
})

describe('the bundled record', () => {
  const record = loadRecord()

  it('says in no sentence of its own who restricted or who ordered it', () => {
    const accusing =
      /\b(government|authorities|ministry|committee|state) (block|order|restrict|shut)|blocked by|ordered by|(власти|правительств\S*|министерств\S*|комитет\S*) (за?блокир|ограничил|отключил)|(үкімет|билік|министрлік|комитет) (бұғатта|шекте)/iu
    const own = [
      ...record.chronicle.flatMap(({ text }) => words(text)),
      ...record.orders.flatMap(({ title }) => words(title)),
    ]
    for (const sentence of own) assert.doesNotMatch(sentence, accusing)
  })

  it('sets no political event beside a reported incident without saying that the link was not measured', () => {
    const beside = loadRecord().chronicle.filter(({ text }) =>
      /gather|resign|livestream|rall(y|ies)|protest|speech|arrest/i.test(text.en),
    )
    assert.ok(beside.length > 2)
    for (const { id, text } of beside) {
      assert.match(text.en, /the link was not measured/, id)
      assert.match(text.ru, /связь не измерялась/, id)
      assert.match(text.kk, /байланысы өлшенбеген/, id)
    }
  })

  it('calls nothing that is only reported by the words kept for measured findings', () => {
    for (const { text } of record.chronicle) {
      assert.doesNotMatch(text.en, /\bblock(ed|ing)?\b/i)
      assert.doesNotMatch(text.ru, /блокир/i)
      assert.doesNotMatch(text.kk, /бұғатта/i)
    }
  })

  it('gives every source that counts as read an address, or says what it is', () => {
    const sources = [
      ...record.statements.map(({ source }) => source),
      ...record.chronicle.flatMap((row) => row.sources),
      ...record.orders.map(({ source }) => source),
    ]
    for (const { url, title, checked } of sources)
      assert.ok(!checked || url !== undefined || /CenAlert|IMC 2020/.test(title), title)
  })

  it('quotes no one from a source that was never opened', () => {
    for (const { id, quote, source } of loadRecord().statements) assert.ok(quote === undefined || source.checked, id)
  })

  it('quotes in English only where the source is in English', () => {
    for (const { quote, source } of record.statements)
      if (quote !== undefined) assert.match(source.url ?? '', /^https:\/\/(en\.|rootdaemon\.com)/)
  })
})
