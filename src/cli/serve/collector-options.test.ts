import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { size } from './collector-options.ts'

const at = { name: 'size', world: testWorld('/nowhere', () => undefined) }

describe('size()', () => {
  it('reads whole numbers of KiB, MiB and GiB', () => {
    const read = ['1K', '256M', '9999999G'].map((given) => size(given, at))
    assert.deepEqual(read, [1024, 256 * 2 ** 20, 9_999_999 * 2 ** 30])
  })

  it('refuses everything else', () => {
    for (const given of ['', '0M', '256', '1.5G', '-1M', '256m', '10000000G', '1 M', '1MB'])
      assert.throws(() => size(given, at), { code: 'argument.invalid', path: '--size' })
  })
})
