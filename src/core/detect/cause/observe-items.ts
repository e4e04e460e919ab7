import type { CauseInput, ObservedItem } from './cause-input.ts'
import { CAUSE_ITEMS, type CauseItem } from '../../model/incident/cause.ts'
import { canary, line, otherCountries, owners, unrelated } from './items-beside.ts'
import {
  abroadItem,
  artefact,
  dns,
  doh,
  neighbour,
  otherName,
  pair,
  sameAddressAbroad,
  stage,
} from './items-exchange.ts'
import { daily, ipv6, onset, version } from './items-pattern.ts'
import { endings, extent, pages, persistence, rows } from './items-table.ts'

const RULES: readonly ((input: CauseInput) => ObservedItem | undefined)[] = [
  pair,
  neighbour,
  stage,
  artefact,
  dns,
  doh,
  owners,
  unrelated,
  canary,
  abroadItem,
  sameAddressAbroad,
  otherCountries,
  otherName,
  onset,
  daily,
  version,
  ipv6,
  line,
  persistence,
  extent,
  rows,
  endings,
  pages,
]

const isItem = (name: string): name is CauseItem => name in CAUSE_ITEMS
const ORDER: readonly CauseItem[] = Object.keys(CAUSE_ITEMS).filter(isItem)

/**
 * Reads the items of evidence off the measurements of one incident and of what stood beside it, in the order of
 * CAUSE_ITEMS. An item that was not looked at is absent. Items of `extra` replace ours; of two the last stands.
 * When each item counts as looked at: docs/methods/cause.md, section 5.
 */
export function observeItems(input: CauseInput): readonly ObservedItem[] {
  const found = new Map<CauseItem, ObservedItem>()
  for (const rule of RULES) {
    const item = rule(input)
    if (item !== undefined) found.set(item.item, item)
  }
  for (const item of input.extra) found.set(item.item, item)
  return ORDER.flatMap((item) => found.get(item) ?? [])
}
