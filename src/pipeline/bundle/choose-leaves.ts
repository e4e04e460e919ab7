import type { DerivationPeriods } from '../../core/derive/plan-derivation.ts'
import type { TimeStretch } from '../../core/derive/weigh-shown.ts'
import { defined } from '../../core/model/defined.ts'
import type { BundleRole } from '../../core/model/incident/bundle.ts'
import type { SeriesOf } from '../../core/model/measured/series.ts'
import type { Asn, Sha256 } from '../../core/model/units.ts'
import type { ListPlace, Warehouse } from '../../store/warehouse/contract.ts'

/** A measurement that belongs into a derivation, with any result, and what for. */
export interface ChosenLeaf {
  readonly leaf: number
  readonly role: BundleRole
}

export interface ChooseParts {
  readonly warehouse: Pick<Warehouse, 'listed' | 'keptApart' | 'seriesKeys'>
  /** Leaf of a measurement; undefined where it is not here or was erased. */
  readonly leafOf: (id: Sha256) => Promise<number | undefined>
  readonly comparisons: readonly string[]
}

const PAGE = 5000
/** Measurements from unknown senders that are shown separately; the newest of more. */
const MOST_APART = 1000

/**
 * Every measurement in the stretches of a derivation, by leaf; one that is there for two reasons has the first of them.
 */
export async function chooseLeaves(
  series: SeriesOf,
  periods: DerivationPeriods,
  parts: ChooseParts,
): Promise<readonly ChosenLeaf[]> {
  const { service, asn, simulated } = series
  const { warehouse, comparisons } = parts
  const chosen = new Map<number, BundleRole>()
  const take = (role: BundleRole, leaves: readonly number[]): void => {
    for (const leaf of leaves) if (!chosen.has(leaf)) chosen.set(leaf, role)
  }
  const list = (name: string, period: TimeStretch, network?: Asn): Promise<readonly number[]> =>
    listLeaves(name, { ...period, simulated, ...defined({ asn: network }) }, warehouse)
  take('series', await list(service, periods.series, asn))
  for (const one of periods.comparisons === undefined ? [] : comparisons)
    take('comparison', await list(one, periods.comparisons ?? periods.series, asn))
  const keys = await warehouse.seriesKeys()
  const beside = new Set(
    keys
      .filter((key) => key.asn === asn && key.simulated === simulated && key.service !== service)
      .map((key) => key.service),
  )
  for (const one of beside) take('same-network', await list(one, periods.beside, asn))
  take('same-service', await list(service, periods.beside))
  const apart = await warehouse.keptApart(service, asn, { ...periods.beside, most: MOST_APART })
  const own = apart.newest.filter((one) => one.simulated === simulated)
  for (const { id } of own) {
    const leaf = await parts.leafOf(id)
    if (leaf !== undefined) take('apart', [leaf])
  }
  return [...chosen].map(([leaf, role]) => ({ leaf, role })).toSorted((a, b) => a.leaf - b.leaf)
}

async function listLeaves(
  service: string,
  { simulated, ...period }: TimeStretch & { readonly simulated: boolean; readonly asn?: Asn },
  warehouse: Pick<Warehouse, 'listed'>,
): Promise<readonly number[]> {
  const leaves: number[] = []
  let after: ListPlace | undefined
  for (;;) {
    const from = defined({ after })
    const page = await warehouse.listed(service, { ...period, ...from, most: PAGE, realOnly: !simulated })
    for (const point of page) if (point.simulated === simulated) leaves.push(point.leafIndex)
    after = page.at(-1)
    if (page.length < PAGE) return leaves
  }
}
