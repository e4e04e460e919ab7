import type { Draft } from '../../core/derive/draft.ts'
import { isBeside } from '../../core/derive/plan-derivation.ts'
import { pooledStart } from '../../core/detect/shown/pool-onsets.ts'
import { defined } from '../../core/model/defined.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { seriesOf } from './sources.ts'

/** Rounds after which starts are those of the round before: two, where nothing else changes. */
const MOST_ROUNDS = 5

/**
 * Revisions of drafts whose starts take those of other incidents into account, as these are published or will be with
 * the same revisions. So the starts can be derived again from the published ones.
 */
export function revisePooled(
  drafts: readonly Draft[],
  published: readonly Incident[],
  revise: (drafts: readonly Draft[]) => readonly Incident[],
): readonly Incident[] {
  let revisions = revise(drafts)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const standing = new Map([...published, ...revisions].map((one) => [one.id, one]))
    const next = revise(withPooled(drafts, [...standing.values()]))
    const settled = idsOf(next) === idsOf(revisions)
    revisions = next
    if (settled) break
  }
  return revisions
}

const idsOf = (revisions: readonly Incident[]): string => revisions.map(({ id }) => id).join(' ')

const BEGINS = { kind: 'first-reading' } as const

function withPooled(drafts: readonly Draft[], all: readonly Incident[]): readonly Draft[] {
  const standing = all.filter(({ withdrawn }) => !withdrawn)
  const byService = Map.groupBy(standing, ({ service }) => service)
  const byNetwork = Map.groupBy(standing, ({ asn }) => asn)
  return drafts.map((draft) => {
    const { service, asn, simulated } = draft
    const own = { series: { service, asn, simulated }, detected: draft }
    const others = [...(byService.get(service) ?? []), ...(byNetwork.get(asn) ?? [])].filter(
      (one) =>
        (one.service === service) !== (one.asn === asn) &&
        isBeside({ series: seriesOf(one), detected: one }, own, BEGINS),
    )
    return { ...draft, ...defined({ pooledStart: pooledStart(draft, others) }) }
  })
}
