import type { Region } from '../../core/model/region.ts'

/**
 * Where each region is on the map: a tile of equal size near its place, counted from the north-west. No borders are
 * drawn, so that none can be disputed and the smallest city is as large as the widest steppe.
 */
export const TILES = [
  ['KZ-39', 2, 0],
  ['KZ-59', 3, 0],
  ['KZ-55', 4, 0],
  ['KZ-27', 0, 1],
  ['KZ-15', 1, 1],
  ['KZ-11', 3, 1],
  ['KZ-71', 4, 1],
  ['KZ-63', 5, 1],
  ['KZ-23', 0, 2],
  ['KZ-62', 2, 2],
  ['KZ-35', 3, 2],
  ['KZ-10', 4, 2],
  ['KZ-47', 0, 3],
  ['KZ-43', 1, 3],
  ['KZ-61', 2, 3],
  ['KZ-31', 3, 3],
  ['KZ-19', 4, 3],
  ['KZ-33', 5, 3],
  ['KZ-79', 2, 4],
  ['KZ-75', 4, 4],
] as const satisfies readonly (readonly [Region, number, number])[]

export type TileRegion = (typeof TILES)[number][0]
