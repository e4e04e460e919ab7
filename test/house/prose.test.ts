import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ALLOWED,
  FORBIDDEN,
  forbiddenWords,
  longSentences,
  openedInCode,
  proseOfCode,
  proseOfMessages,
  proseOfPage,
  sentencesOf,
} from './prose.ts'
import { blank } from './sources.ts'

const texts = (markdown: string): readonly string[] => sentencesOf(markdown).map(({ text }) => text)
const found = (prose: string): readonly string[] => forbiddenWords('a.md', prose).map((hit) => hit.found)

describe('sentences of a page', () => {
  it('end at a full stop before a capital, over lines', () => {
    assert.deepEqual(texts('One is\nhere. Two is? Yes!'), ['One is here.', 'Two is?', 'Yes!'])
  })

  it('do not end at abbreviations, file names, versions and numbers', () => {
    const page = 'See e.g. Tor, No. 3 and cf. RFC 9000 in data.v2.json, version 1.2.3, 3.5 s (approx. One in ten).'
    assert.equal(sentencesOf(page).length, 1)
  })

  it('list items and quotations are their own; headings, tables, code and comments are none', () => {
    const page =
      '# Head line.\n\nText:\n\n* one\n  goes on\n* two\n1. three\n\n| a. B | c |\n|---|---|\n\n```\nCode. Here.\n```\n\n<!-- No. One -->\n> Said. Twice.\n'
    assert.deepEqual(texts(page), ['Text:', 'one goes on', 'two', 'three', 'Said.', 'Twice.'])
  })

  it('count what is in backticks as one word and no address of a link', () => {
    assert.equal(sentencesOf('Run `npx kuager judge FILE --lang en` as [said here](docs/a.md#b).')[0]?.words, 5)
  })

  it('are long above 30 words, at the line where they begin', () => {
    const page = `Short.\n\nAlso. Word ${'word '.repeat(30)}end.`
    assert.deepEqual(
      longSentences(page).map(({ line, words }) => ({ line, words })),
      [{ line: 3, words: 32 }],
    )
    assert.deepEqual(longSentences(`${'word '.repeat(29)}end.`), [])
  })

  it('must not begin in a block of code', () => {
    assert.deepEqual(openedInCode('```\nnpm test\n```\n\nruns the tests.\n\n```\nx\n```\nThis is one.\nlower\n'), [5])
    assert.deepEqual(openedInCode('```\nx\n```\n\n* item\n'), [])
  })
})

describe('words that the project no longer uses', () => {
  it('are found whole, in any case, across lines and lines of comments', () => {
    assert.deepEqual(found('Whoever asks is kept\napart; a nobody-ish anewer.'), ['whoever', 'kept apart'])
    assert.deepEqual(found('/** It is kept\n * apart, for\n// ever. */'), ['kept apart', 'for ever'])
  })

  it('are looked for in comments and strings of several words, not in code, values and expressions', () => {
    const text = "const nobody = x('nobody', /nobody/) // nobody: see `nobody`\nsay('for {nobody} and nobody')\n"
    const prose = proseOfCode(text, blank(text))
    assert.equal(prose.split('\n').length, text.split('\n').length)
    assert.deepEqual(
      forbiddenWords('a.ts', prose).map(({ line }) => line),
      [1, 2],
    )
  })

  it('are not looked for in code and addresses of a page', () => {
    assert.deepEqual(found(proseOfPage('`nobody` [x](nobody.md)\n\n```\nnobody\n```\n')), [])
  })

  it('proseOfMessages() keeps values and hides keys and placeholders', () => {
    const prose = proseOfMessages('{\n  "nobody": "from {somebody, plural, other {x}} on"\n}')
    assert.equal(prose.includes('nobody') || prose.includes('somebody'), false)
    assert.match(prose, /"from /)
  })

  it('each has its replacement, and each exception its reason and its page', () => {
    assert.ok(FORBIDDEN.every(({ words, instead }) => words !== '' && instead !== ''))
    for (const { path, words, why } of ALLOWED) {
      assert.notEqual(why, '')
      for (const word of words) {
        assert.deepEqual(forbiddenWords(path, word), [])
        assert.equal(forbiddenWords('other.md', word).length, 1, `${word} is not forbidden`)
      }
    }
  })
})
