import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SCALE } from '../../detect/cause/word.ts'
import { CAUSE_WORDS, quotedOf, type CauseFinding } from '../../model/incident/cause.ts'
import { sampleCause } from '../../../../test/kit/evening/incident-sample.ts'
import {
  conclusionSentences,
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

/** A cause with the given ratio of averages and the given ratio to quote, as plain ratios; below 1 for a fault. */
const weighing = (all: number, quoted: number, change: Partial<CauseFinding> = {}): CauseFinding =>
  sampleCause({
    log10Lr: Math.log10(all),
    lo95: Math.log10(all) - 0.5,
    hi95: Math.log10(all) + 0.5,
    leading: 'name-block',
    quoted: {
      log10Lr: Math.log10(quoted),
      lo95: Math.log10(quoted) - 0.5,
      hi95: Math.log10(quoted) + 0.5,
      against: quoted < 1 ? 'name-block' : 'one-name-at-edge',
    },
    rival: { cause: 'one-name-at-edge', log10Lr: Math.log10(quoted) },
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
    assert.match(plain(strengthSentence('ru', cause)), /Сила данных в пользу вмешательства: сильная, ступень 4 из 6\./)
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

describe('the number to quote', () => {
  it('comes before the ratio of averages, with its interval and what it is compared with', () => {
    const cause = weighing(200, 80)
    const { quoted, mean, meaning } = numberWords('en', cause)
    assert.match(
      plain(quoted),
      /80 times more probable under interference.*one domain name only\. Interval under the model: 25–250\./,
    )
    assert.match(plain(mean ?? ''), /Average of .*: 200 to 1.*63–630.*Do not quote/)
    assert.equal(meaning.length, 2)
    const copied = plain(findingSentence('en', { cause, state: 'restricted' }))
    assert.match(copied, /By the authors’ estimates.*80 times.*Interval under the model: 25–250/)
    assert.doesNotMatch(copied, /200/)
  })

  it('says in each language what it means and what it does not mean, on either side', () => {
    const fault = weighing(1 / 100, 1 / 40, { word: 'fault', support: 'moderate' })
    for (const lang of LANGS)
      for (const cause of [weighing(200, 80), fault]) {
        const sentences = conclusionSentences(lang, { cause, state: 'restricted' }).join(' ')
        for (const one of numberWords(lang, cause).meaning) assert.ok(sentences.includes(one))
        assert.match(sentences, /не говорит|білдірмейді|does not say/u)
      }
    assert.match(plain(findingSentence('kk', { cause: fault, state: 'restricted' })), /40.*13–130/)
  })

  it('is none where neither side does better than the best of the other', () => {
    const even = weighing(3, 1, { word: 'not-determined', support: 'none' })
    for (const lang of LANGS) {
      assert.deepEqual(numberWords(lang, even).meaning, [])
      assert.doesNotMatch(findingSentence(lang, { cause: even, state: 'restricted' }), /\d/u)
    }
  })

  it('is in a revision of earlier rules what that one quoted, told as such, without interval and meaning', () => {
    const { quoted: _, ...earlier } = weighing(200, 80)
    assert.equal(quotedOf(earlier).log10Lr, Math.log10(80))
    const words = numberWords('en', earlier)
    assert.equal(
      plain(words.quoted),
      'This revision was made under earlier rules. They quoted the smaller of two ratios: 80 to 1. The conclusion and its strength followed the ratio of averages: 200 to 1.',
    )
    assert.deepEqual([words.meaning, words.mean], [[], undefined])
    for (const lang of LANGS) {
      const told = numberWords(lang, earlier).quoted
      assert.ok(findingSentence(lang, { cause: earlier, state: 'restricted' }).endsWith(` ${told}`))
      assert.ok(conclusionSentences(lang, { cause: earlier, state: 'restricted' }).includes(told))
    }
    assert.equal(quotedOf({ ...earlier, log10Lr: 1 }).log10Lr, 1)
    assert.equal(quotedOf({ ...earlier, log10Lr: -1 }).log10Lr, 0)
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
