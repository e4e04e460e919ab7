import { MINUTE_MS } from '../../core/model/duration.ts'
import type { Names } from '../../core/text/names.ts'
import { panelsOf } from '../explore/view.ts'
import type { Board } from '../now/board.ts'
import type { SiteOptions } from '../site-options.ts'
import { topicPath, type Topic } from '../urls.ts'
import type { HoursView } from './page/hours.ts'
import { placeSeries } from './view.ts'

// What of the measurements of thirty days failed in each hour of the day: of a service by network, of a network by
// service.

/** Rows drawn at most: those restricted in these days first. */
const MOST_ROWS = 12
/** How long the counts of a place are given again, and of how many places. */
const KEPT_MS = 10 * MINUTE_MS
const MOST_KEPT = 200

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

interface HoursAbout {
  readonly board: Board
  readonly names: Names
}

/** Reads the hours of a place; the counts are remembered for ten minutes, because a month is read for them. */
export function openHours({
  warehouse,
  clock,
}: Pick<SiteOptions, 'warehouse' | 'clock'>): (topic: Topic, about: HoursAbout) => Promise<HoursView> {
  const kept = new Map<string, Promise<HoursView>>()
  const read = async ({ board }: HoursAbout, { list, total }: ReturnType<typeof placeSeries>): Promise<HoursView> => {
    const asked = { since: board.since, until: board.asOf, simulated: board.simulated, step: 'day-hour' } as const
    const asns = list.map(({ asn }) => asn)
    const services = [...new Set(list.map(({ service }) => service))]
    const counted = await Promise.all(
      services.map(async (service) => ({ service, bins: await warehouse.explored(service, { ...asked, asns }) })),
    )
    const found = list.map(({ service, asn }) => ({
      service,
      asn,
      bins: counted.flatMap((one) => (one.service === service ? one.bins.filter((bin) => bin.asn === asn) : [])),
    }))
    const [panel] = panelsOf(found, { bins: HOURS, value: 'failed' })
    const rows = list.flatMap((one, index) => {
      const line = panel?.lines[index]
      return line === undefined ? [] : [{ ...one, line }]
    })
    return { rows, series: total, since: board.since, asOf: board.asOf, simulated: board.simulated }
  }
  return (topic, about) => {
    const { board } = about
    const key = `${topicPath(topic)} ${board.since} ${board.simulated} ${Math.floor(clock.monotonic() / KEPT_MS)}`
    const known = kept.get(key)
    if (known !== undefined) return known
    const shown = placeSeries(about, topic, MOST_ROWS)
    const made = read(about, shown)
    // A made-up name costs nothing, and takes no place of one whose counts are remembered.
    if (shown.list.length === 0) return made
    kept.set(key, made)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break
      kept.delete(oldest)
    }
    // What could not be read is asked for again.
    made.catch(() => kept.delete(key))
    return made
  }
}
