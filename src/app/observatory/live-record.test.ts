import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { LogFields } from '../../runtime/log.ts'
import { BUNDLED_RECORD, loadRecord } from '../../runtime/tables/record.ts'
import { openLiveRecord, type LiveRecord, type LiveRecordOptions } from './live-record.ts'

describe('openLiveRecord()', () => {
  let root: string
  before(() => (root = mkdtempSync(join(tmpdir(), 'kuager-live-record-'))))
  after(() => rmSync(root, { recursive: true, force: true }))

  let nth = 0
  /** A data folder with a record of its own, what was logged, and ways to change a file. */
  function folder() {
    const path = join(root, String(nth++))
    cpSync(BUNDLED_RECORD, join(path, 'record'), { recursive: true })
    const logged: LogFields[] = []
    const note = (fields: LogFields): void => void logged.push(fields)
    const log = { info: note, warn: note, error: note }
    const change = (name: string, by: (text: string) => string): void => {
      const file = join(path, 'record', name)
      writeFileSync(file, by(readFileSync(file, 'utf8')))
    }
    const open = (more: Partial<LiveRecordOptions> = {}): Promise<LiveRecord> =>
      openLiveRecord(path, { isPublic: false, follows: false, keeps: true, log, ...more })
    return { path, logged, change, open }
  }
  const broken = (text: string): string => text.replace('"rows": [', '"rows": [,')

  it('has the bundled record where the folder has none, and its own where it has one', async () => {
    const { path, open, change } = folder()
    change('orders.json', () => '{"orders": []}')
    await using own = await open()
    assert.deepEqual([own.record.orders, own.path], [[], join(path, 'record')])
    rmSync(join(path, 'record'), { recursive: true })
    await using bundled = await open()
    assert.equal(bundled.record.digest, loadRecord().digest)
  })

  it('names a missing file of its own record, and keeps the version in force and its copy on the disk', async () => {
    const { path, open, change, logged } = folder()
    change('orders.json', () => '{"orders": []}')
    await using live = await open()
    const kept = readFileSync(join(path, 'record-in-force.json'), 'utf8')
    rmSync(join(path, 'record', 'statements.json'))
    await live.look()
    await using again = await open()
    for (const one of [live, again])
      assert.deepEqual([one.path, one.isDamaged, one.record.orders], [join(path, 'record'), true, []])
    assert.equal(readFileSync(join(path, 'record-in-force.json'), 'utf8'), kept)
    assert.deepEqual(
      logged.map(({ file, found }) => [file, found]),
      Array.from({ length: 2 }, () => [join(path, 'record', 'statements.json'), 'there is no such file']),
    )
  })

  it('takes in a change as a whole, through the object that pages hold', async () => {
    const { open, change } = folder()
    await using live = await open()
    const { record } = live
    const count = record.chronicle.length
    await live.look()
    change('chronicle.json', (text) => text.replaceAll('kz-2022-01', 'kz-2022-january'))
    change('orders.json', () => '{"orders": []}')
    assert.equal(record.chronicle.length, count)
    await live.look()
    assert.ok(record.chronicle.some(({ id }) => id === 'kz-2022-january'))
    assert.deepEqual(record.orders, [])
  })

  it('keeps the last version in force while a file is damaged, and names file, line and column', async () => {
    const { path, open, change, logged } = folder()
    await using live = await open()
    const { digest } = live.record
    change('orders.json', () => '{"orders": []}')
    change('chronicle.json', broken)
    await live.look()
    assert.deepEqual([live.isDamaged, live.record.digest], [true, digest])
    const [{ file, line, column } = {}] = logged
    assert.deepEqual([file, line, column], [join(path, 'record', 'chronicle.json'), 2, 12])
    await live.look()
    assert.equal(logged.length, 1, 'once for each change')
    change('chronicle.json', (text) => text.replace('[,', '['))
    await live.look()
    assert.deepEqual([live.isDamaged, live.record.orders], [false, []])
  })

  it('opens with the version that was in force before, and with none where none is stored', async () => {
    const { path, open, change } = folder()
    {
      await using live = await open()
      assert.ok(live.record.statements.length > 0)
    }
    change('statements.json', (text) => text.slice(0, -20))
    await using again = await open()
    assert.deepEqual([again.isDamaged, again.record.digest], [true, loadRecord().digest])
    assert.ok(again.events.length > 0)
    rmSync(join(path, 'record-in-force.json'))
    await using none = await open({ keeps: false })
    assert.deepEqual([none.isDamaged, none.record.statements, none.record.chronicle], [true, [], []])
    assert.ok(!existsSync(join(path, 'record-in-force.json')))
    writeFileSync(join(path, 'record-in-force.json'), '{"format": "other"}')
    await using strange = await open({ keeps: false })
    assert.deepEqual(strange.record.statements, [])
  })

  it('never shows a simulated record in public', async () => {
    const { open, change } = folder()
    await using live = await open({ isPublic: true })
    const { digest } = live.record
    change('statements.json', () => '{"simulated": true, "statements": []}')
    await live.look()
    assert.deepEqual([live.isDamaged, live.record.simulated, live.record.digest], [true, false, digest])
    await assert.rejects(open({ isPublic: true }), /Cannot show ".*record" in public: it is simulated/)
  })
})
