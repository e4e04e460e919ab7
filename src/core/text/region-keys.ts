import type { Region } from '../model/region.ts'

/** Keys of this area's words. */
export type RegionKey = `region.${Region}` | 'region.none' | 'region.other'
