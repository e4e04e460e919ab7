import { DAY_MS } from '../../core/model/duration.ts'
import { formatAsn, instant, type Instant } from '../../core/model/units.ts'
import type { OpenFolder } from '../folder/open.ts'

/** A network that measured nothing for longer is not missed any more. */
export const NETWORK_DAYS = 30

/** When each network measured last, by its number; none that did not within `NETWORK_DAYS`. */
export async function newestByNetwork(
  folder: Pick<OpenFolder, 'warehouse'>,
  now: Instant,
): Promise<ReadonlyMap<string, Instant>> {
  const newest = new Map<string, Instant>()
  const period = { since: instant(now - NETWORK_DAYS * DAY_MS), until: instant(now + 1) }
  for (const { asn, latest } of await (await folder.warehouse()).matrix(period)) {
    const network = formatAsn(asn)
    if (latest > (newest.get(network) ?? 0)) newest.set(network, latest)
  }
  return newest
}
