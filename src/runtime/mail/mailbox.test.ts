import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { mailboxDigest, parseMailbox } from './mailbox.ts'

const canonical = (typed: string): string => parseMailbox(typed).canonical

describe('parseMailbox()', () => {
  it('knows one mailbox however it is written', () => {
    for (const spellings of [
      ['asel@example.kz', ' Asel@EXAMPLE.kz ', 'ａsel@example.kz', 'asel@example.kz.'],
      ['asel.u@gmail.com', 'aselu@googlemail.com', 'a.s.e.l.u+letter@gmail.com', 'ASELU@GMAIL.COM'],
      ['asel-u@yandex.ru', 'asel.u@ya.ru', 'asel.u+1@yandex.kz', 'Asel-U@yandex.com'],
      ['aselu@proton.me', 'a.sel_u@pm.me', 'asel-u+x@protonmail.com'],
      ['asel@icloud.com', 'asel+1@me.com', 'asel@mac.com'],
      ['asel@пример.қаз', 'asel@xn--e1afmkfd.xn--80ao21a', 'ASEL@ПРИМЕР.ҚАЗ'],
    ])
      assert.equal(new Set(spellings.map(canonical)).size, 1, spellings.join(' '))
  })

  it('distinguishes what may be two people', () => {
    const apart = ['asel@mail.ru', 'asel@bk.ru', 'asel@inbox.ru', 'a.sel@mail.ru', 'asel+1@mail.ru', 'asel@example.kz']
    const further = [
      'a.sel@example.kz',
      'asel+1@example.kz',
      'asel@outlook.com',
      'asel@hotmail.com',
      'a.sel@outlook.com',
    ]
    assert.equal(new Set([...apart, ...further].map(canonical)).size, apart.length + further.length)
  })

  it('refuses what is no address, and repeats nothing of it', () => {
    for (const typed of [
      '',
      'asel',
      '@example.kz',
      'asel@',
      'asel@kz',
      'a b@example.kz',
      'asel@example.kz\r\nBcc: other@example.kz',
      'asel\u0000@example.kz',
      'asel@exam ple.kz',
      'asel@127.0.0.1',
      'asel@1.2',
      'asel@[127.0.0.1]',
      '"asel"@example.kz',
      'asel@example.kz,other@example.kz',
      'Asel <asel@example.kz>',
      '.asel@example.kz',
      'asel.@example.kz',
      'a..sel@example.kz',
      '+letter@gmail.com',
      `${'a'.repeat(65)}@example.kz`,
      `asel@${'a.'.repeat(130)}kz`,
      'asel@-example.kz',
      'asel@exa_mple.kz',
      'a'.repeat(100_000),
      ...['printer.local', 'mail.internal', 'abcdefghij.onion', 'x.localhost', 'ONION.Onion', 'a.b.home.arpa'].map(
        (domain) => `asel@${domain}`,
      ),
    ])
      assert.throws(
        () => parseMailbox(typed),
        (error: Error & { code?: string }) => error.code === 'mail.invalid' && !error.message.includes('asel'),
        typed.slice(0, 60),
      )
  })

  it('gives an address without a character that means something in a mail, with any text typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress()), (typed) => {
        try {
          const { address } = parseMailbox(typed)
          assert.match(address, /^[^\s"(),:;<>@[\]\\\p{Cc}]+@[a-z0-9.-]+$/u)
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'mail.invalid')
        }
      }),
    )
  })

  it('reads its own canonical address as the same', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.constantFrom('', '+a', '.x'), (typed, more) => {
        const given = typed.replace('@', `${more}@`)
        fc.pre(given.length < 64)
        const once = canonical(given)
        assert.equal(canonical(once), once)
        assert.equal(canonical(given.toUpperCase()), once)
      }),
    )
  })
})

describe('mailboxDigest()', () => {
  it('is another under another key and for another purpose', () => {
    const [key, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
    const mailbox = parseMailbox('asel@example.kz')
    const digest = mailboxDigest(key, mailbox, 'ashyq')
    assert.equal(digest, createHmac('sha256', key).update('asel@example.kz\0ashyq').digest('hex'))
    assert.notEqual(mailboxDigest(other, mailbox, 'ashyq'), digest)
    assert.notEqual(mailboxDigest(key, mailbox, 'ashy'), digest)
  })
})
