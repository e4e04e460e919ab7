import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../model/errors.ts'
import { checkDepth, MAX_DEPTH, parseJson } from './json.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const codeOf = (bytes: Uint8Array): string => {
  try {
    parseJson(bytes)
  } catch (error) {
    assert.ok(error instanceof InputError)
    return error.code
  }
  return 'read'
}

describe('checkDepth()', () => {
  it('accepts exactly the limit and refuses one level more', () => {
    assert.equal(checkDepth(bytesOf('['.repeat(64) + ']'.repeat(64))), 0)
    assert.throws(() => checkDepth(bytesOf('['.repeat(65) + ']'.repeat(65))), { code: 'json.too-deep' })
    assert.throws(() => checkDepth(bytesOf('{"a":'.repeat(65))), { code: 'json.too-deep' })
  })

  it('does not count brackets inside texts, however their quotes are escaped', () => {
    const text = '[{('.repeat(200)
    assert.equal(checkDepth(bytesOf(JSON.stringify({ a: `"${text}\\"`, [text]: [text, '\\'] }))), 0)
  })

  it('says how many levels are open at the end', () => {
    assert.equal(checkDepth(bytesOf('[{"a":[1')), 3)
    assert.ok(checkDepth(bytesOf('{"a":"never closed [')) > 0)
  })

  it('finds the depth that a walk over the value finds', () => {
    const depthOf = (value: unknown): number =>
      value !== null && typeof value === 'object' ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const bytes = bytesOf(JSON.stringify(value))
        const depth = depthOf(value)
        assert.equal(checkDepth(bytes, depth), 0)
        if (depth > 0) assert.throws(() => checkDepth(bytes, depth - 1))
      }),
    )
  })
})

describe('parseJson()', () => {
  it('reads any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(parseJson(bytesOf(JSON.stringify(value))), JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('says truncated for every proper beginning of an object', () => {
    const whole = JSON.stringify({ test_name: 'a', test_keys: { list: [1, { b: 'c\\"' }] } })
    for (let length = 0; length < whole.length; length++)
      assert.equal(codeOf(bytesOf(whole.slice(0, length))), 'json.truncated')
  })

  it('says invalid for what no continuation could repair', () => {
    for (const text of ['{"a":1}}', '{"a":tru}', 'hello', '{"a":1} {"b":2}', "{'a':1}"])
      assert.equal(codeOf(bytesOf(text)), 'json.invalid')
  })

  it('refuses bytes that are no UTF-8, anywhere', () => {
    assert.equal(codeOf(new Uint8Array([0x22, 0xff, 0x22])), 'utf8.invalid')
    assert.equal(codeOf(new Uint8Array([0x22, 0xc3, 0x22])), 'utf8.invalid')
    assert.equal(codeOf(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])), 'utf8.invalid')
  })

  it('refuses nesting that would exhaust a stack', () => {
    assert.equal(codeOf(bytesOf('['.repeat(1_000_000))), 'json.too-deep')
    assert.ok(MAX_DEPTH < 1000)
  })

  it('repeats no part of the text in its message', () => {
    assert.throws(
      () => parseJson(bytesOf('{"probe_ip":"203.0.113.9",}')),
      (error) => error instanceof InputError && !error.message.includes('203.0.113.9'),
    )
  })
})
