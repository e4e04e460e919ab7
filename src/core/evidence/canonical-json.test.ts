import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../model/errors.ts'
import { encodeCanonical } from './canonical-json.ts'

/** JSON values of every shape that has a canonical form. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'grapheme' }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n) || Number.isSafeInteger(n)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 5 }),
  ),
}))

/** The same value with the members of every object put in the opposite order. */
function turned(from: unknown): unknown {
  if (Array.isArray(from)) return from.map(turned)
  if (typeof from !== 'object' || from === null) return from
  return Object.fromEntries(
    Object.entries(from)
      .reverse()
      .map(([name, member]) => [name, turned(member)]),
  )
}

describe('encodeCanonical()', () => {
  it('writes the example of RFC 8785 §3.2.4, with 1e10 for its number beyond 2^53', () => {
    const example = {
      numbers: [333333333.33333329, 1e10, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    assert.equal(
      encodeCanonical(example),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,10000000000,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('sorts members by UTF-16 code units, as RFC 8785 §3.2.3 shows', () => {
    const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
    const text = encodeCanonical(Object.fromEntries(names.map((name) => [name, 0])))
    const found = [...text.matchAll(/"((?:[^"\\]|\\.)*)":0/g)].map((match) => JSON.parse(`"${match[1]}"`) as string)
    assert.deepEqual(found, ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'])
  })

  it('gives a text that reads back as the same value and is its own canonical form', () => {
    fc.assert(
      fc.property(value, (any) => {
        const text = encodeCanonical(any)
        const back: unknown = JSON.parse(text)
        assert.deepEqual(back, JSON.parse(JSON.stringify(any)))
        assert.equal(encodeCanonical(back), text)
      }),
    )
  })

  it('does not depend on the order of members', () => {
    fc.assert(fc.property(value, (any) => assert.equal(encodeCanonical(turned(any)), encodeCanonical(any))))
  })

  it('writes minus zero as zero', () => assert.equal(encodeCanonical([-0]), '[0]'))

  it('refuses what two programs might read differently, and says where', () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [{ a: ['\ud800'] }, '/a/0'],
      [{ '\udc00': 1 }, '/\udc00'],
      [{ 'a/b': Number.NaN }, '/a~1b'],
      [[1, Infinity], '/1'],
      [2 ** 53, ''],
      [1e21, ''],
      [undefined, ''],
      [{ a: undefined }, '/a'],
      [[, 1], '/0'], // oxlint-disable-line no-sparse-arrays
      [1n, ''],
      [() => 1, ''],
      [new Date(0), ''],
    ]
    for (const [wrong, path] of cases)
      assert.throws(
        () => encodeCanonical(wrong),
        (error: unknown) => error instanceof InputError && error.path === path,
      )
  })

  it('refuses nesting beyond its limit, also where a value holds itself', () => {
    const round: unknown[] = []
    round.push(round)
    assert.throws(() => encodeCanonical(round), InputError)
  })
})
