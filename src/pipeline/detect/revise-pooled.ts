import type { Draft } from '../../core/derive/draft.ts'
import { isBeside } from '../../core/derive/plan-derivation.ts'
import { incidentRules } from '../../core/derive/rules.ts'
import type { StandingOf } from '../../core/derive/shown.ts'
import { pooledStart } from '../../core/detect/shown/pool-onsets.ts'
import { defined } from '../../core/model/defined.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { Instant } from '../../core/model/units.ts'
import { reviseStart } from './revise.ts'
import { seriesOf } from './sources.ts'

export interface PooledAbout {
  /** Revisions that make the published incidents of the detected series say what drafts of them say. */
  readonly revise: (drafts: readonly Draft[]) => readonly Incident[]
  readonly now: Instant
  /** Version of the rules of detection: what former ones published has no such start until it is detected again. */
  readonly detection: string
}

/**
 * Revisions of drafts whose starts take those of other incidents into account, and of published incidents next to them
 * whose own series was not detected: a start with others needs no reading. After them every such start is the one that
 * the published incidents give, so that it can be derived again from them. Also after a crash that left a part of the
 * revisions, because the next run detects the same series.
 */
export function revisePooled(
  drafts: readonly Draft[],
  published: readonly Incident[],
  { revise, now, detection }: PooledAbout,
): readonly Incident[] {
  const known = near(published)
  const revised = revise(drafts.map((draft) => withPooled(draft, known)))
  const changed = new Set(revised.map(({ id }) => id))
  const standing = near([...published.filter(({ id }) => !changed.has(id)), ...revised])
  const moved = nextTo<Draft | Incident>([...drafts, ...revised, ...published.filter(({ id }) => changed.has(id))])
  const rules = incidentRules('', detection)
  const others = published.filter(
    (one) => !one.withdrawn && !changed.has(one.id) && one.rulesVersion.endsWith(rules) && moved(one).length > 0,
  )
  return [
    ...revised.map((one) => (one.withdrawn ? one : withPooled(one, standing))),
    ...others.flatMap((one) => reviseStart(one, withPooled(one, standing), now) ?? []),
  ]
}

type Near<T> = (own: Draft | Incident) => readonly T[]

const BEGINS = { kind: 'first-reading' } as const
const standingOf = (one: Draft | Incident): StandingOf => ({ series: seriesOf(one), detected: one })

/** Those of the same service on other networks, or of other services of the network, that ran at the same time. */
function nextTo<T extends Draft | Incident>(all: readonly T[]): Near<T> {
  const byService = Map.groupBy(all, ({ service }) => service)
  const byNetwork = Map.groupBy(all, ({ asn }) => asn)
  return (own) =>
    [...(byService.get(own.service) ?? []), ...(byNetwork.get(own.asn) ?? [])].filter(
      (one) =>
        (one.service === own.service) !== (one.asn === own.asn) && isBeside(standingOf(one), standingOf(own), BEGINS),
    )
}

const near = (all: readonly Incident[]): Near<Incident> => nextTo(all.filter(({ withdrawn }) => !withdrawn))

function withPooled<T extends Draft | Incident>(one: T, others: Near<Incident>): T {
  const { pooledStart: _, ...plain } = one
  return { ...plain, ...defined({ pooledStart: pooledStart(one, others(one)) }) } as T // as it was, but for that member
}
