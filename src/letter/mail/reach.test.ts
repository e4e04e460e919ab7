import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isWithinReach } from './reach.ts'

describe('isWithinReach()', () => {
  it('says where a mailbox may be read by those whom the letter is about', () => {
    for (const typed of ['a@mail.kz', 'a@MAIL.RU', 'a@yandex.com', 'a@почта.рф', 'a@пошта.қаз', ' a@x.y.kz '])
      assert.equal(isWithinReach(typed), true, typed)
    for (const typed of ['a@gmail.com', 'a@kz.example', 'a', '', 'a@ru', 'a@notkz', '\u0000'])
      assert.equal(isWithinReach(typed), false, typed)
  })
})
