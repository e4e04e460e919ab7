import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isDiskRefusal, removeDeadWork } from './reading-folder.ts'

describe('isDiskRefusal()', () => {
  it('knows the codes with which SQLite says that a disk is full or takes no writes, the extended ones too', () => {
    const of = (errcode: number): boolean => isDiskRefusal(Object.assign(new Error('x'), { errcode }))
    assert.deepEqual([8, 13, 776, 1544].map(of), [true, true, true, true])
    assert.deepEqual([5, 11, 14, 261].map(of), [false, false, false, false])
  })
})

describe('removeDeadWork()', () => {
  /** A work folder of a process, with a copy in it. */
  const workOf = (pid: number): string => {
    const path = mkdtempSync(join(tmpdir(), `kuager-reading-${pid}-`))
    writeFileSync(join(path, 'reports.sqlite'), 'what people reported')
    return path
  }

  it('removes copies that a process of our own number left, as in a container, and none of a process that lives', async () => {
    const [dead, alive] = [workOf(process.pid), workOf(process.ppid)]
    try {
      await removeDeadWork()
      assert.deepEqual([existsSync(dead), existsSync(alive)], [false, true])
    } finally {
      for (const path of [dead, alive]) await rm(path, { recursive: true, force: true })
    }
  })
})
