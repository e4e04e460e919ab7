import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseMailbox } from '../runtime/mail/mailbox.ts'
import { openSubscriberKeys } from './keys.ts'

const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)].map(openSubscriberKeys) as [
  ReturnType<typeof openSubscriberKeys>,
  ReturnType<typeof openSubscriberKeys>,
]
const ID = 'ab'.repeat(16)

describe('openSubscriberKeys()', () => {
  it('names a mailbox alike however it is written, and otherwise under another key', () => {
    const [first, second] = ['Asel.U@gmail.com', 'aselu+x@googlemail.com'].map((text) => one.digest(parseMailbox(text)))
    assert.equal(first, second)
    assert.match(first ?? '', /^[0-9a-f]{64}$/)
    assert.notEqual(other.digest(parseMailbox('aselu@gmail.com')), first)
  })

  it('opens what it sealed, for the same part of the same row alone', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value: unknown = JSON.parse(text)
        const sealed = one.seal('told', ID, value)
        assert.deepEqual(one.open('told', ID, sealed), JSON.parse(JSON.stringify(value)))
        for (const open of [
          () => one.open('mail', ID, sealed),
          () => one.open('told', 'cd'.repeat(16), sealed),
          () => other.open('told', ID, sealed),
        ])
          assert.throws(open, /not sealed under this key/)
      }),
    )
  })

  it('refuses what any bit was changed of, and seals the same otherwise each time', () => {
    const sealed = one.seal('subscriber', ID, { mail: 'asel@example.kz' })
    assert.notDeepEqual(one.seal('subscriber', ID, { mail: 'asel@example.kz' }), sealed)
    for (let at = 0; at < sealed.length; at += 7) {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.throws(() => one.open('subscriber', ID, changed), /not sealed under this key/)
    }
    assert.throws(() => one.open('subscriber', ID, new Uint8Array(3)), /not sealed under this key/)
  })

  it('does not show by its length how long an address is', () => {
    const lengths = ['a@b.kz', `${'a'.repeat(60)}@${'b'.repeat(60)}.kz`].map(
      (mail) => one.seal('subscriber', ID, { mail }).length,
    )
    assert.equal(new Set(lengths).size, 1)
  })

  it('reads its own links, each for its purpose alone', () => {
    const link = one.link('leave', ID)
    assert.match(link, /^[\w-]{43}$/)
    assert.equal(one.readLink('leave', link), ID)
    assert.equal(one.readLink('confirm', link), undefined)
    assert.equal(other.readLink('leave', link), undefined)
    fc.assert(fc.property(fc.string(), (text) => text === link || one.readLink('leave', text) === undefined))
    // The two last bits of base64url are filling: another spelling is another link.
    const last = link.at(-1) ?? ''
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
      if (letter !== last) {
        const found = one.readLink('leave', `${link.slice(0, -1)}${letter}`)
        assert.ok(found === undefined || found === ID)
      }
  })
})
