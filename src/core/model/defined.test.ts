import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defined } from './defined.ts'

interface Named {
  readonly name?: string
  readonly kind: 'one' | 'two'
}

describe('defined()', () => {
  const of = (name: string | undefined): Named => defined({ name, kind: 'one' })

  it('leaves out what is undefined, so that the property is absent', () => {
    assert.deepEqual(Object.keys(of(undefined)), ['kind'])
    assert.deepEqual(of('a'), { name: 'a', kind: 'one' })
  })

  it('keeps null, false, zero and the empty text', () => {
    const kept = { a: null, b: false, c: 0, d: '' }
    assert.deepEqual(defined(kept), kept)
  })

  it('keeps the order of properties, which decides the bytes of JSON', () => {
    const none: number | undefined = undefined
    assert.equal(JSON.stringify({ z: 1, ...defined({ y: none, x: 2, b: 3 }), a: 4 }), '{"z":1,"x":2,"b":3,"a":4}')
  })

  it('does not overwrite what a spread before it gave', () => {
    const port: number | undefined = undefined
    assert.deepEqual({ port: 443, ...defined({ port }) }, { port: 443 })
  })
})
