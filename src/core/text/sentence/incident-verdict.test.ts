import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SCALE } from '../../detect/cause/word.ts'
import { CAUSE_WORDS, type CauseFinding } from '../../model/incident/cause.ts'
import { sampleCause } from '../../../../test/kit/evening/incident-sample.ts'
import {
  compareNumbers,
  findingSentence,
  itemsAgainst,
  numberWords,
  scaleSentences,
  STEPS,
  strengthSentence,
  verdictLine,
  verdictName,
  conclusionSentence,
} from './incident-verdict.ts'
import { LANGS } from '../lang.ts'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ')
const WORD = /бұғатта|блокиров|block/iu

/**
 * A cause with the given sum and the given ratio against the best-fitting fault, as plain ratios; below 1 for a fault.
 */
const weighing = (all: number, rival: number, change: Partial<CauseFinding> = {}): CauseFinding =>
  sampleCause({
    log10Lr: Math.log10(all),
    lo95: Math.log10(all) - 0.5,
    hi95: Math.log10(all) + 0.5,
    leading: 'name-block',
    rival: { cause: 'one-name-at-edge', log10Lr: Math.log10(rival) },
    ...change,
  })

describe('the verdict on an incident', () => {
  it('says what the signs fit better, and never that something is shown or is', () => {
    assert.equal(
      conclusionSentence('en', { cause: { word: 'blocking' } }),
      'The signs fit blocking better than a technical fault.',
    )
    for (const word of CAUSE_WORDS)
      for (const state of ['restricted', 'throttled'] as const) {
        const said = conclusionSentence('en', { cause: { word }, state })
        assert.doesNotMatch(said, /\bshows?\b|\bproves?\b|\bis (blocking|a fault)/u)
      }
  })

  it('says blocking only where the word rule gave it, and of a slow service never', () => {
    for (const lang of LANGS) {
      assert.match(conclusionSentence(lang, { cause: { word: 'blocking' } }), WORD)
      for (const word of ['fault', 'not-determined', 'insufficient'] as const)
        assert.doesNotMatch(conclusionSentence(lang, { cause: { word } }), WORD)
      const slow = { cause: { word: 'blocking' }, state: 'throttled' } as const
      assert.doesNotMatch(`${conclusionSentence(lang, slow)} ${verdictName(lang, slow)}`, WORD)
    }
  })

  it('carries the strength beside a word of one side, and none where evidence is insufficient', () => {
    const cause = weighing(2000, 80, { word: 'blocking', support: 'strong' })
    assert.match(plain(verdictLine('en', { cause, state: 'restricted' })), /fault \(evidence: strong, step 4 of 6\)$/)
    assert.match(plain(strengthSentence('ru', cause)), /Поддержка версии о вмешательстве: сильная, ступень 4 из 6\./)
    const little = { ...cause, word: 'insufficient' } as const
    assert.equal(strengthSentence('kk', little), '')
    assert.doesNotMatch(findingSentence('kk', { cause: little, state: 'insufficient' }), /\d/u)
  })

  it('names all six steps of strength by the scale of the rules', () => {
    assert.deepEqual(
      STEPS.map(([support, from]) => [from, support]),
      SCALE.toReversed(),
    )
    assert.equal(scaleSentences('kk').length, 6)
    assert.equal(plain(scaleSentences('en')[3]?.text ?? ''), 'Strong: 1000 to 1 or more')
  })
})

describe('the two numbers of a weight', () => {
  it('begin with the lower one: that against the best-fitting fault if it says less', () => {
    const { first, second, apart } = numberWords('en', weighing(200, 80))
    assert.match(plain(first), /80 times more probable if there was interference by domain name/)
    assert.match(plain(second), /200 times.*taken together\. Interval: 63–630\./)
    assert.match(apart, /first is the smaller of the two, so it is the conservative one/)
    const copied = plain(findingSentence('en', { cause: weighing(200, 80), state: 'restricted' }))
    assert.ok(copied.indexOf('80 times') < copied.indexOf('200 times (63–630)'), copied)
  })

  it('begin with that against all where it says less', () => {
    const { first, second, apart } = numberWords('en', weighing(30, 79))
    assert.match(plain(first), /30 times/)
    assert.match(plain(second), /79 times/)
    assert.match(apart, /first is the smaller of the two, so it is the conservative one/)
    const copied = plain(findingSentence('en', { cause: weighing(30, 79), state: 'restricted' }))
    assert.ok(copied.indexOf('30 times') < copied.indexOf('79 times'), copied)
  })

  it('do so for a fault too, and do not quote either where they point to different sides', () => {
    assert.equal(compareNumbers({ log10Lr: -2, rival: { cause: 'transit', log10Lr: -1 } }), 'rival-first')
    assert.equal(compareNumbers({ log10Lr: -1, rival: { cause: 'transit', log10Lr: -2 } }), 'all-first')
    assert.equal(compareNumbers({ log10Lr: 0.5, rival: { cause: 'transit', log10Lr: -0.1 } }), 'opposed')
    const fault = weighing(1 / 100, 1 / 40, { word: 'fault', support: 'moderately-strong' })
    for (const lang of LANGS) {
      assert.match(plain(findingSentence(lang, { cause: fault, state: 'restricted' })), /40.*100.*\(32–320\)/)
      const opposed = weighing(3, 0.5, { word: 'not-determined', support: 'weak' })
      assert.doesNotMatch(findingSentence(lang, { cause: opposed, state: 'restricted' }), /\(\d/u)
      assert.match(numberWords(lang, opposed).apart, /екі жаққа|разные стороны|different sides/u)
    }
  })

  it('take what speaks against from the other side of the conclusion', () => {
    const { items } = weighing(2000, 80)
    assert.ok(itemsAgainst({ word: 'blocking', items }).every(({ log10Lr }) => log10Lr < 0))
    assert.ok(itemsAgainst({ word: 'fault', items }).every(({ log10Lr }) => log10Lr > 0))
    const strengths = itemsAgainst({ word: 'fault', items }).map(({ log10Lr }) => log10Lr)
    assert.deepEqual(
      strengths,
      strengths.toSorted((a, b) => b - a),
    )
  })
})
