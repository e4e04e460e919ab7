import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readSize } from '../../app/folder/read-size.ts'

describe('readSize()', () => {
  it('reads whole numbers of KiB, MiB and GiB', () => {
    const read = ['1K', '256M', '9999999G'].map((given) => readSize('size', given))
    assert.deepEqual(read, [1024, 256 * 2 ** 20, 9_999_999 * 2 ** 30])
  })

  it('refuses everything else', () => {
    for (const given of ['', '0M', '256', '1.5G', '-1M', '256m', '10000000G', '1 M', '1MB'])
      assert.throws(() => readSize('size', given), { code: 'argument.invalid', path: '--size' })
  })
})
