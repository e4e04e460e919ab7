import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { offsetOf, placeAt, syntaxErrorAt } from './json-place.ts'

/** Every path of a JSON value, with what is there. */
function* paths(value: unknown, path: readonly PropertyKey[] = []): Iterable<[readonly PropertyKey[], unknown]> {
  yield [path, value]
  if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value))
      yield* paths(inner, [...path, Array.isArray(value) ? Number(name) : name])
}

describe('offsetOf()', () => {
  it('leads to the value at every path of any JSON text, however it is indented', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        const parsed: unknown = JSON.parse(text)
        for (const [path, inner] of paths(parsed)) {
          const written = JSON.stringify(inner, null, indent).replaceAll(/\n\s*/g, '')
          const found = text.slice(offsetOf(text, path)).replaceAll(/\n\s*/g, '')
          assert.ok(found.startsWith(written.slice(0, 1)), `${String(path)}: ${found.slice(0, 20)}`)
          if (indent === 0) assert.ok(found.startsWith(written), String(path))
        }
      }),
    )
  })

  it('stops at the deepest value that is there, and takes the last of two members of one name', () => {
    const text = '{"a": [1, {"b": 2}], "a": [3]}'
    assert.equal(offsetOf(text, ['a']), text.lastIndexOf('['))
    assert.equal(offsetOf(text, ['a', 4, 'b']), text.lastIndexOf('['))
    assert.equal(offsetOf(text, ['none']), 0)
  })
})

describe('placeAt()', () => {
  it('counts lines and characters from one', () => {
    assert.deepEqual(placeAt('a\nж😀b', 5), { line: 2, column: 3 })
    assert.deepEqual(placeAt('', 0), { line: 1, column: 1 })
  })
})

describe('syntaxErrorAt()', () => {
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }

  it('finds an error in exactly those texts that the parser refuses, behind what could still become JSON', () => {
    const part = fc.constantFrom(
      ...'{}[],:"\\ \n\t0-.eE+u',
      '1',
      'true',
      'nul',
      '"a"',
      '"\\u00e9"',
      '\u0000',
      '\u007f',
      'ж',
    )
    const made = fc.oneof(
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.tuple(fc.json(), fc.nat(), part).map(([text, at, add]) => {
        const place = at % (text.length + 1)
        return text.slice(0, place) + add + text.slice(place + (at % 2))
      }),
    )
    fc.assert(
      fc.property(made, (text) => {
        const at = syntaxErrorAt(text)
        assert.equal(at === undefined, parses(text), JSON.stringify(text))
        assert.ok(at === undefined || at <= text.length)
      }),
      { numRuns: 3000 },
    )
  })

  it('names the sign that is wrong, and the end of a text that ended too early', () => {
    const cases = [
      ['{"a": [,]}', 7],
      ['{\n  b: 2}', 4],
      ['{"a": [1', 8],
      ['[1] 2', 4],
      ['[1,]', 3],
      ['{"a" 1}', 5],
    ] as const
    for (const [text, at] of cases) assert.equal(syntaxErrorAt(text), at, text)
  })
})
