import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { writeHanging } from './hanging.ts'

const said = (columns: number | undefined, before: string, text: string): string => {
  const texts: string[] = []
  const out = { write: (one: string) => texts.push(one) }
  writeHanging({ out, ...(columns === undefined ? {} : { outColumns: () => columns }) }, before, text)
  return texts.join('')
}

describe('writeHanging()', () => {
  const words = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ')

  it('breaks between words within the terminal, below the first word, and never wider than can be read', () => {
    for (const columns of [60, 80, 120, 300]) {
      const lines = said(columns, '·  ', words).trimEnd().split('\n')
      assert.ok(lines.length > 1)
      assert.ok(
        lines.every((line) => line.length <= Math.min(columns - 1, 100)),
        `${columns} columns`,
      )
      assert.ok(lines.slice(1).every((line) => line.startsWith('   word')))
      assert.equal(lines.map((line) => line.slice(3)).join(' '), words)
    }
  })

  it('leaves a text as it is where no terminal is', () => {
    const text = `5 s – and ${words}`
    assert.equal(said(undefined, 'Label:  ', text), `Label:  ${text}\n`)
  })

  it('shows no control character and turns no text round', () => {
    assert.equal(said(undefined, '', 'a\u001b[2Kb\u202ec\nd'), 'a\ufffd[2Kb\ufffdc\ufffdd\n')
  })

  it('leaves a hash whole at any width', () => {
    const digest = 'f'.repeat(128)
    assert.equal(said(40, '  ', `sha512: ${digest}`), `  sha512:\n  ${digest}\n`)
  })
})
