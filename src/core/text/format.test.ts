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

  it('writes a number with its groups, unless a form is chosen by it', () => {
    assert.equal(say('en', 'measurement.leaf', { leaf: 12_345 }), say('en', 'measurement.leaf', { leaf: '12,345' }))
    assert.match(say('kk', 'measurement.leaf', { leaf: 12_345 }), /12\u00a0345/)
    assert.match(say('en', 'board.days.shut', { count: 1 }), /1\sday$/)
    assert.match(say('en', 'board.days.shut', { count: 3 }), /3\sdays$/)
  })

  it('does not compile with a wrong key or wrong placeholders', () => {
    const wrong = (one: 'kind.reachable' | 'board.title' | 'board.since'): readonly string[] => [
      // @ts-expect-error: no such key
      say('en', 'kind.gone'),
      // @ts-expect-error: a placeholder without a value
      say('en', 'board.title'),
      // @ts-expect-error: a value that the message has no place for
      say('en', 'board.title', { services: 'YouTube', count: 1 }),
      // @ts-expect-error: values for a message without placeholders
      say('en', 'kind.reachable', { count: 1 }),
      // @ts-expect-error: a plural needs a number
      say('en', 'board.days.shut', { count: '1' }),
      // @ts-expect-error: one of several keys has another placeholder
      say('en', one, { services: 'YouTube' }),
      say('en', one, { services: 'YouTube', time: '20:00' }),
    ]
    assert.equal(wrong.length, 1)
  })
})
