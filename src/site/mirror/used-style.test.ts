import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { usedStyle } from './used-style.ts'

const HTML = '<html><body><main class="page door" id="content"><p>text</p></main>'

describe('usedStyle()', () => {
  it('keeps the rules of a page, in queries too, and squeezes them', () => {
    const css =
      ':root {\n--a: 1px;\n}\n.page, .other {\ncolor: red;\n}\n.other p { color: blue }\n@media (min-width: 720px) {\n.door > p:first-child { margin: 0; }\n.gone { margin: 0 }\n}\n@media print { .gone { a: b } }'
    assert.equal(
      usedStyle(css, HTML),
      ':root{--a:1px}.page{color:red}@media (min-width:720px){.door > p:first-child{margin:0}}',
    )
  })

  it('rather keeps a rule than loses one', () => {
    for (const rule of [
      '.page:not(.gone){a:b}',
      '*{a:b}',
      'p[hidden]{a:b}',
      '#content{a:b}',
      '.page:is(.x,.y){a:b}',
      '.page :hover{a:b}',
    ])
      assert.equal(usedStyle(rule, HTML), rule)
    for (const rule of ['#other{a:b}', 'table{a:b}', '.page table{a:b}', '@font-face{src:url(x)}'])
      assert.equal(usedStyle(rule, HTML), '')
  })
})
