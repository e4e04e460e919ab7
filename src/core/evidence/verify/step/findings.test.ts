import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MOST_SHOWN } from '../bundle-report.ts'
import { StepFindings } from './findings.ts'

const many = Array.from({ length: 100_000 }, (_, leaf) => leaf)

describe('what a step finds', () => {
  it('is counted whole and kept in part, however many a third party causes', () => {
    const find = new StepFindings()
    for (const leaf of many) find.fail('changed', `leaf ${leaf}`)
    for (const leaf of many.slice(0, 1000)) find.note('after-period', `leaf ${leaf}`)
    find.note('no-custody')
    const { problems, problemCount, notes, outcome } = find.checked('events')
    assert.deepEqual([problems.length, problemCount, outcome], [MOST_SHOWN, many.length, 'failed'])
    assert.equal(notes.length, MOST_SHOWN + 2)
    assert.deepEqual(notes.slice(-2), [{ note: 'after-period', about: '\u2026' }, { note: 'no-custody' }])
  })

  it('names several leaves in one note, and how many there are where they are many', () => {
    const find = new StepFindings()
    find.noteLeaves('twice', [])
    find.noteLeaves('early', [3, 5])
    find.noteLeaves('erased', many)
    const { notes } = find.checked('complete')
    assert.deepEqual(notes[0], { note: 'early', about: 'leaf 3 5' })
    assert.match(notes[1]?.about ?? '', /^leaf 0 1 .* 19 \u2026 \(100000\)$/)
    assert.equal(notes.length, 2)
  })
})
