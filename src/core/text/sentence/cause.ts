import {
  FAULT_CAUSES,
  INTERFERENCE_CAUSES,
  type CauseFinding,
  type CauseItem,
  type CauseWord,
  type Opponent,
  type QuotedRatio,
  type WeighedItem,
} from '../../model/incident/cause.ts'
import { isMeasurement } from '../../model/measured/named-measurements.ts'
import { CATALOGUE, type Key, type KeyEnd } from '../catalogue.ts'
import { capitalise, say } from '../format.ts'
import type { Lang } from '../lang.ts'
import { formatNumber } from '../number.ts'

export const wordName = (lang: Lang, word: CauseWord): string => say(lang, `word.${word}`)

/** A ratio above 1 as a reader takes it: two significant digits, at most a thousand million. */
function roundRatio(log10: number): number {
  const value = 10 ** Math.min(9, Math.abs(log10))
  const unit = value < 10 ? 0.1 : 10 ** (Math.floor(Math.log10(value)) - 1)
  const rounded = Math.round(value / unit) * unit
  return value < 10 ? Math.round(rounded * 10) / 10 : Math.round(rounded)
}

/** A ratio above 1 as text, and as the number by which its noun is counted. Takes log10 of it or of its reciprocal. */
export const ratioValues = (lang: Lang, log10: number): { readonly ratio: string; readonly count: number } => {
  const count = roundRatio(log10)
  return { ratio: formatNumber(lang, count, 1), count }
}

/** Below this a ratio counts as favouring neither side: 1.05 and less. */
const EVEN = Math.log10(1.05)

/** Name of an explanation, one without a row included. */
export const opponentName = (lang: Lang, opponent: Opponent): string => say(lang, `cause.${opponent}`)

/**
 * The finding as a forensic institute writes it: how probable the findings are under either proposition, never how
 * probable a proposition is. Below 1 the propositions are swapped. Source: ENFSI guideline, 2015.
 */
export function quotedSentence(lang: Lang, { log10Lr, against }: Pick<QuotedRatio, 'log10Lr' | 'against'>): string {
  const name = { against: opponentName(lang, against) }
  if (Math.abs(log10Lr) < EVEN) return say(lang, 'weigh.quoted-even', name)
  const key = log10Lr > 0 ? 'weigh.quoted-interference' : 'weigh.quoted-fault'
  return say(lang, key, { ...ratioValues(lang, log10Lr), ...name })
}

/** How many causes of either side the table lists. */
export const listedCounts = (lang: Lang): { readonly kinds: string; readonly faults: string } => ({
  kinds: formatNumber(lang, INTERFERENCE_CAUSES.length),
  faults: formatNumber(lang, FAULT_CAUSES.length),
})

export const itemName = (lang: Lang, { item }: { readonly item: CauseItem }): string => say(lang, `item.${item}`)

const isOutcome = (key: string): key is Extract<Key, `outcome.${string}`> => key in CATALOGUE.en

/** An item by its name, with what was counted of it once it was seen. */
type Named = Pick<WeighedItem, 'item'> & Partial<Pick<WeighedItem, 'count'>>

/**
 * What was seen of an item, as a clause: of days with the same hour how many they were, where they were counted. An outcome
 * the item does not have is shown as it is written.
 */
export function outcomeName(lang: Lang, { item, count }: Named, outcome: string): string {
  if (item === 'daily' && count !== undefined && count.n > 0) {
    const k = outcome === 'no' ? count.n - count.k : count.k
    if (k > 0) return say(lang, 'outcome-counted.daily', { k, n: count.n })
  }
  const key = `outcome.${item}.${outcome}`
  return isOutcome(key) ? say(lang, key) : outcome
}

/** What an item of the weight counts: which measurements, or what else. */
type Counted = KeyEnd<'weigh.count'>

/** What an item of our own counts (docs/methods/cause.md, 5); of one that files alone give, nothing is known of it. */
const COUNTED = {
  pair: 'inside',
  neighbour: 'inside',
  stage: 'failed',
  artefact: 'failed',
  dns: 'failed',
  doh: 'failed',
  owners: 'owners',
  unrelated: 'services',
  canary: 'comparison',
  outage: undefined,
  abroad: 'failed',
  'same-address-abroad': 'inside',
  'other-countries': 'abroad',
  vpn: undefined,
  'other-name': 'inside',
  ttl: undefined,
  onset: 'start',
  daily: 'days',
  version: 'inside',
  ipv6: 'failed',
  line: 'inside',
  persistence: 'days',
  extent: 'independent',
  rows: 'independent',
  endings: 'failed',
  pages: 'pages',
} as const satisfies Record<CauseItem, Counted | undefined>

/** What stands as the source of an item that was read in our own measurements, but in no single one of them. */
const OWN_SOURCES: ReadonlySet<string> = new Set(['series', 'verdicts', 'erased'])

function countKey({ item, outcome, source }: WeighedItem): 'weigh.count' | `weigh.count.${Counted}` {
  const counted = COUNTED[item]
  if (counted === undefined || !(isMeasurement(source) || OWN_SOURCES.has(source))) return 'weigh.count'
  return item === 'onset' && outcome === 'gradual' ? 'weigh.count.start-interval' : `weigh.count.${counted}`
}

/** How often an item was seen, of what: `failed or slow measurements where this is known: 9 of 11`. */
function countText(lang: Lang, item: WeighedItem): string {
  const { k, n } = item.count
  return say(lang, countKey(item), { k, n })
}

/** What was seen of an item with its count: `The name fails where another passes (measurements: 9 of 11; devices: 4).` */
export function itemSentence(lang: Lang, item: WeighedItem, options: { readonly source?: boolean } = {}): string {
  const { n, probes } = item.count
  const counts = [
    ...(n > 0 ? [countText(lang, item)] : []),
    ...(probes > 0 ? [say(lang, 'weigh.devices', { probes })] : []),
  ]
  const clause = capitalise(lang, outcomeName(lang, item, item.outcome))
  const sentence = `${clause}${counts.length === 0 ? '' : ` (${counts.join('; ')})`}.`
  return options.source === true ? `${sentence} ${say(lang, 'weigh.source', { source: item.source })}.` : sentence
}

/** Why the word may be `blocking`; empty for every other word. */
export function groundsSentence(lang: Lang, cause: Pick<CauseFinding, 'word' | 'grounds'>): string {
  if (cause.word !== 'blocking') return ''
  return say(lang, 'weigh.grounds', { list: cause.grounds.map((ground) => say(lang, `ground.${ground}`)).join('; ') })
}
