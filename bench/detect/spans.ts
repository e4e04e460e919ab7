import type { Draw } from './draw.ts'

/** Half-open stretches of time in hours, sorted and apart from each other. */
export type Spans = readonly (readonly [from: number, until: number])[]

/** Sorts stretches and joins those that overlap. */
export function joinSpans(spans: Spans): Spans {
  const joined: [number, number][] = []
  for (const [from, until] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], until)
    else joined.push([from, until])
  }
  return joined
}

/** Whether a moment lies in one of the stretches. */
export function within(spans: Spans, at: number): boolean {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    const span = spans[middle]
    if (span !== undefined && span[0] <= at) low = middle + 1
    else high = middle
  }
  const span = spans[low - 1]
  return span !== undefined && at < span[1]
}

/** Spells that come by chance, on average once in `everyDays`, of log-normal length (median hours, sd of the logarithm). */
export function drawSpells(
  draw: Draw,
  hours: number,
  spell: { readonly everyDays: number; readonly median: number; readonly sd: number },
): Spans {
  const count = draw.poisson(hours / (24 * spell.everyDays))
  return joinSpans(
    Array.from({ length: count }, (): [number, number] => {
      const from = draw.uniform(0, hours)
      return [from, from + draw.logNormal(spell.median, spell.sd)]
    }),
  )
}
