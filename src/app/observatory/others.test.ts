import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { millis } from '../../core/model/units.ts'
import type { LogFields } from '../../runtime/log.ts'
import { folderOthers } from './others.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-folder-others-'))
after(() => rmSync(root, { recursive: true, force: true }))

let nth = 0
/** A data folder, what was logged, and ways to write its files; each list is a little newer than the one before. */
function folder() {
  const path = join(root, String(nth++))
  const place = join(path, 'others')
  mkdirSync(place, { recursive: true })
  const logged: LogFields[] = []
  let now = 0
  let time = 1_700_000_000
  const list = (name: string, files: readonly object[]): void => {
    writeFileSync(join(place, name), JSON.stringify({ simulated: false, files }))
    utimesSync(join(place, name), (time += 10), time)
  }
  const file = (name: string, body: string, sha256 = createHash('sha256').update(body).digest('hex')): object => {
    writeFileSync(join(place, name), body)
    const days = { retrieved: '2026-03-07', since: '2026-03-05', until: '2026-03-06' }
    return { file: name, form: 'ooni-aggregation', title: name, sha256, ...days }
  }
  const open = () =>
    folderOthers(path, join(path, 'record'), {
      clock: { monotonic: () => millis(now) },
      log: { error: (fields) => void logged.push(fields) },
    })
  return { list, file, open, logged, later: () => void (now += 2 * MINUTE_MS) }
}
const EMPTY = JSON.stringify({ result: [] })

describe('folderOthers()', () => {
  it('sets aside at the start what is wrong with a file of a follower, logs it, and has the others', () => {
    const { list, file, open, logged } = folder()
    list('others.json', [file('mine.json', EMPTY)])
    list('followed.json', [file('a.json', EMPTY, '0'.repeat(64)), file('b.json', EMPTY)])
    const { others, lacksOthers } = open()
    assert.deepEqual([others.parts.map(({ title }) => title), lacksOthers()], [['mine.json', 'b.json'], true])
    assert.match(String(logged[0]?.['found']), /a\.json.*not those that were received/)
  })

  it("refuses to start with a wrong file of the operator's", () => {
    const { list, file, open } = folder()
    list('others.json', [file('mine.json', EMPTY, '0'.repeat(64))])
    assert.throws(open, InputError)
  })

  it('takes in what changed without reading the rest again, and logs what it cannot read', async () => {
    const { list, file, open, logged, later } = folder()
    const a = file('a.json', EMPTY)
    list('followed.json', [a])
    const { others, lacksOthers, settled } = open()
    const [before] = others.parts
    list('followed.json', [a, file('b.json', EMPTY)])
    later()
    assert.equal(others.parts.length, 1, 'the last good ones while it is read')
    await settled()
    assert.equal(others.parts.length, 2)
    assert.equal(others.parts[0], before, 'the same part: it was not read again')
    assert.equal(lacksOthers(), false)
    list('others.json', [file('mine.json', '<html>')])
    later()
    void others.parts
    await settled()
    assert.deepEqual([others.parts.length, lacksOthers(), logged.length], [2, true, 1])
    list('others.json', [file('mine.json', EMPTY)])
    later()
    void others.parts
    await settled()
    assert.deepEqual([others.parts.length, lacksOthers()], [3, false])
  })
})
