import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openLogFile } from './log-file.ts'

describe('openLogFile()', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-log-'))
  after(() => rmSync(root, { recursive: true }))

  it('keeps the newest lines in two files of at most a megabyte, readable by their owner only', () => {
    const path = join(root, 'daemon.log')
    const log = openLogFile(path)
    const line = `${'x'.repeat(99_999)}\n`
    for (let i = 0; i < 25; i++) log.write(i === 24 ? 'newest\n' : line)
    assert.ok(statSync(path).size <= 1e6 && statSync(`${path}.1`).size <= 1e6)
    assert.ok(readFileSync(path, 'utf8').endsWith('newest\n'))
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  it('loses lines where nothing can be written, and goes on', () => {
    assert.doesNotThrow(() => openLogFile(join(root, 'not there', 'daemon.log')).write('line\n'))
  })
})
