import { CAUSE_ITEMS, CAUSES, type Cause, type CauseItem, type ItemOutcome } from '../../model/incident/cause.ts'
import type { CauseTableFile } from '../../model/tables/cause-table.ts'
import { InputError } from '../../model/errors.ts'

/** P(outcome | cause, an incident was raised), complete: the outcomes of an item sum to 1 for every cause. */
export interface CauseTable {
  /** SHA-256 of the file it was made from. */
  readonly digest: string
  /** By item and outcome: probabilities in the order of CAUSES. */
  readonly p: Readonly<Record<CauseItem, ReadonlyMap<string, readonly number[]>>>
}

/** No entry says more than this, nor less: too few incidents are known for more certainty. */
export const LEAST = 0.02
/** An item with more outcomes than this has a smaller least entry: .02 each would leave little to tell. */
const FEW_OUTCOMES = 6
/** The least entry of an item: of one with many outcomes a tenth of what each has if all are alike. */
export const leastOf = (item: CauseItem): number => {
  const { length } = CAUSE_ITEMS[item]
  return length > FEW_OUTCOMES ? 0.1 / length : LEAST
}
/** What rounding to two digits may add up to. */
const ROUNDING = 0.015

const isItem = (name: string): name is CauseItem => name in CAUSE_ITEMS
/** Items in the order in which they are weighed. */
export const ITEMS: readonly CauseItem[] = Object.keys(CAUSE_ITEMS).filter(isItem)

/** Outcomes of an item, in the order of CAUSE_ITEMS. */
export const outcomesOf = (item: CauseItem): readonly ItemOutcome[] => CAUSE_ITEMS[item]

/**
 * Makes the table from the file: one outcome that is not listed gets what the others leave (at least the least entry), and every item is
 * normalised. Throws InputError for a missing row or column, an unknown one, or outcomes that do not sum to 1 within
 * rounding. `digest` is that of the file's bytes and goes into every finding.
 */
export function makeCauseTable(file: CauseTableFile, digest: string): CauseTable {
  const rows = new Map(file.causes.map(({ cause, p }) => [cause, p]))
  if (rows.size !== file.causes.length) throw broken('/causes', 'a cause stands twice', 'each cause once')
  const rowOf = (cause: Cause): Row => {
    const row = rows.get(cause)
    if (row === undefined) throw broken(`/causes/${cause}`, 'no row', 'a row for every cause')
    const stranger = Object.keys(row).find((name) => !isItem(name))
    if (stranger !== undefined) throw broken(`/causes/${cause}/${stranger}`, 'unknown item', ITEMS.join(', '))
    return row
  }
  const complete = CAUSES.map((cause) => ({ cause, row: rowOf(cause) }))
  const column = (item: CauseItem): ReadonlyMap<string, readonly number[]> => {
    const filled = complete.map(({ cause, row }) => fill(item, row[item], `/causes/${cause}/${item}`))
    return new Map(outcomesOf(item).map((outcome, at) => [outcome, filled.map((values) => values[at]!)])) // fill: all
  }
  return { digest, p: mapItems(column) }
}

type Row = Readonly<Record<string, Readonly<Record<string, number>>>>

function fill(item: CauseItem, given: Readonly<Record<string, number>> | undefined, path: string): readonly number[] {
  if (given === undefined) throw broken(path, 'no column', 'every item')
  const outcomes: readonly string[] = outcomesOf(item)
  const stranger = Object.keys(given).find((name) => !outcomes.includes(name))
  if (stranger !== undefined) throw broken(`${path}/${stranger}`, 'unknown outcome', outcomes.join(', '))
  const missing = outcomes.filter((outcome) => given[outcome] === undefined)
  const listed = Object.values(given)
  const least = leastOf(item)
  const sum = listed.reduce((total, value) => total + value, 0)
  if (missing.length > 1 || listed.some((value) => !(value >= least && value <= 1 - least)))
    throw broken(path, JSON.stringify(given), `entries from ${least} to ${1 - least}, at most one left out`)
  if (missing.length === 1 ? sum > 1 - least + ROUNDING : Math.abs(sum - 1) > outcomes.length * ROUNDING)
    throw broken(path, `outcomes sum to ${sum}`, 'a sum of 1')
  const values = outcomes.map((outcome) => given[outcome] ?? Math.max(least, 1 - sum))
  const total = values.reduce((all, value) => all + value, 0)
  return values.map((value) => value / total)
}

/** One value for each item, with the type that says so. */
export function mapItems<T>(make: (item: CauseItem) => T): Record<CauseItem, T> {
  return {
    pair: make('pair'),
    neighbour: make('neighbour'),
    stage: make('stage'),
    artefact: make('artefact'),
    dns: make('dns'),
    doh: make('doh'),
    owners: make('owners'),
    unrelated: make('unrelated'),
    canary: make('canary'),
    outage: make('outage'),
    abroad: make('abroad'),
    'same-address-abroad': make('same-address-abroad'),
    'other-countries': make('other-countries'),
    vpn: make('vpn'),
    'other-name': make('other-name'),
    ttl: make('ttl'),
    onset: make('onset'),
    daily: make('daily'),
    version: make('version'),
    ipv6: make('ipv6'),
    line: make('line'),
    persistence: make('persistence'),
    extent: make('extent'),
    rows: make('rows'),
    endings: make('endings'),
    pages: make('pages'),
  }
}

/** One value for each cause, with the type that says so. */
export function mapCauses<T>(make: (cause: Cause) => T): Record<Cause, T> {
  return {
    'name-block': make('name-block'),
    'address-block': make('address-block'),
    'dns-block': make('dns-block'),
    interception: make('interception'),
    throttling: make('throttling'),
    'platform-down': make('platform-down'),
    'regional-edge-down': make('regional-edge-down'),
    'server-error': make('server-error'),
    'one-name-at-edge': make('one-name-at-edge'),
    provider: make('provider'),
    transit: make('transit'),
    congestion: make('congestion'),
    'cdn-node': make('cdn-node'),
    'dns-fault': make('dns-fault'),
    certificate: make('certificate'),
    client: make('client'),
    'one-line': make('one-line'),
    ipv6: make('ipv6'),
    overload: make('overload'),
  }
}

const broken = (path: string, found: string, expected: string): InputError =>
  new InputError(`Cannot read table of causes, ${path}: ${found}`, { code: 'causes.invalid', path, expected })
