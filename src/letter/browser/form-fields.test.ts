import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isWithinReach } from '../mail/reach.ts'
import { isReadByOthers } from './form-fields.ts'

describe('isReadByOthers()', () => {
  it('warns of the mailboxes that the server knows for such, however they are written', () => {
    for (const mail of [
      ...['a@mail.kz', 'a@MAIL.RU ', 'a@yandex.com', 'a@vk.com', 'a@x.su', 'a@почта.рф', 'a@пошта.қаз', 'a@mail.kz.'],
      ...['a@xn--80a1acny.xn--p1ai', 'a＠mail．ru', 'a@ｍail.ru'],
    ])
      assert.deepEqual([isReadByOthers(mail), isWithinReach(mail)], [true, true], mail)
    for (const mail of ['a@gmail.com', 'a@kz.example', 'a', '', 'a@', 'a@b c', '\u0000', 'a@notkz'])
      assert.deepEqual([isReadByOthers(mail), isWithinReach(mail)], [false, false], mail)
  })
})
