import { TILE_WIDTH, type Tile } from '../../../src/core/evidence/log/tile.ts'

/**
 * Tiles of a tree of `size` entries that a tree of `since` does not have: full ones from their first appearance, and the
 * partial one at the right edge of each level. Entry bundles are among them.
 */
export function tilesBetween(since: number, size: number): readonly Tile[] {
  const tiles: Tile[] = []
  for (let level = 0, before = since, now = size; now > 0; level++) {
    const levels: readonly Tile['level'][] = level === 0 ? ['entries', 0] : [level]
    for (const one of levels) {
      for (let index = Math.floor(before / TILE_WIDTH); index < Math.floor(now / TILE_WIDTH); index++)
        tiles.push({ level: one, index, width: TILE_WIDTH })
      const rest = now % TILE_WIDTH
      if (rest > 0 && now !== before) tiles.push({ level: one, index: Math.floor(now / TILE_WIDTH), width: rest })
    }
    before = Math.floor(before / TILE_WIDTH)
    now = Math.floor(now / TILE_WIDTH)
  }
  return tiles
}
