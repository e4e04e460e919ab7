import type { Draw } from './draw.ts'

/** What the restrictions of a series are like: none, about two hours on some evenings, three days now and then, or both. */
export const KINDS = ['quiet', 'evening', 'long', 'both'] as const
export type Kind = (typeof KINDS)[number]
export const KIND_WEIGHTS: readonly (readonly [Kind, number])[] = [
  ['quiet', 0.35],
  ['evening', 0.35],
  ['long', 0.1],
  ['both', 0.2],
]

/** A true restriction, in hours since the local midnight at which the series begins. */
export interface Block {
  readonly from: number
  readonly until: number
  readonly long: boolean
}

/** How long restrictions of evenings last: two hours by a log-normal law, exactly two, or one to two. */
export type Lengths = 'drawn' | 'fixed' | 'gradual'

const evening = (draw: Draw, lengths: Lengths): number =>
  lengths === 'gradual' ? draw.uniform(1, 2) : lengths === 'fixed' ? 2 : draw.logNormal(2, 0.35)

/** Restrictions that touch the `hours` of a series; those less than an hour apart are one. */
export function drawBlocks(
  draw: Draw,
  hours: number,
  { kind, lengths }: { readonly kind: Kind; readonly lengths: Lengths },
): readonly Block[] {
  const blocks: Block[] = []
  if (kind === 'evening' || kind === 'both') {
    const share = draw.uniform(0.05, 0.3)
    for (let day = 0; day <= Math.floor(hours / 24); day++) {
      if (!draw.hit(share)) continue
      const from = day * 24 + 20 + draw.normal(0, 0.75)
      blocks.push({ from, until: from + evening(draw, lengths), long: false })
    }
  }
  if (kind === 'long' || kind === 'both') {
    const days30 = 30 * 24
    for (let from = draw.exponential(days30); from < hours;) {
      const until = from + (lengths === 'fixed' ? 72 : draw.logNormal(72, 0.6))
      blocks.push({ from, until, long: true })
      from = until + draw.exponential(days30)
    }
  }
  return joinBlocks(blocks.filter(({ from, until }) => until > 0 && from < hours))
}

function joinBlocks(blocks: readonly Block[]): readonly Block[] {
  const joined: Block[] = []
  for (const block of blocks.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last !== undefined && block.from <= last.until + 1)
      joined[joined.length - 1] = {
        from: last.from,
        until: Math.max(last.until, block.until),
        long: last.long || block.long,
      }
    else joined.push(block)
  }
  return joined
}
