import type { AvailabilityAbout } from '../../pipeline/detect/series-availability.ts'
import { systemClock } from '../../runtime/clock.ts'
import { loadImpactTable, withNetworkUsers } from '../../runtime/tables/impact-table.ts'
import { loadTables } from '../../runtime/tables/tables.ts'

/**
 * Tables and time that an availability of a folder is counted with. Throws InputError for a bad table of the program;
 * errors in an operator's users by network are reported where incidents are detected.
 */
export const loadAvailability = (folder: string): Pick<AvailabilityAbout, 'comparisons' | 'people' | 'now'> => ({
  comparisons: loadTables()
    .services.filter(({ comparison }) => comparison === true)
    .map(({ id }) => id),
  people: withNetworkUsers(loadImpactTable(), folder, () => {}),
  now: systemClock.now(),
})
