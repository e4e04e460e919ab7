import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { LANGS } from '../../src/core/text/lang.ts'
import { checkMessage, checkMessages, GENERATED, generateTypes, languagesWritten } from './messages.ts'
import { literalsOf, unusedKeys } from './message-keys.ts'
import { blank, ROOT } from './sources.ts'

describe('the messages', () => {
  it('have no error in any language, and nothing left to translate in those of the pages', () => {
    for (const lang of languagesWritten()) {
      const { errors, left } = checkMessages(lang)
      assert.deepEqual(errors, [])
      if (LANGS.some((one) => one === lang)) assert.deepEqual(left, [], lang)
    }
  })

  it('have the types that npm run messages writes', () => {
    assert.equal(readFileSync(join(ROOT, GENERATED), 'utf8'), generateTypes(), 'Run `npm run messages`')
  })

  it('are each used by some code, and literalsOf() finds where', () => {
    assert.deepEqual(unusedKeys(), [])
    const text = "say(lang, one ? 'a.b' : `c.${two ? `d.${three}` : 'e'}-f`) // 'g.h'"
    assert.deepEqual(literalsOf({ text, code: blank(text) }), {
      strings: ['a.b', 'e'],
      templates: ['d.\0', 'c.\0-f'],
    })
  })

  it('are refused with wrong syntax, placeholders, cases, plural forms or long sentences', () => {
    const wrong = (text: string, source: string, key = 'a.b'): number =>
      checkMessage('ru', key, { text, source }).length
    assert.equal(wrong('Сеть: {network}', 'Network: {network}'), 0)
    assert.equal(wrong('Сеть: {network', 'Network: {network}'), 1)
    assert.equal(wrong('Сеть', 'Network: {network}'), 1)
    assert.equal(wrong('Сеть: {network} {time}', 'Network: {network}'), 1)
    assert.equal(wrong('{n, plural, one {# день} other {# дня}}', '{n, plural, one {# day} other {# days}}'), 1)
    assert.equal(wrong('{o, select, a {да} other {нет}}', '{o, select, b {yes} other {no}}'), 1)
    assert.equal(wrong(`${'слово '.repeat(17)}.`, 'Word.', 'letter.a'), 1)
  })
})
