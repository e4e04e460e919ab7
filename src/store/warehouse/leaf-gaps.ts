import type { LeafRange } from './contract.ts'
import { number } from './decode-rows.ts'
import type { Engine } from './engine.ts'
import type { Queries } from './schema.ts'

/** Leaves of one chunk of sql/leaf-chunks.sql. */
const CHUNK = 65_536
/** Chunks whose leaves are looked at one by one in one query: a million leaves take some 60 MB of the engine. */
const MOST_CHUNKS = 16

/**
 * Leaves from `from` to below `size` that the table of leaves does not have, in order. Chunks are counted first, and only
 * those that are incomplete are looked into, some at a time: memory does not grow with the number of leaves.
 */
export async function leafGaps(
  engine: Pick<Engine, 'query'>,
  queries: Pick<Queries, 'leaf-chunks' | 'leaf-gaps'>,
  { from, size }: { readonly from: number; readonly size: number },
): Promise<readonly LeafRange[]> {
  if (from >= size) return []
  const counted = await engine.query(queries['leaf-chunks'], { from, size })
  const known = new Map(counted.map((row) => [number(row, 'chunk'), number(row, 'known')]))
  const last = Math.floor((size - 1) / CHUNK)
  const part = (chunk: number, chunks = 1): LeafRange => ({
    from: Math.max(from, chunk * CHUNK),
    until: Math.min(size, (chunk + chunks) * CHUNK),
  })
  const isWhole = (chunk: number): boolean => known.get(chunk) === part(chunk).until - part(chunk).from
  const gaps: LeafRange[] = []
  for (let chunk = Math.floor(from / CHUNK); chunk <= last; chunk++) {
    if (isWhole(chunk)) continue
    if (!known.has(chunk)) {
      push(gaps, part(chunk))
      continue
    }
    let chunks = 1
    for (let next = 1; next < MOST_CHUNKS && chunk + next <= last; next++)
      if (known.has(chunk + next) && !isWhole(chunk + next)) chunks = next + 1
    const range = part(chunk, chunks)
    const rows = await engine.query(queries['leaf-gaps'], { from: range.from, size: range.until })
    for (const row of rows) push(gaps, { from: number(row, 'from'), until: number(row, 'until') })
    chunk += chunks - 1
  }
  return gaps
}

/** A gap that goes on over the edge of a chunk is one. */
function push(gaps: LeafRange[], gap: LeafRange): void {
  const before = gaps.at(-1)
  if (before?.until === gap.from) gaps[gaps.length - 1] = { from: before.from, until: gap.until }
  else gaps.push(gap)
}
