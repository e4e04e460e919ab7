import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CAUSE_ITEMS, type CauseFinding, type CauseItem, type WeighedItem } from '../../model/incident/cause.ts'
import { mapCauses } from '../../detect/cause/table.ts'
import { groundsSentence, itemSentence, outcomeName, quotedSentence } from './cause.ts'
import { CATALOGUE } from '../catalogue.ts'
import { LANGS, type Lang } from '../lang.ts'

const item: WeighedItem = {
  item: 'pair',
  outcome: 'fail-pass',
  log10Lr: 1,
  alone: { log10Lr: 1, lo95: 0.5, hi95: 1.2 },
  count: { k: 9, n: 11, probes: 4 },
  source: 'verdicts',
}

const finding = (over: Partial<CauseFinding>): CauseFinding => ({
  word: 'blocking',
  log10Lr: Math.log10(300),
  lo95: 1,
  hi95: 3,
  support: 'moderately-strong',
  items: [item],
  leading: 'name-block',
  rival: { cause: 'one-name-at-edge', log10Lr: Math.log10(40) },
  posterior: mapCauses(() => 1 / 19),
  grounds: ['discordant-pair'],
  unseen: [],
  table: '',
  ...over,
})

describe('sentences about the weight of evidence', () => {
  it('say how probable the findings are under either side, and swap the sides below 1', () => {
    const against = 'one-name-at-edge'
    assert.equal(
      quotedSentence('en', { log10Lr: Math.log10(300), against }).replaceAll('\u00a0', ' '),
      'Such findings are about 300 times more probable under interference than under the best-fitting other explanation: fault on the service’s own servers for one domain name only.',
    )
    assert.match(
      quotedSentence('en', { log10Lr: -Math.log10(300), against: 'name-block' }),
      /300\stimes.*under a technical fault/,
    )
    assert.match(quotedSentence('en', { log10Lr: 2, against: 'unlisted' }), /a cause that is not on our list\.$/)
    for (const lang of LANGS) assert.doesNotMatch(quotedSentence(lang, { log10Lr: 0, against }), /\d/u)
  })

  it('round a ratio to two digits and count it as each language counts', () => {
    const said = (lang: Lang, ratio: number): string =>
      quotedSentence(lang, { log10Lr: Math.log10(ratio), against: 'transit' }).replaceAll('\u00a0', ' ')
    assert.match(said('ru', 21), /в 21 раз вероятнее/)
    assert.match(said('ru', 2), /в 2 раза вероятнее/)
    assert.match(said('ru', 1.5), /в 1,5 раза вероятнее/)
    assert.match(said('ru', 317), /в 320 раз вероятнее/)
    assert.match(said('kk', 12_345), /12 000 есе жоғары/)
    assert.match(said('en', 1e40), /1,000,000,000 times/)
  })

  it('give an item with its count and, where asked, its source', () => {
    assert.equal(
      itemSentence('en', item),
      'Most often a connection with the name of the service fails or is slowed, while one with another name to the same IP address passes (measurements during the incident for which this is known: 9 of 11; devices: 4).',
    )
    assert.match(itemSentence('kk', item, { source: true }), /9, барлығы\s11; құрылғылар: 4\)\. Дереккөз: verdicts\.$/)
    assert.doesNotMatch(itemSentence('ru', { ...item, count: { k: 0, n: 0, probes: 0 } }), /\(/)
  })

  it('say what was counted: owners, services, days, else measurements', () => {
    const count = { k: 1, n: 6, probes: 0 }
    const said = (name: 'owners') => itemSentence('en', { ...item, item: name, outcome: 'no', count })
    assert.match(said('owners'), /owners of networks affected: 1 of 6/)
  })

  it('say of the same hour on how many of the earlier days it was so, at any count', () => {
    const said = (outcome: 'same-hours' | 'some-days' | 'no', k: number) =>
      itemSentence('en', { ...item, item: 'daily', outcome, count: { k, n: 14, probes: 0 } })
    assert.match(said('some-days', 2), /on 2 of the 14 earlier days measured at the same hour \(/)
    assert.match(said('same-hours', 9), /on 9 of the 14 earlier days measured at the same hour \(/)
    assert.match(said('no', 14), /not happen at the same hour on any of the earlier days measured \(/)
    // As earlier revisions counted: any number of days below half was "no".
    assert.match(said('no', 12), /on 2 of the 14 earlier days measured at the same hour \(/)
  })

  it('have words for every outcome of every item', () => {
    const isItem = (name: string): name is CauseItem => name in CAUSE_ITEMS
    for (const lang of LANGS)
      for (const name of Object.keys(CAUSE_ITEMS).filter(isItem))
        for (const outcome of CAUSE_ITEMS[name]) assert.notEqual(outcomeName(lang, { item: name }, outcome), outcome)
  })

  it('give the grounds of the word blocking only where the word rule gave it', () => {
    const says = { kk: /бұғатта/iu, ru: /блокир/iu, en: /blocking/iu }
    for (const lang of LANGS) {
      assert.match(groundsSentence(lang, finding({})), says[lang])
      assert.doesNotMatch(quotedSentence(lang, { log10Lr: 2, against: 'transit' }), says[lang])
      for (const word of ['fault', 'not-determined', 'insufficient'] as const)
        assert.equal(groundsSentence(lang, finding({ word })), '')
    }
  })

  it('hold no percentage, and call nothing calibrated but on simulated data', () => {
    const simulated = { kk: /модельденген/iu, ru: /смоделированн/iu, en: /simulated data/iu }
    for (const lang of LANGS)
      for (const [key, text] of Object.entries(CATALOGUE[lang])) {
        if (/^(cause|item|outcome|word|support|ground|weigh)\./.test(key))
          assert.doesNotMatch(text, /%|percent|процент|пайыз/iu, key)
        if (/calibrat|калибр/iu.test(text)) assert.match(text, simulated[lang], `${lang} ${key}`)
      }
  })
})
