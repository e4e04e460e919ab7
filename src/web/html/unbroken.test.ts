import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { unbroken } from './unbroken.ts'

const held = (text: string): readonly (string | undefined)[] =>
  [...String(unbroken(text)).matchAll(/<span class="nw">(.*?)<\/span>/gv)].map(([, part]) => part)

describe('a sentence of which no value is divided between two lines', () => {
  it('holds intervals, days, how many of how many, and a figure at its label', () => {
    assert.deepEqual(held('20:02 (19:58–20:05), 22:04'), ['(19:58–20:05)'])
    assert.deepEqual(held('92 (81–98) %'), ['(81–98) %'])
    assert.deepEqual(held('110 есе (1/1,6–4,8)'), ['(1/1,6–4,8)'])
    assert.deepEqual(held('жазылған: 2020-07-14; белгісіз'), ['2020-07-14'])
    assert.deepEqual(held('кештер: 62 ішінен 41 (54–77 %).'), ['62 ішінен 41', '(54–77 %)'])
    assert.deepEqual(held('an unknown start or end: 1. Of these'), ['end: 1'])
  })

  it('changes no word of it, and lets no tag through', () => {
    const text = 'A (1–2) <b>x</b> & 3 of 4, 2020-07-14'
    assert.equal(
      String(unbroken(text)).replaceAll(/<\/?span[^>]*>/gv, ''),
      'A (1–2) &lt;b&gt;x&lt;/b&gt; &amp; 3 of 4, 2020-07-14',
    )
  })
})
