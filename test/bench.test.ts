import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { machine, renderTable } from '../bench/run.ts'
import { ROOT } from './house/sources.ts'

describe('the benchmark runner', () => {
  it('renderTable() puts each target and whether it was met beside the figure', () => {
    const text = renderTable([
      { figure: 'small', value: 14_321.7, target: '≥ 14 000', met: true },
      { figure: 'peak', value: 1.26, target: '≤ 1 GB', met: false },
      { figure: 'note', value: 'none' },
    ])
    assert.deepEqual(text.split('\n'), [
      'figure  measured  target',
      'small     14 322  ≥ 14 000  met',
      'peak         1.3  ≤ 1 GB    missed',
      'note        none',
    ])
  })

  it('machine() names the processor, the cores, the memory and the Node.js of the figures', () => {
    assert.match(machine(), /, \d+ cores, \d+ GiB, Node\.js 2\d\./)
  })

  it('a name that is no benchmark ends with exit code 2 and the list of those there are', () => {
    const run = spawnSync(process.execPath, [join(ROOT, 'bench/run.ts'), 'no-such'], { encoding: 'utf8' })
    assert.equal(run.status, 2)
    assert.match(run.stderr, /no such benchmark/)
    assert.match(run.stderr, /Usage: npm run bench NAME/)
  })
})
