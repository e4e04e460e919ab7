import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { describeProgram } from './program.ts'

const skip = hasProgram('sha256sum') ? false : 'sha256sum is not installed'

describe('describeProgram()', () => {
  it('gives the digest of the sources as the documented command does', { skip }, async () => {
    const root = mkdtempSync(join(tmpdir(), 'kuager-program-'))
    try {
      writeFileSync(join(root, 'package.json'), '{"version":"1.2.3"}')
      mkdirSync(join(root, 'src/a/b'), { recursive: true })
      for (const name of ['a-b.ts', 'a.ts', 'a/b/c.ts', 'B.ts']) writeFileSync(join(root, 'src', name), name)
      const told = await describeProgram({ rules: 'r', detection: 'd' }, root)
      const command = 'find src -type f | LC_ALL=C sort | xargs sha256sum | sha256sum'
      const expected = execFileSync('sh', ['-c', command], { cwd: root, encoding: 'utf8' }).slice(0, 64)
      assert.deepEqual(told, {
        ...{ version: '1.2.3', source_sha256: expected, node: process.version, rules: 'r', detection: 'd' },
      })
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
