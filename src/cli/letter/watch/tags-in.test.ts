import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tagsIn } from './tags-in.ts'

const PAGE = `<!doctype html><html><HEAD><link rel="x"
 href="/a"><SCRIPT src="/b"></SCRIPT></HEAD><scripted><b>1 < 2</b><script>`

describe('tagsIn()', () => {
  it('gives what opens, in any case and over lines, and of some names those alone', () => {
    assert.deepEqual(tagsIn(PAGE), [
      '<html>',
      '<HEAD>',
      '<link rel="x"\n href="/a">',
      '<SCRIPT src="/b">',
      '<scripted>',
      '<b>',
      '<script>',
    ])
    assert.deepEqual(tagsIn(PAGE, new Set(['script'])), ['<SCRIPT src="/b">', '<script>'])
    assert.deepEqual(tagsIn('1 < 2 > 1 <'), [])
  })

  it('finds the same as a pattern does', () => {
    for (const page of [PAGE, '<a<script src="x">y>', '<a href="1"><<script>', '<a/><b/x><c-d e>', '<script<a>'])
      assert.deepEqual(tagsIn(page), page.match(/<[a-z][^>]*>/gi) ?? [], page)
  })

  it('comes to an end with a page whose tags never do', () => {
    for (const page of ['<a'.repeat(2_000_000), '<script '.repeat(500_000)]) {
      assert.deepEqual(tagsIn(page), [])
      assert.deepEqual(tagsIn(page, new Set(['script'])), [])
      assert.deepEqual(tagsIn(`${page}>`), [`${page}>`])
    }
  })
})
