import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { differencesOf } from './differences.ts'

describe('differencesOf()', () => {
  it('names every place that differs, also a member that is absent or null and a list of another length', () => {
    assert.deepEqual(differencesOf({ a: 1, b: [1, 2], c: null }, { a: 2, b: [1], d: 'x' }), [
      '/a',
      '/b/length',
      '/c',
      '/d',
    ])
  })

  it('takes the last bits of a logarithm for none, and any whole number for what it is', () => {
    assert.deepEqual(differencesOf({ ratio: 0.234956003598078 }, { ratio: 0.234956003598079 }), [])
    assert.deepEqual(differencesOf({ ratio: 0.234956 }, { ratio: 0.23495601 }), ['/ratio'])
    assert.deepEqual(differencesOf({ at: 1_772_700_000_000 }, { at: 1_772_700_000_001 }), ['/at'])
    assert.deepEqual(differencesOf({ n: 1 }, { n: '1' }), ['/n'])
    assert.deepEqual(differencesOf({ n: 0 }, { n: -0 }), [])
  })
})
