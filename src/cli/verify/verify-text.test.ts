import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BUNDLE_STEPS, type BundleStep, type CheckedStep } from '../../core/evidence/verify/bundle-report.ts'
import { say } from '../../core/text/format.ts'
import { writeSummary } from './verify-text.ts'

const step = (name: BundleStep, change: Partial<CheckedStep> = {}): CheckedStep => ({
  step: name,
  outcome: 'ok',
  facts: [],
  notes: [],
  problems: [],
  problemCount: 0,
  ...change,
})
const SIGNED = step('checkpoint', {
  facts: [{ fact: 'signed-by', values: { key: 'log.example+00000000+AA', id: '00000000', name: 'log.example' } }],
})

const summary = (steps: readonly CheckedStep[], named = true): string => {
  const texts: string[] = []
  const sound = steps.every(({ outcome }) => outcome !== 'failed')
  writeSummary('en', { steps, sound }, { named }, { out: { write: (text: string) => texts.push(text) } })
  return texts.join('')
}

describe('writeSummary()', () => {
  it('gives the answer last, after what a sound bundle does not show', () => {
    assert.match(
      summary([SIGNED]),
      /^A valid bundle shows [^\n]+\n\n\u2713 The bundle is valid: every step was run [^\n]+\n$/,
    )
  })

  it('asks to compare the key where no key is trusted', () => {
    const said = summary([SIGNED], false)
    assert.ok(said.startsWith('A false bundle can be signed too'))
    assert.ok(said.includes('log.example+00000000+AA\n\n'))
    assert.ok(said.endsWith('\u2713 No step found a problem. What was not checked is listed above.\n'))
  })

  it('says that the conclusion was not derived again, with all else right; of measurements alone there is none', () => {
    for (const name of ['verdicts', 'incident', 'weight', 'published'] as const) {
      const open = summary([SIGNED, step(name, { outcome: 'not-checked', notes: [{ note: 'rules' }] })])
      assert.match(
        open,
        /\n\u2013 No step found a problem\. It was not checked this time whether the conclusion follows [^\n]+\n$/,
        name,
      )
      const none = summary([SIGNED, step(name, { outcome: 'not-checked', notes: [{ note: 'no-incident' }] })])
      assert.doesNotMatch(none, /whether the conclusion/, name)
    }
    const weight = summary([SIGNED, step('weight', { outcome: 'not-checked', notes: [{ note: 'not-weighed' }] })])
    assert.doesNotMatch(weight, /whether the conclusion/)
  })

  it('says of measurements alone that their verdicts were not judged again, and of no conclusion that it follows', () => {
    const alone = step('incident', { outcome: 'not-checked', notes: [{ note: 'no-incident' }] })
    const open = summary([SIGNED, step('verdicts', { outcome: 'not-checked', notes: [{ note: 'no-judge' }] }), alone])
    assert.match(open, /not checked this time whether each verdict follows from its measurement[^\n]+\n$/)
    for (const said of [open, summary([SIGNED, alone])]) {
      assert.doesNotMatch(said, /the conclusion follows/)
      assert.match(said, /It names no conclusion/)
    }
  })

  it('says of a withdrawn incident that it is withdrawn, sound or not', () => {
    for (const outcome of ['ok', 'failed'] as const) {
      const said = summary([step('description', { outcome, notes: [{ note: 'withdrawn', about: 'revision 2' }] })])
      assert.match(said, /\n?The incident of this bundle is withdrawn: /, outcome)
    }
  })

  it('says of simulated data that they are, sound or not', () => {
    for (const outcome of ['ok', 'failed'] as const) {
      const said = summary([step('description', { outcome, notes: [{ note: 'simulated' }] })])
      assert.ok(said.includes('These are simulated data, not real measurements.\n'), outcome)
    }
  })

  it('says of a check that was given up that it was, and not that nothing was found', () => {
    const texts: string[] = []
    const steps = [SIGNED, step('verdicts', { outcome: 'not-checked', notes: [{ note: 'given-up' }] })]
    writeSummary('en', { steps, sound: false }, { named: true }, { out: { write: (text: string) => texts.push(text) } })
    assert.match(texts.join(''), /^\u2717 [^\n]+\n$/)
    assert.ok(texts.join('').includes(say('en', 'bundle.note.given-up')))
  })

  it('names the steps that found something wrong by their numbers, and vouches for nothing', () => {
    const steps = BUNDLE_STEPS.map((name) =>
      step(name, name === 'files' || name === 'seal' ? { outcome: 'failed' } : {}),
    )
    assert.equal(
      summary(steps, false),
      '\u2717 Do not rely on this bundle. Steps that failed: 2.\n  4 Files\n  9 Seal\n',
    )
  })
})
