import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { say } from './format.ts'

describe('say()', () => {
  it('ends a Russian sentence that ends with a date with one stop', () => {
    const day = '1 сентября 2026 г.'
    assert.match(say('ru', 'letter.not-yet', { day }), /2026 г\.$/)
    assert.match(say('ru', 'letter.form.what.end', { day }), /2026 г\. В журнале/)
    assert.match(say('ru', 'letter.not-yet', { day: '1 сентября' }), /сентября\.$/)
  })
})
