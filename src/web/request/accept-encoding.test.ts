import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseCoding } from './accept-encoding.ts'

describe('chooseCoding()', () => {
  const CASES: readonly (readonly [string | undefined, ReturnType<typeof chooseCoding>])[] = [
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['GZIP', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0, gzip;q=0', 'identity'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['br;q=0, *', 'gzip'],
    ['gzip ; q=0.001', 'gzip'],
    ['br;q=nonsense', 'identity'],
    ['brotli, gzipped', 'identity'],
    [`${'x,'.repeat(1000)}gzip`, 'identity'],
  ]
  for (const [header, wanted] of CASES)
    it(`takes ${wanted} for ${JSON.stringify(header)?.slice(0, 60)}`, () => {
      assert.equal(chooseCoding(header), wanted)
      assert.equal(chooseCoding(header), wanted) // from memory
    })
})
