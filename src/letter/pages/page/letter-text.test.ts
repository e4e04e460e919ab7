import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LANGS } from '../../../core/text/lang.ts'
import { letterDay } from './letter-text.ts'

describe('letterDay()', () => {
  it('writes a day of UTC that breaks nowhere', () => {
    assert.deepEqual(
      LANGS.map((lang) => letterDay(lang, '2026-09-01')),
      ['2026\u00a0ж.\u00a01\u00a0қыркүйек', '1\u00a0сентября\u00a02026\u00a0г.', '1\u00a0September\u00a02026'],
    )
  })
})
