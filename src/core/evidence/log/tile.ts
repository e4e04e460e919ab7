// Tiles, https://c2sp.org/tlog-tiles: the tree as static files of 256 digests each.

export const TILE_WIDTH = 256

/** A tile at a level: `width` digests, 256 where it is full. Entry bundles are the level `entries`. */
export interface Tile {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/** Number as groups of three digits, all but the last after an x: 1234067 is `x001/x234/067`. */
function groups(index: number): string {
  const digits = index.toString()
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const parts = padded.match(/\d{3}/g) ?? []
  return parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join('/')
}

/** Path of a tile below the prefix of the log: `tile/0/273.p/112`. */
export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${groups(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`

/** Reads a path below the prefix of a log; undefined for anything but the one path of a tile. */
export function parseTilePath(path: string): Tile | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path)
  if (match === null) return undefined
  const [, level = '', number = '', width] = match
  const tile: Tile = {
    level: level === 'entries' ? 'entries' : Number(level),
    index: Number(number.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  }
  const partial = width === undefined || (tile.width >= 1 && tile.width < TILE_WIDTH)
  return partial && tile.level !== 64 && tilePath(tile) === path ? tile : undefined
}
