import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signerNameKey, readHandedSignature } from './open-handover.ts'

const sealed = (changes: object): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({
      ...{ format: 'kuager-signature/1', letter: 'ashyq', version: 1, consent: 1, region: 'KZ-75' },
      ...{ name: 'Әсел', show_name: false, lang: 'kk' },
      ...changes,
    }),
  )

describe('readSignature()', () => {
  it('gives what an unknown person wrote as text that hides, turns and breaks nothing in a list', () => {
    const signature = readHandedSignature(
      sealed({ name: '\u202eӘсел\u0007\nҰлықбек', comment: 'бір\u2066\nекі', mail: 'a@b.example\r\nx' }),
    )
    assert.deepEqual(
      [signature?.name, signature?.comment, signature?.mail],
      ['Әсел Ұлықбек', 'бір\nекі', 'a@b.example x'],
    )
    assert.equal(readHandedSignature(sealed({ name: '\u202e\u2066\u0000' })), undefined)
  })
})

describe('nameKey()', () => {
  it('is one for names that look the same', () => {
    const key = signerNameKey('Әсел Ұлықбек')
    for (const name of ['ӘСЕЛ  ұлықбек', 'Ұлықбек, Әсел', 'Ә\u200bсел Ұ\u00adлық\u2060бек', 'Әсел\u2063 \ufe0fҰлықбек'])
      assert.equal(signerNameKey(name), key, JSON.stringify(name))
    assert.notEqual(signerNameKey('Әсел Ұлықбеков'), key)
  })
})
