import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { hasPattern, parsePlainPattern } from './plain-pattern.ts'

const has = (pattern: string, text: string): boolean => {
  const plain = parsePlainPattern(pattern)
  assert.ok(plain !== undefined, pattern)
  return hasPattern(plain, text)
}

describe('a plain pattern', () => {
  it('finds what the engine of the language finds', () => {
    const one = fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '\\.', '\\w', '\\s', '{', ']', '\u0430')
    const place = fc.tuple(one, fc.constantFrom('', '', '*', '+', '?', '*?')).map(([what, sign]) => what + sign)
    const pattern = fc
      .tuple(fc.constantFrom('', '^'), fc.array(place, { maxLength: 6 }), fc.constantFrom('', '$'))
      .map(([from, places, to]) => from + places.join('') + to)
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '.', ' ', '{', ']', '\n', '\u0430'), { maxLength: 10 })
    fc.assert(
      fc.property(pattern, text, (written, units) => {
        assert.equal(has(written, units.join('')), new RegExp(written, 's').test(units.join('')))
      }),
      { numRuns: 3000 },
    )
  })

  it('is every regular expression that fingerprints of the field use', () => {
    assert.ok(has('URL .* Sp.*er Gate', 'The URL x is kept by Spider Gate.'))
    assert.ok(has('<br><br>.* \\+0300', '<br><br>12:00 +0300'))
    assert.ok(has('{"msg":.*"id":', '{"msg":"a","id":1}'))
    assert.ok(!has('You don.t have permission to access.*on this server\\.<P>', 'You don t have permission'))
  })

  it('is none with groups, alternatives, counts, references or what looks around', () => {
    for (const text of ['(a+)+$', 'a|b', 'a{2}', 'a{2,}', '(?=a)', '\\1', '\\b', '[a', 'a**', '*', 'a$b', 'a^', '\\'])
      assert.equal(parsePlainPattern(text), undefined, text)
  })

  it('takes a step for each place and character, on any text', () => {
    // The engine of the language needs the fifth power of the length here, and does not end.
    let steps = 0
    const plain = parsePlainPattern('a.*a.*a.*a.*a.*[b-z]')
    assert.ok(plain !== undefined)
    const everything = {
      test: () => {
        steps++
        return true
      },
    }
    const counted = plain.places.map((place) =>
      place.stands.kind === 'any' ? { ...place, stands: { kind: 'set' as const, set: everything } } : place,
    )
    const text = 'a'.repeat(20_000)
    assert.equal(hasPattern({ ...plain, places: counted }, text), false)
    assert.ok(steps > text.length && steps <= text.length * plain.places.length, String(steps))
  })
})
