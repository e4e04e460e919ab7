import type { AvailabilityAbout } from '../pipeline/detect/series-availability.ts'
import { systemClock } from '../sys/clock.ts'
import { loadImpactTable } from '../sys/impact-table.ts'
import { loadTables } from '../sys/tables.ts'

/** Tables and time that an availability is counted with. Throws InputError for a bad table. */
export const loadAvailability = (): Pick<AvailabilityAbout, 'comparisons' | 'people' | 'now'> => ({
  comparisons: loadTables()
    .services.filter(({ comparison }) => comparison === true)
    .map(({ id }) => id),
  people: loadImpactTable(),
  now: systemClock.now(),
})
