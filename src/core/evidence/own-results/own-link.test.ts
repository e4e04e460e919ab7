import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../../model/errors.ts'
import { formatOwnLink, MOST_PLACES, parseOwnLink } from './own-link.ts'

const link = { month: '2026-11', pseudonym: '3f2a90c1d2e4b5a6', received: 3, places: [16, 17, 70_000] }

describe('the link to own measurements', () => {
  it('is short, and read as it was written', () => {
    assert.equal(formatOwnLink(link), '1.2026-11.3f2a90c1d2e4b5a6.AxAB36IE')
    assert.deepEqual(parseOwnLink(`#${formatOwnLink(link)}`), link)
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.maxSafeNat(), { maxLength: 60 }),
        fc.constantFrom('2026-01', '2031-12'),
        (places, month) => {
          const whole = { ...link, month, received: places.length, places: places.toSorted((a, b) => a - b) }
          assert.deepEqual(parseOwnLink(formatOwnLink(whole)), whole)
        },
      ),
    )
  })

  it('has an end: of many receipts it names the newest', () => {
    const many = { ...link, received: 28_000, places: Array.from({ length: 28_000 }, (_, at) => 1000 + at * 9) }
    const text = formatOwnLink(many)
    assert.ok(text.length < 1000, String(text.length))
    assert.deepEqual(parseOwnLink(text), { ...many, places: many.places.slice(-MOST_PLACES) })
  })

  it('is refused if a letter of it is missing or was changed', () => {
    const text = formatOwnLink(link)
    const wrong = [
      '',
      '#',
      ...[1, 2, 3, 4].map((cut) => text.slice(0, -cut)),
      `${text}A`,
      `2${text.slice(1)}`,
      text.replace('3f', '3F'),
      `${text}=`,
    ]
    for (const one of [
      ...wrong,
      text.replace('AxAB', 'gA'),
      '1.2026-13.3f2a90c1d2e4b5a6.AxAB',
      '<b>',
      'x'.repeat(9999),
    ])
      assert.throws(() => parseOwnLink(one), InputError, one)
  })
})
