import { formatAsn, formatInstantUtc, instant, type Asn, type Instant } from '../../core/model/units.ts'
import type { SeriesName } from '../../store/warehouse/contract.ts'
import { cellAt, covers, presentBefore, type CellAt } from '../now/cell-at.ts'
import { codeOfValue } from '../code/codes.ts'
import { lastFailedOf, withLastFailed } from '../last-failed.ts'
import type { MarkName } from '../parts/mark.ts'
import type { SiteOptions } from '../site-options.ts'

// The state of one service, or one network, at a minute: what cards say, and what their check codes are made from.

/** One service on one network at a minute. */
export type PlaceState = SeriesName & CellAt

export interface Places {
  readonly at: Instant
  readonly simulated: boolean
  /** The worst first, then by number of devices. */
  readonly rows: readonly PlaceState[]
}

/** Which service, or which network, is asked about. */
export type PlaceTopic = { readonly service: string } | { readonly asn: Asn }

/** The worse, the earlier; no data is last. */
const ORDER: readonly MarkName[] = ['shut', 'part', 'slow', 'fault', 'unkn', 'open', 'none']

const isAbout =
  (topic: PlaceTopic) =>
  ({ service, asn }: { readonly service: string; readonly asn: Asn }): boolean =>
    'service' in topic ? service === topic.service : asn === topic.asn

/** The state of everything of a topic at a minute, recomputed from measurements and incidents as they are known now. */
export async function placesAt(
  topic: PlaceTopic,
  at: Instant,
  { warehouse, incidents }: Pick<SiteOptions, 'warehouse' | 'incidents'>,
): Promise<Places> {
  const about = isAbout(topic)
  const own = ((await incidents?.current()) ?? []).filter(about)
  // What failed earlier speaks of this minute no more: months of measurements are not read for it.
  const known = await lastFailedOf(own, warehouse, { since: presentBefore(at).since, until: instant(at + 1) })
  const covering = own.map((one) => withLastFailed(one, known)).filter((one) => covers(one, at))
  const read = async (simulated: boolean): Promise<Map<string, PlaceState>> => {
    const series = (await warehouse.recent({ ...presentBefore(at), simulated })).filter(about)
    const own = covering.filter((one) => one.simulated === simulated)
    const names = new Map([...series, ...own].map(({ service, asn }) => [`${service} ${asn}`, { service, asn }]))
    const rows = [...names].map(([key, name]): [string, PlaceState] => {
      const same = (one: SeriesName): boolean => one.service === name.service && one.asn === name.asn
      return [key, { ...name, ...cellAt(at, { recent: series.find(same), incidents: own.filter(same) }) }]
    })
    return new Map(rows)
  }
  // Of what was measured where there are both kinds.
  const real = await read(false)
  const rows = real.size > 0 ? real : await read(true)
  return { at, simulated: real.size === 0 && rows.size > 0, rows: [...rows.values()].toSorted(byWeight) }
}

type Weighed = SeriesName & Pick<CellAt, 'state' | 'devices' | 'measurements'>

/** Order of a list: the worst first, then by how much evidence it rests on. */
export const byWeight = (a: Weighed, b: Weighed): number =>
  ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
  b.devices - a.devices ||
  b.measurements - a.measurements ||
  (a.service < b.service ? -1 : a.service > b.service ? 1 : a.asn - b.asn)

/**
 * Check code of what a card of these places says: of the canonical JSON of the minute and of each state with what
 * stands behind it.
 */
export const placeCode = ({ at, simulated, rows }: Places): Promise<string> =>
  codeOfValue({
    at_utc: formatInstantUtc(at),
    simulated,
    states: rows
      .map(({ service, asn, state, devices, measurements }) => ({
        service,
        network: formatAsn(asn),
        state,
        devices,
        measurements,
      }))
      .toSorted((a, b) => (`${a.service} ${a.network}` < `${b.service} ${b.network}` ? -1 : 1)),
  })
