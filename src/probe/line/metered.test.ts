import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readMetered } from './metered.ts'

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
