import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  BLOCKING_GROUNDS,
  DECISIVE_LOG10,
  type BlockingGround,
  type CauseItem,
  type ItemOutcome,
} from '../../model/incident/cause.ts'
import { blockingGrounds, causeWord, supportOf } from './word.ts'

type Pairs = readonly (readonly [CauseItem, ItemOutcome])[]

/** For each ground: what makes it hold, and each item without which it does not. */
const HOLDS: Readonly<Record<BlockingGround, Pairs>> = {
  'discordant-pair': [
    ['pair', 'fail-pass'],
    ['stage', 'tls-silence-reset'],
  ],
  artefact: [['artefact', 'seen']],
  'bogon-doh-right': [
    ['dns', 'odd'],
    ['doh', 'answers'],
  ],
  'single-name-dns-two-owners': [
    ['dns', 'negative-one-name'],
    ['doh', 'answers'],
    ['owners', 'together'],
  ],
  'ttl-in-country-breadth': [
    ['ttl', 'in-country'],
    ['owners', 'together'],
  ],
  'neighbour-passes-unicast': [
    ['neighbour', 'passes'],
    ['same-address-abroad', 'passes'],
    ['owners', 'together'],
  ],
  'long-on-one-owner': [
    ['persistence', 'long'],
    ['extent', 'nearly-all'],
    ['owners', 'one-of-several'],
  ],
}

describe('the word rule', () => {
  for (const ground of BLOCKING_GROUNDS) {
    it(`${ground} holds with all of its items and with none of them missing`, () => {
      assert.deepEqual(blockingGrounds(new Map(HOLDS[ground])), [ground])
      for (const left of HOLDS[ground])
        assert.deepEqual(blockingGrounds(new Map(HOLDS[ground].filter((pair) => pair !== left))), [])
    })

    it(`${ground} gives the word at a ratio of 10, not below, and never on one line only`, () => {
      const several: Pairs = [...HOLDS[ground], ['line', 'several']]
      assert.equal(causeWord(DECISIVE_LOG10, new Map(several)), 'blocking')
      assert.equal(causeWord(DECISIVE_LOG10 - 1e-9, new Map(several)), 'not-determined')
      const one: Pairs = [...HOLDS[ground].filter(([item]) => item !== 'owners'), ['line', 'one']]
      assert.equal(causeWord(5, new Map(one)), 'not-determined')
    })
  }

  it('a pair that ended in an alert, a certificate or an HTTP answer is no ground: the server answered', () => {
    for (const stage of ['alert-certificate', 'http', 'tcp', 'dns'] as const)
      assert.deepEqual(
        blockingGrounds(
          new Map([
            ['pair', 'fail-pass'],
            ['stage', stage],
          ]),
        ),
        [],
      )
    assert.deepEqual(
      blockingGrounds(
        new Map([
          ['pair', 'fail-pass'],
          ['stage', 'slow'],
        ]),
      ),
      ['discordant-pair'],
    )
  })

  it('lines that were not counted are not several', () => {
    assert.equal(causeWord(4, new Map([['artefact', 'seen']])), 'not-determined')
    assert.equal(
      causeWord(
        4,
        new Map([
          ['artefact', 'seen'],
          ['owners', 'one-of-several'],
        ]),
      ),
      'not-determined',
    )
    assert.equal(
      causeWord(
        4,
        new Map([
          ['artefact', 'seen'],
          ['owners', 'apart'],
        ]),
      ),
      'blocking',
    )
  })

  it('nearly all rows of a table without devices are more than one line, and a ground where it lasts on one owner only', () => {
    const lasting: Pairs = [
      ['persistence', 'long'],
      ['owners', 'one-of-several'],
    ]
    assert.equal(causeWord(DECISIVE_LOG10, new Map([...lasting, ['rows', '95-100']])), 'blocking')
    assert.equal(causeWord(DECISIVE_LOG10, new Map([...lasting, ['rows', '80-85']])), 'not-determined')
    assert.equal(causeWord(DECISIVE_LOG10 - 1e-9, new Map([...lasting, ['rows', '95-100']])), 'not-determined')
  })

  it('a ratio without a ground gives no word, however high', () => {
    assert.equal(causeWord(6, new Map([['line', 'several']])), 'not-determined')
  })

  it('a ratio of 1/10 is a fault, on any grounds', () => {
    assert.equal(
      causeWord(
        -DECISIVE_LOG10,
        new Map([
          ['artefact', 'seen'],
          ['line', 'several'],
        ]),
      ),
      'fault',
    )
    assert.equal(causeWord(-DECISIVE_LOG10 + 1e-9, new Map()), 'not-determined')
  })
})

describe('the scale of support', () => {
  it('supportOf() changes its word at 2, 10, 100, 1,000, 10,000 and a million, on both sides alike', () => {
    const bounds = [
      [2, 'none', 'weak'],
      [10, 'weak', 'moderate'],
      [100, 'moderate', 'moderately-strong'],
      [1000, 'moderately-strong', 'strong'],
      [10_000, 'strong', 'very-strong'],
      [1_000_000, 'very-strong', 'extremely-strong'],
    ] as const
    for (const [ratio, below, from] of bounds)
      for (const sign of [1, -1]) {
        assert.equal(supportOf(sign * Math.log10(ratio * 0.999)), below)
        assert.equal(supportOf(sign * Math.log10(ratio * 1.001)), from)
      }
  })
})
