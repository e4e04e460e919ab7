import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPrefixKeys } from './prefix-keys.ts'

describe('openPrefixKeys()', () => {
  const keyOf = openPrefixKeys()
  it('is the same for one prefix, in every spelling, and another for the next', () => {
    assert.equal(keyOf('192.0.2.1'), keyOf('192.0.2.254'))
    assert.equal(keyOf('192.0.2.1'), keyOf('::ffff:192.0.2.9'))
    assert.notEqual(keyOf('192.0.2.1'), keyOf('192.0.3.1'))
    assert.equal(keyOf('2001:db8:1::1'), keyOf('2001:db8:1:ffff::2'))
    assert.notEqual(keyOf('2001:db8:1::1'), keyOf('2001:db8:2::1'))
  })
  it('cannot be traced back: another process gives another key', () => {
    assert.notEqual(keyOf('192.0.2.1'), openPrefixKeys()('192.0.2.1'))
    assert.doesNotMatch(keyOf('192.0.2.1'), /192/)
  })
})
