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

/** Where no device is named: so much of many rows fails that one device is the less probable the more it is. */
const NEARLY_ALL_ROWS: ReadonlySet<string> = new Set(['85-90', '90-95', '95-100'])

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
    (it('extent') === 'nearly-all' || NEARLY_ALL_ROWS.has(it('rows') ?? '')) &&
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

/**
 * More than one line is known to fail: several lines of this network, networks of several owners, or, where no device is
 * named, nearly all of many rows. What one device can do to those is in the ratio.
 */
const severalLines = (outcomes: Outcomes): boolean => {
  const owners = outcomes.get('owners')
  const lines = outcomes.get('line') === 'several' || NEARLY_ALL_ROWS.has(outcomes.get('rows') ?? '')
  return lines || owners === 'together' || owners === 'apart'
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
