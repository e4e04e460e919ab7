import type { AvailabilityAbout } from '../../pipeline/detect/series-availability.ts'
import { systemClock } from '../../runtime/clock.ts'
import { loadImpactTable } from '../../runtime/tables/impact-table.ts'
import { loadTables } from '../../runtime/tables/tables.ts'

/** Tables and time that an availability is counted with. Throws InputError for a bad table. */
export const loadAvailability = (): Pick<AvailabilityAbout, 'comparisons' | 'people' | 'now'> => ({
  comparisons: loadTables()
    .services.filter(({ comparison }) => comparison === true)
    .map(({ id }) => id),
  people: loadImpactTable(),
  now: systemClock.now(),
})
