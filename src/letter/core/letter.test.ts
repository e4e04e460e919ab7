import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { publicLetter } from '../../../test/kit/letter/letter-sample.ts'
import { letterSchema, type Letter } from './letter.ts'

const RECIPIENT = `age1${'q'.repeat(58)}`
const words = { kk: 'Аты', ru: 'Имя', en: 'Name' }
const sample = (changes: Partial<Letter> = {}): Letter =>
  publicLetter({ layers: [[{ holder: words, recipient: RECIPIENT }]] }, changes)
/** Marks, embeddings, overrides and isolates of direction: all of them in an address, the latter in a text. */
const MARKS = [...'\u200e\u200f\u061c'] as const
const TURNING = [...'\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'] as const

/** Where a letter does not fit. */
const wrongIn = (letter: Letter): readonly string[] =>
  letterSchema.safeParse(letter).error?.issues.map(({ path }) => path.join('/')) ?? []

describe('letterSchema', () => {
  it('takes a whole letter', () => {
    assert.deepEqual(wrongIn(sample()), [])
  })

  it('refuses an address with a sign that turns or hides what is read of it', () => {
    for (const sign of [
      ...MARKS,
      ...TURNING,
      '\u200b',
      '\u2060',
      '\ufeff',
      '\u00ad',
      '\u0000',
      '\u0085',
      '\ud800',
      ' ',
    ])
      for (const url of [`https://kuager.example/${sign}gpj.exe`, `https://kuager${sign}.example/`])
        assert.deepEqual(wrongIn(sample({ cites: [{ url, title: words }] })), ['cites/0/url'], JSON.stringify(url))
    for (const url of ['https://kuager.example/kk/i/1?a=b#c', 'http://x.example/ә', 'https://қазақ.example/'])
      assert.deepEqual(wrongIn(sample({ cites: [{ url, title: words }] })), [])
  })

  it('refuses a text with a sign that turns what stands beside it', () => {
    for (const sign of TURNING) {
      const turned = { ...words, ru: `Имя${sign}` }
      assert.deepEqual(wrongIn(sample({ title: turned })), ['title/ru'])
      assert.deepEqual(wrongIn(sample({ text: turned })), ['text/ru'])
      assert.deepEqual(wrongIn(sample({ cites: [{ url: 'https://a.example', title: turned }] })), ['cites/0/title/ru'])
      const keys = { layers: [[{ holder: turned, recipient: RECIPIENT }]] }
      assert.deepEqual(wrongIn({ ...sample(), keys }), ['keys/layers/0/0/holder/ru'])
    }
  })
})
