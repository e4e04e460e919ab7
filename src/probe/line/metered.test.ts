import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { mayCost, readMetered } from './metered.ts'

describe('readMetered()', { skip: process.platform !== 'linux' && 'stands for NetworkManager on Linux' }, () => {
  it('takes the four answers of NetworkManager, and nothing else for an answer', async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-metered-'))
    try {
      const ask = async (script: string): Promise<string> => {
        await writeFile(join(root, 'busctl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
        return readMetered({ PATH: root })
      }
      const asked = 'case "$*" in *NetworkManager\\ Metered) echo "u $N" ;; esac'
      const found: string[] = []
      for (const number of [0, 1, 2, 3, 4, 13]) found.push(await ask(`N=${number}; ${asked}`))
      assert.deepEqual(found, ['unknown', 'yes', 'no', 'yes', 'no', 'unknown'])
      assert.equal(await ask('echo "u 1"; exit 1'), 'unknown')
      assert.equal(await ask('echo Failed to get property'), 'unknown')
      await rm(join(root, 'busctl'))
      assert.equal(await readMetered({ PATH: root }), 'unknown')
    } finally {
      await rm(root, { recursive: true })
    }
  })
})

describe('mayCost()', () => {
  it('follows the system, and where it says nothing the owner of a connection that costs', () => {
    assert.deepEqual([mayCost('yes', undefined), mayCost('yes', true), mayCost('unknown', true)], [true, true, true])
    assert.deepEqual(
      [mayCost('no', true), mayCost('no', false), mayCost('unknown', undefined), mayCost('unknown', false)],
      [false, false, false, false],
    )
  })
})
