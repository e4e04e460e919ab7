import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compareWords } from './alphabet.ts'

const CYRILLIC = [...'аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя']

describe('compareWords()', () => {
  it('orders Kazakh names as ICU does', () => {
    const names =
      'Ұлықбек Әсел Іңкәр Айгүл Ғалым Қайрат Кәрім Өтеген Олжас Үміт Уәли Һадис Хасен Ыбырай Эльдар Нұр Ңқ'.split(' ')
    const { compare } = new Intl.Collator('kk')
    assert.deepEqual(names.toSorted(compareWords), names.toSorted(compare))
  })

  it('is an order: two texts are equal only where they are the same', () => {
    const word = fc.string({ unit: fc.constantFrom(...CYRILLIC, ' ', '-', 'A', 'z', 'Ә'), maxLength: 6 })
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        assert.equal(Math.sign(compareWords(a, b)) + Math.sign(compareWords(b, a)), 0)
        assert.equal(compareWords(a, b) === 0, a === b)
        if (compareWords(a, b) <= 0 && compareWords(b, c) <= 0) assert.ok(compareWords(a, c) <= 0)
      }),
    )
  })
})
