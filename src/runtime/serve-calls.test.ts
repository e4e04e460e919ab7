import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'

const MODULE = new URL('serve-calls.ts', import.meta.url).href
const CODE = `import { getPriority } from 'node:os'
const { giveWay } = await import(${JSON.stringify(MODULE)})
giveWay(Number(process.argv[1]))
console.log(getPriority())`

describe('giveWay()', () => {
  const skip =
    process.platform !== 'linux'
      ? 'Linux alone'
      : existsSync('/usr/bin/setpriv')
        ? false
        : 'needs setpriv of util-linux'
  // Without its right a process may not come before others: the same refusal as of a service that may change nothing.
  const niceness = (asked: number): number => {
    const node = [process.execPath, '--input-type=module', '--eval', CODE, '--', String(asked)]
    const words = process.getuid?.() === 0 ? ['--bounding-set=-sys_nice', ...node] : node
    const { stdout, stderr } = spawnSync('setpriv', words, { encoding: 'utf8' })
    assert.equal(stderr, '')
    return Number(stdout)
  }

  it('lets others come first', { skip }, () => assert.equal(niceness(19), 19))

  it('leaves a thread as it is where that is refused', { skip }, () => assert.ok(niceness(-20) >= 0))
})
