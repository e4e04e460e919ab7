import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleFinding } from '../../../test/kit/evening/exhibit-sample.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { spansIn } from '../../documents/paper.ts'
import { MEANS_FIELDS } from './means-fields.ts'
import { meansPaper, type Means } from './means-paper.ts'

const means = (given: Means['given'] = {}): Means => ({
  id: 'case-1',
  madeAt: sampleFinding().madeAt,
  finding: sampleFinding(),
  given,
})
const blanks = (lang: (typeof LANGS)[number], given: Means['given']): number =>
  spansIn(meansPaper(lang, means(given))).filter(({ kind }) => kind === 'blank').length

describe('meansPaper()', () => {
  it('has the thirteen points in their order, in every language', () => {
    for (const lang of LANGS) {
      const paper = meansPaper(lang, means())
      const labels = paper.blocks.flatMap((block) =>
        block.kind === 'facts' ? block.rows.map(({ label }) => label) : [],
      )
      const headings = paper.blocks.flatMap((block) => (block.kind === 'heading' ? [block.text] : []))
      const numbers = [...labels, ...headings].map((label) => Number(/^(\d+)\. /.exec(label)?.[1]))
      assert.deepEqual(
        numbers,
        Array.from({ length: 13 }, (_, at) => at + 1),
        lang,
      )
    }
  })

  it('invents nothing: what was not given is a blank, and each thing given fills its own', () => {
    const none = blanks('kk', {})
    assert.ok(none >= MEANS_FIELDS.length - 1)
    const all = Object.fromEntries(MEANS_FIELDS.map((field) => [field, `given ${field}`]))
    assert.equal(blanks('kk', all), 1, 'the date of signing')
    const words = spansIn(meansPaper('kk', means(all))).map((span) => ('text' in span ? span.text : ''))
    for (const field of MEANS_FIELDS)
      assert.ok(
        words.some((text) => text.includes(`given ${field}`)),
        field,
      )
  })

  it('declares nothing for the person who measured, and knows no sequence of actions and no source of a program of others', () => {
    const others = sampleFinding({ software: [{ name: 'ooniprobe-android 3.8.8', count: 1 }] })
    for (const lang of LANGS)
      for (const finding of [others, sampleFinding({ software: [] })]) {
        const paper = meansPaper(lang, { id: 'case-1', madeAt: finding.madeAt, finding, given: {} })
        const missing = spansIn(paper).flatMap((span) => (span.kind === 'blank' ? [span.what] : []))
        for (const key of ['means.declaration-what', 'means.actions-what', 'means.source-what'] as const)
          assert.ok(missing.includes(say(lang, key)), `${lang} ${key}`)
        assert.equal(missing.includes(say(lang, 'means.program-what')), finding.software.length === 0)
      }
    const own = sampleFinding({ software: [{ name: 'kuager 0.1.0', count: 1 }] })
    const known = spansIn(meansPaper('en', { ...means(), finding: own }))
    assert.ok(known.some((span) => 'text' in span && span.text === say('en', 'means.actions-default')))
  })

  it('marks its title for a lawyer: under which article it is asked for is not confirmed', () => {
    for (const lang of LANGS) {
      const { sheet = [] } = meansPaper(lang, means())
      assert.ok(spansIn({ blocks: sheet }).some(({ kind }) => kind === 'unconfirmed'))
    }
  })
})
