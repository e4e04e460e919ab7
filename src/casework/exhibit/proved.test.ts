import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sampleFinding } from '../../../test/kit/evening/exhibit-sample.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { annexRows, leafText } from './proved.ts'

describe('annexRows()', () => {
  const { annexes } = sampleFinding()

  it('names every file, alone or with its folder', () => {
    const rows = annexRows(annexes)
    assert.equal(
      rows.reduce((sum, { count }) => sum + count, 0),
      annexes.length,
    )
    assert.equal(rows.find(({ name }) => name === 'data/raw/')?.count, 419)
    assert.equal(rows.find(({ name }) => name === 'data/revisions/1440.json')?.count, 1)
  })

  it('does not depend on the order of the files', () => {
    assert.deepEqual(annexRows(annexes.toReversed()), annexRows(annexes))
  })

  it('gives a folder the digest that grep and sha512sum give its lines of the manifest', (t) => {
    if (!hasProgram('sha512sum')) return t.skip('needs sha512sum')
    const folder = mkdtempSync(join(tmpdir(), 'kuager-manifest-'))
    try {
      const lines = annexes
        .map(({ path, sha512 }) => `${sha512}  ${path}\n`)
        .toSorted((a, b) => {
          const [left, right] = [a.slice(130), b.slice(130)]
          return left < right ? -1 : 1
        })
      writeFileSync(join(folder, 'manifest-sha512.txt'), lines.join(''))
      for (const { name, sha512 } of annexRows(annexes).filter(({ count }) => count > 1)) {
        const command = `grep '  ${name}' manifest-sha512.txt | sha512sum`
        const found = execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
        assert.equal(found.slice(0, 128), sha512, name)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('leafText()', () => {
  it('gives one place, the first and the last, or nothing', () => {
    assert.equal(leafText([]), '')
    assert.equal(leafText([7]), '7')
    assert.equal(leafText([9, 7, 8]), '7 \u2013 9')
  })
})
