import { z } from 'zod'

// A client written after OONI Explorer's chart of aggregated measurements (github.com/ooni/explorer: the page
// pages/chart/mat.js with components/aggregation/mat/), as far as its code decides what an answer must hold: which query
// it sends, what it refuses, and how it lays the cells on a grid. Its drawing is left out.

/** Choices of its form, as its address has them. */
export interface ExplorerQuery {
  readonly axis_x: string
  readonly axis_y?: string
  readonly since: string
  readonly until: string
  readonly time_grain: 'hour' | 'day' | 'week' | 'month'
  readonly [filter: string]: string | undefined
}

const counts = {
  anomaly_count: z.number(),
  confirmed_count: z.number(),
  failure_count: z.number(),
  measurement_count: z.number(),
  ok_count: z.number(),
}
const cellSchema = z.looseObject(counts)
export type ExplorerCell = z.infer<typeof cellSchema>

/** What it draws: by the number of dimensions that the answer states. */
export type ExplorerChart =
  | { readonly kind: 'funnel'; readonly cell: ExplorerCell }
  | { readonly kind: 'bars'; readonly row: readonly ExplorerCell[] }
  | { readonly kind: 'grid'; readonly rows: ReadonlyMap<string, readonly ExplorerCell[]> }

/** Its query: fields of the form that are empty are sent empty by older links, and left out by the form. */
const searchOf = (query: ExplorerQuery): string =>
  new URLSearchParams(
    Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString()

/** Asks as it does; throws what it would show as an error: the text of the answer. */
export async function explorerAsks(
  query: ExplorerQuery,
  get: (path: string) => Promise<Response>,
): Promise<ExplorerChart> {
  const response = await get(`/api/v1/aggregation?${searchOf(query)}`)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  const data = z.looseObject({ dimension_count: z.number().optional(), result: z.unknown() }).parse(JSON.parse(text))
  if (data.result === undefined || data.result === null) throw new Error('the request did not contain expected result')
  switch (data.dimension_count) {
    case 0:
      return { kind: 'funnel', cell: cellSchema.parse(data.result) }
    case 1:
      return { kind: 'bars', row: withoutHoles(z.array(cellSchema).parse(data.result), query) }
    default: {
      const rows = new Map<string, ExplorerCell[]>()
      for (const cell of z.array(cellSchema).parse(data.result)) {
        const key = String(cell[query.axis_y ?? ''])
        rows.set(key, [...(rows.get(key) ?? []), cell])
      }
      return { kind: 'grid', rows: new Map([...rows].map(([key, row]) => [key, withoutHoles(row, query)])) }
    }
  }
}

/** Bins without measurements are added as empty ones, so that the axis has no gap; a bin that it does not expect stays. */
function withoutHoles(row: readonly ExplorerCell[], query: ExplorerQuery): readonly ExplorerCell[] {
  if (query.axis_x !== 'measurement_start_day') return row
  const name = query.axis_x
  const found = new Set(row.map((cell) => cell[name]))
  const empty = { anomaly_count: 0, confirmed_count: 0, failure_count: 0, measurement_count: 0, ok_count: 0 }
  const holes = datesBetween(query)
    .filter((date) => !found.has(date))
    .map((date) => ({ ...empty, [name]: date }))
  return [...row, ...holes].toSorted((a, b) => (String(a[name]) < String(b[name]) ? -1 : 1))
}

/** Starts of the bins that it expects; the last day is not among them. */
export function datesBetween({
  since,
  until,
  time_grain: grain,
}: Pick<ExplorerQuery, 'since' | 'until' | 'time_grain'>): readonly string[] {
  const dates: string[] = []
  const at = new Date(`${since}T00:00:00Z`)
  if (grain === 'week') at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
  if (grain === 'month') at.setUTCDate(1)
  while (at < new Date(`${until}T00:00:00Z`)) {
    const text = at.toISOString()
    dates.push(grain === 'hour' ? `${text.slice(0, 19)}Z` : text.slice(0, 10))
    if (grain === 'hour') at.setUTCHours(at.getUTCHours() + 1)
    else if (grain === 'month') at.setUTCMonth(at.getUTCMonth() + 1)
    else at.setUTCDate(at.getUTCDate() + (grain === 'week' ? 7 : 1))
  }
  return dates
}
