import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { filesBelow } from '../../../test/kit/probe/probe-folder.ts'
import { removeOurs } from './folder-files.ts'

describe('removeOurs()', () => {
  it('removes all else where one file is held, says so, and the rest the next time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-held-'))
    await mkdir(join(folder, 'updates'))
    for (const name of ['consent.json', 'updates/program.exe', 'usage-sent.json'])
      await writeFile(join(folder, name), 'x')
    const held: typeof rm = (path, options) =>
      String(path).endsWith('updates') ? Promise.reject(new Error('EBUSY')) : rm(path, options)
    await assert.rejects(removeOurs(folder, held), /EBUSY/)
    assert.deepEqual(await filesBelow(folder), ['updates/program.exe'])
    assert.deepEqual(await removeOurs(folder), [])
    assert.deepEqual(await filesBelow(folder), [])
  })
})
