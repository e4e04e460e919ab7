// What an observer sees of one simulated incident: each item, unless nobody looked.
import type { CauseItem, ItemOutcome } from '../../src/core/model/incident/cause.ts'
import type { Random } from '../../src/core/detect/chain/random.ts'
import type { Ending, Law } from './cause-kinds.ts'
import { ENDINGS } from './cause-kinds.ts'

export interface SeenItem {
  readonly item: CauseItem
  readonly outcome: ItemOutcome
}

/** Index of one weight, by its share of their sum. */
export function pick(random: Random, weights: readonly number[]): number {
  let left = random.next() * weights.reduce((total, weight) => total + weight, 0)
  for (const [at, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return at
  }
  return weights.length - 1
}

const hit = (random: Random, p: number): boolean => random.next() < p

function poisson(random: Random, mean: number): number {
  const least = Math.exp(-mean)
  let count = 0
  for (let product = random.next(); product > least; product *= random.next()) count++
  return count
}

const STAGE = {
  dns: 'dns',
  'tcp-silence': 'tcp',
  'tcp-reset': 'tcp',
  'tls-silence': 'tls-silence-reset',
  'tls-reset': 'tls-silence-reset',
  'tls-alert': 'alert-certificate',
  certificate: 'alert-certificate',
  'http-error': 'http',
  slow: 'slow',
} as const satisfies Record<Ending, ItemOutcome<'stage'>>

/** Of how many owners' networks somebody measures: one to five. */
const WATCHED = [0.25, 0.3, 0.2, 0.15, 0.1]
/** Items that are looked at more seldom than the others: at least this share of incidents lacks them. */
const SELDOM = {
  neighbour: 0.45,
  artefact: 0.1,
  owners: 0.1,
  'other-name': 0.5,
  ttl: 0.85,
  line: 0.1,
  'same-address-abroad': 0.45,
  unrelated: 0.1,
} satisfies Partial<Record<CauseItem, number>>

/**
 * Draws the items of one incident of this law. The share of items nobody looked at is drawn for the incident from
 * `missing`; some are looked at more seldom than that.
 */
export function drawItems(random: Random, law: Law, missing: readonly [number, number]): readonly SeenItem[] {
  const lack = missing[0] + (missing[1] - missing[0]) * random.next()
  const seen = (least = 0): boolean => random.next() >= Math.max(lack, least)
  const scene = drawScene(random, law)
  const halves = halfDrawer(random, scene)
  const items: SeenItem[] = []
  const yes = <I extends CauseItem>(
    item: I,
    p: number,
    [then, otherwise]: readonly [ItemOutcome<I>, ItemOutcome<I>],
    least = 0,
  ): void => {
    const outcome = hit(random, p) ? then : otherwise
    if (seen(least)) items.push({ item, outcome })
  }
  const of = <I extends CauseItem>(item: I, outcome: ItemOutcome<I> | undefined, least = 0): void => {
    if (outcome !== undefined && seen(least)) items.push({ item, outcome })
  }
  of('pair', halves(law.targetFails, law.innocentFails, scene.pairs))
  const address = halves(law.addressFails, law.neighbourFails, Math.max(1, Math.floor((scene.pairs + 1) / 2)))
  of('neighbour', address === 'fail-pass' ? 'passes' : 'fails', SELDOM.neighbour)
  of('dns', (['right', 'odd', 'negative-one-name', 'all-fail'] as const)[pick(random, law.dns)])
  yes('doh', law.dohAnswers, ['answers', 'fails'])
  const ending =
    ENDINGS[
      pick(
        random,
        ENDINGS.map((one) => law.stage[one] ?? 0),
      )
    ]
  of('stage', ending === undefined ? undefined : STAGE[ending])
  yes('artefact', law.artefact, ['seen', 'none'], SELDOM.artefact)
  of('owners', scene.owners, SELDOM.owners)
  of('canary', pick(random, law.canary) > 0 ? 'fails' : 'passes')
  yes('outage', law.outage, ['falls', 'normal'])
  yes('abroad', law.abroadFails, ['fails', 'passes'])
  yes('other-countries', law.countriesFail, ['fails', 'passes'])
  yes('vpn', law.vpnCures, ['cures', 'no'])
  yes('other-name', law.otherNameCures, ['cures', 'no'], SELDOM['other-name'])
  of('ttl', (['in-country', 'endpoint', 'premises'] as const)[pick(random, law.ttl)], SELDOM.ttl)
  yes('onset', law.sharp, ['sharp', 'gradual'])
  const daily = Math.min(0.95, law.daily * (scene.evening ? 1.4 : 0.8))
  if (hit(random, daily)) of('daily', 'same-hours')
  else yes('daily', 0.2 + 0.8 * daily, ['some-days', 'no'])
  if (scene.probes > 1) yes('version', law.oneVersion, ['one', 'several'])
  yes('ipv6', law.ipv6Only, ['only', 'no'])
  of('line', scene.oneLine ? 'one' : 'several', SELDOM.line)
  yes('same-address-abroad', law.sameAddressFails, ['fails', 'passes'], SELDOM['same-address-abroad'])
  yes('unrelated', law.unrelated, ['several', 'no'], SELDOM.unrelated)
  return items
}

/** What an incident has in common over its items. */
interface Scene {
  readonly evening: boolean
  readonly oneLine: boolean
  readonly probes: number
  readonly pairs: number
  readonly owners: ItemOutcome<'owners'> | undefined
  /** Every control fails, for a reason of its own. */
  readonly controlBroken: boolean
}

function drawScene(random: Random, law: Law): Scene {
  const evening = hit(random, law.evening)
  const watched = 1 + pick(random, WATCHED)
  const scope = pick(random, law.scope)
  let affected = 1
  if (scope > 0) for (let other = 1; other < watched; other++) if (hit(random, scope === 1 ? 0.88 : 0.5)) affected++
  const oneLine = hit(random, law.oneLine) && affected === 1
  const probes = oneLine ? 1 : Math.max(affected, 1 + poisson(random, 1.2 * affected))
  return {
    evening,
    oneLine,
    probes,
    pairs: Math.min(8, probes),
    owners: watched === 1 ? undefined : affected === 1 ? 'one-of-several' : scope === 1 ? 'together' : 'apart',
    controlBroken: hit(random, 0.03),
  }
}

type Halves = (first: number | 'by-share', second: number, pairs: number) => ItemOutcome<'pair'>

/** Draws the pairs of an incident and what they read as together. Half of the incidents fail in both halves at once. */
function halfDrawer(random: Random, scene: Scene): Halves {
  const noise = scene.evening ? 0.08 : 0.03
  const share = 0.2 + 0.4 * random.next()
  // A partial restriction passes by exchange, or by device.
  const lines = hit(random, 0.6) ? Array.from({ length: 8 }, () => random.next() > share) : undefined
  const partial = (at: number): boolean => (lines?.[at % 8] ?? hit(random, 1 - share)) && hit(random, 0.95)
  return (first, second, pairs) => {
    const together = hit(random, 0.5) && first !== 'by-share' && first > 0.15 && second > 0.15
    const counts = { 'fail-pass': 0, 'fail-fail': 0, 'pass-pass': 0 }
    for (let at = 0; at < pairs; at++) {
      const most = first === 'by-share' ? 1 : Math.max(first, second)
      const shock = !together || hit(random, most)
      const scale = together ? most : 1
      const a = shock && (first === 'by-share' ? partial(at) : hit(random, first / scale))
      const b = shock && hit(random, second / scale)
      const failsA = a || hit(random, noise)
      const failsB = b || hit(random, noise) || scene.controlBroken
      if (failsA) counts[failsB ? 'fail-fail' : 'fail-pass']++
      else if (!failsB) counts['pass-pass']++
    }
    if (counts['fail-pass'] > 0 && counts['fail-pass'] >= Math.max(counts['fail-fail'], counts['pass-pass']))
      return 'fail-pass'
    return counts['fail-fail'] >= counts['pass-pass'] ? 'fail-fail' : 'pass-pass'
  }
}
