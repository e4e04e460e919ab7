import {
  DECISIVE_LOG10,
  type BlockingGround,
  type CauseItem,
  type CauseWord,
  type ItemOutcome,
  type Support,
} from '../../model/incident/cause.ts'

/** Outcome of every item that was looked at. */
export type Outcomes = ReadonlyMap<CauseItem, ItemOutcome>

type Rule = (it: (item: CauseItem) => ItemOutcome | undefined) => boolean

/** Conditions one of which must hold besides the ratio. Source: docs/methods/cause.md, "The verdict". */
const GROUNDS = {
  'discordant-pair': (it) =>
    (it('pair') === 'fail-pass' || it('other-name') === 'cures') &&
    (it('stage') === 'tls-silence-reset' || it('stage') === 'slow'),
  artefact: (it) => it('artefact') === 'seen',
  'bogon-doh-right': (it) => it('dns') === 'odd' && it('doh') === 'answers',
  'single-name-dns-two-owners': (it) =>
    it('dns') === 'negative-one-name' && it('doh') === 'answers' && it('owners') === 'together',
  'ttl-in-country-breadth': (it) => it('ttl') === 'in-country' && it('owners') === 'together',
  'neighbour-passes-unicast': (it) =>
    it('neighbour') === 'passes' && it('same-address-abroad') === 'passes' && it('owners') === 'together',
  'long-on-one-owner': (it) =>
    it('persistence') === 'long' &&
    it('extent') === 'nearly-all' &&
    it('owners') === 'one-of-several' &&
    it('unrelated') !== 'several' &&
    it('canary') !== 'fails' &&
    it('stage') !== 'alert-certificate' &&
    it('stage') !== 'http',
} satisfies Record<BlockingGround, Rule>

/** The grounds for the verdict `blocking` that these outcomes give, at any ratio. */
export function blockingGrounds(outcomes: Outcomes): readonly BlockingGround[] {
  const grounds: BlockingGround[] = []
  const it = (item: CauseItem): ItemOutcome | undefined => outcomes.get(item)
  let ground: BlockingGround
  for (ground in GROUNDS) if (GROUNDS[ground](it)) grounds.push(ground)
  return grounds
}

/** More than one line is known to fail: several lines of this network, or networks of several owners. */
const severalLines = (outcomes: Outcomes): boolean => {
  const owners = outcomes.get('owners')
  return outcomes.get('line') === 'several' || owners === 'together' || owners === 'apart'
}

/**
 * The word of a finding: `blocking` needs a quoted ratio of 10, more than one line known to fail and one of the grounds;
 * `fault` a ratio of 1/10 or less; everything between is `not-determined`.
 */
export function causeWord(log10Lr: number, outcomes: Outcomes): CauseWord {
  if (log10Lr <= -DECISIVE_LOG10) return 'fault'
  const named = log10Lr >= DECISIVE_LOG10 && severalLines(outcomes) && blockingGrounds(outcomes).length > 0
  return named ? 'blocking' : 'not-determined'
}

/** Lower bounds of the words, as powers of ten. */
export const SCALE: readonly (readonly [number, Support])[] = [
  [6, 'extremely-strong'],
  [4, 'very-strong'],
  [3, 'strong'],
  [2, 'moderately-strong'],
  [1, 'moderate'],
  [Math.log10(2), 'weak'],
]

/**
 * Word of the ENFSI scale (Guideline for Evaluative Reporting, 2015) for a ratio or its reciprocal, whichever is above 1;
 * a ratio below 2 supports neither side.
 */
export const supportOf = (log10Lr: number): Support =>
  SCALE.find(([least]) => Math.abs(log10Lr) >= least)?.[1] ?? 'none'
