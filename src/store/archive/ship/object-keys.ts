import { layoutOf } from '../layout.ts'

/** Keys of an archive on object storage: the paths of its folder, and pieces of what is not sealed yet. */
const KEYS = layoutOf('archive')
const number8 = (number: number): string => String(number).padStart(8, '0')
const leaf12 = (leaf: number): string => String(leaf).padStart(12, '0')

export const SEGMENTS_PREFIX = `${KEYS.segments}/`
export const TAIL_PREFIX = 'archive/tail/'
export const ERASURES_KEY = KEYS.erasures
/** How many finished erasures of the log were carried out in all objects: `{"done":N}`. */
export const ERASED_KEY = 'archive/erased.json'

export const { segment: segmentKey, sidecar: sidecarKey, leafFile: leavesKey } = KEYS
export const tailPrefix = (number: number): string => `${TAIL_PREFIX}${number8(number)}/`

/** A stretch of a segment: leaves from one to before another. */
export interface PieceName {
  readonly segment: number
  readonly from: number
  readonly until: number
}

export const pieceKey = ({ segment, from, until }: PieceName, ending: 'segment' | 'leaves'): string =>
  `${tailPrefix(segment)}${leaf12(from)}-${leaf12(until)}.${ending}`

/** Reads the key of a piece; undefined for any other. */
export function parsePieceKey(key: string): (PieceName & { readonly ending: 'segment' | 'leaves' }) | undefined {
  const found = /^archive\/tail\/(\d{8})\/(\d{12})-(\d{12})\.(segment|leaves)$/.exec(key)
  if (found === null) return undefined
  const [segment, from, until] = [Number(found[1]), Number(found[2]), Number(found[3])]
  return from < until ? { segment, from, until, ending: found[4] === 'leaves' ? 'leaves' : 'segment' } : undefined
}
