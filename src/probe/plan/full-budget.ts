import { addressFamily } from '../../core/model/address.ts'
import type { Check, Endpoint, Tier } from '../../core/model/tables/service.ts'
import type { Chance } from '../measure/chance.ts'
import { FULL_RUN_BYTES } from './schedule.ts'

/**
 * Bytes of a full run on the wire where nothing fails, by what they are for, with headers of IP and TCP and the share of
 * the upload; docs/methods/measuring.md tells where the figures are from.
 */
export const FULL_BUDGET = {
  whole: FULL_RUN_BYTES,
  /** Canaries, clock, sign-in page, the question to the collector, connections to control and collector. */
  line: 400_000,
  /** Kept for transfers, QUIC and further addresses where the list is long. */
  extras: 1_600_000,
  /** Kept for the second group where it was agreed to, at most. */
  second: 1_600_000,
  /** Lookups, an encrypted one too, connections to all addresses, the question to the control. */
  endpoint: 18_000,
  /** Control, target, control at one address, over TLS or QUIC. */
  pair: 30_500,
  page: 42_000,
  plain: 4_000,
  /** One throughput pair in one direction. */
  transfer: 570_000,
  /** First exchanges of one protocol, with their controls. */
  tunnel: 10_000,
} as const

/** Addresses of one family at which the names of an endpoint are paired, at most. */
export const ADDRESSES_OF_FAMILY = 2

export interface ListedMeasurement {
  readonly endpoint: Endpoint
  readonly checks: ReadonlySet<Check>
}

/** What of a full run is drawn for one endpoint. */
export interface Share extends ListedMeasurement {
  /** Addresses at which pairs of names are made over TLS, and over QUIC. */
  readonly pairsAt: { readonly tls: number; readonly quic: number }
}

const TRANSFERS = ['down', 'up'] as const satisfies readonly Check[]
const NOTHING_BESIDE: ReadonlySet<Check> = new Set(['tcp', 'quic', ...TRANSFERS])

/** Bytes of what every endpoint of a full run gets: one pair at one address, its page, its tunnel. */
export function bytesAtLeast(one: ListedMeasurement): number {
  const { endpoint, pair, page, plain, tunnel } = FULL_BUDGET
  const { checks } = one
  const beside = [...checks].filter((check) => !NOTHING_BESIDE.has(check))
  const costs = beside.map((check) =>
    check === 'tls' ? pair : check === 'page' ? page : check === 'plain' ? plain : tunnel,
  )
  return costs.reduce<number>((sum, cost) => sum + cost, endpoint - (isLiteral(one) ? LOOKUP : 0))
}

/** Of a literal address nothing is looked up. */
const LOOKUP = 9_500

/**
 * Endpoints of a full run. Those of core runs and the pages of the first group come first. The rest of that group is
 * drawn, and after it the second group, to which lists of sites belong; a part of the run is kept for each, and one for
 * what is done beyond one pair for each endpoint. So every host is measured in time, and a long list changes no volume.
 */
export function drawEndpoints<Item extends ListedMeasurement & { readonly tier: Tier }>(
  all: readonly Item[],
  chance: Chance,
): ReadonlySet<Item> {
  const drawn = chance.shuffled(all)
  let left = FULL_BUDGET.whole - FULL_BUDGET.line - FULL_BUDGET.extras
  const taken = (items: readonly Item[], kept = 0): readonly Item[] =>
    items.filter((one) => {
      const bytes = bytesAtLeast(one)
      if (bytes > left - kept) return false
      left -= bytes
      return true
    })
  const second = drawn.filter(({ tier }) => tier === 'B')
  const forSecond = Math.min(
    FULL_BUDGET.second,
    second.reduce((sum, one) => sum + bytesAtLeast(one), 0),
  )
  const first = drawn.filter(({ tier }) => tier !== 'B')
  const foremost = taken(first.filter(isForemost), forSecond)
  return new Set([
    ...foremost,
    ...taken(
      first.filter((one) => !isForemost(one)),
      forSecond,
    ),
    ...taken(second),
  ])
}

const isForemost = ({ endpoint, checks }: ListedMeasurement): boolean => endpoint.core === true || checks.has('page')

/** One thing more that may be done for an endpoint. */
interface Extra {
  readonly of: ListedMeasurement
  readonly what: 'address' | 'quic' | (typeof TRANSFERS)[number]
}

const times = (count: number, extra: Extra): readonly Extra[] => Array.from({ length: count }, () => extra)

/**
 * Draws what is done beyond one pair for each endpoint, within what that leaves of the budget: transfers get half of it
 * (one transfer at least, where it fits), QUIC half of the rest, pairs at second addresses and over a second family what
 * is then left, transfers again what even these leave. `families`: how many the line carries; `kept`: bytes for what is of no
 * service.
 */
export function drawShares(
  all: readonly ListedMeasurement[],
  families: 1 | 2,
  chance: Chance,
  kept = 0,
): ReadonlyMap<ListedMeasurement, Share> {
  const { whole, line, transfer, pair } = FULL_BUDGET
  let left = all.reduce((sum, one) => sum - bytesAtLeast(one), whole - line - kept)
  const draw = (extras: readonly Extra[], cost: number, room: number): readonly Extra[] => {
    const taken = chance.shuffled(extras).slice(0, Math.max(0, Math.floor(Math.min(room, left) / cost)))
    left -= taken.length * cost
    return taken
  }
  const having = (check: Check): readonly ListedMeasurement[] => all.filter(({ checks }) => checks.has(check))
  const wanted = TRANSFERS.flatMap((what) => having(what).map((of): Extra => ({ of, what })))
  const transfers = draw(wanted, transfer, Math.max(left / 2, transfer))
  const overQuic = having('quic').flatMap((of) => times(isLiteral(of) ? 1 : families, { of, what: 'quic' }))
  const quic = draw(overQuic, pair, left / 2)
  const more = ADDRESSES_OF_FAMILY * families - 1
  const further = having('tls').flatMap((of) => times(isLiteral(of) ? 0 : more, { of, what: 'address' }))
  const addresses = draw(further, pair, left)
  const late = draw(
    wanted.filter((extra) => !transfers.includes(extra)),
    transfer,
    left,
  )
  const drawn = Map.groupBy([...transfers, ...quic, ...addresses, ...late], ({ of }) => of)
  return new Map(all.map((one) => [one, shareOf(one, drawn.get(one) ?? [])]))
}

const isLiteral = ({ endpoint }: ListedMeasurement): boolean => addressFamily(endpoint.host) !== undefined

function shareOf({ endpoint, checks }: ListedMeasurement, drawn: readonly Extra[]): Share {
  const count = (what: Extra['what']): number => drawn.filter((extra) => extra.what === what).length
  const isLeftOut = (check: Check): boolean =>
    (check === 'quic' || check === 'down' || check === 'up') && count(check) === 0
  return {
    endpoint,
    checks: new Set([...checks].filter((check) => !isLeftOut(check))),
    pairsAt: { tls: 1 + count('address'), quic: count('quic') },
  }
}
