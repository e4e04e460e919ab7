import type { Incident } from '../core/model/incident/incident.ts'
import type { Instant } from '../core/model/units.ts'
import type { Clock } from '../runtime/clock.ts'
import { spokenAt } from './now/cell-at.ts'
import { withLastFailed, type LastFailed } from './last-failed.ts'

/** Gives incidents as pages may speak of them now, so that no page says in the present what the first one does not. */
export type DescribeIncident = (incidents: readonly Incident[]) => Promise<Incident[]>

/** The present of a board. */
interface Present {
  readonly asOf: Instant
  readonly simulated: boolean
  readonly lastFailed: LastFailed
}

/** By the present of the board; incidents of the other kind, simulated or real, are not on it and have the clock's. */
export const openSpeak =
  (board: () => Promise<Present>, clock: Pick<Clock, 'now'>): DescribeIncident =>
  async (incidents) => {
    if (incidents.length === 0) return []
    const { asOf, simulated, lastFailed } = await board()
    return incidents.map((one) =>
      spokenAt(withLastFailed(one, lastFailed), one.simulated === simulated ? asOf : clock.now()),
    )
  }
