import { DAY_MS } from '../../src/core/model/duration.ts'
import { instant, type Asn, type Instant } from '../../src/core/model/units.ts'
import type { Warehouse } from '../../src/store/warehouse/contract.ts'

/** Milliseconds of the two questions that every page asks: one series, and the matrix of all. */
export interface Answered {
  /** Median and slowest of 20 of a series of 30 days. */
  readonly narrowMs: number
  readonly narrowSlowestMs: number
  /** Points of such a series, on average. */
  readonly points: number
  /** Median and slowest of 20 of the matrix of 7 days. */
  readonly matrixMs: number
  readonly matrixSlowestMs: number
  readonly cells: number
  /** Median of the matrix of 30 days. */
  readonly monthMs: number
}

const WARM_UP = 5

/** Milliseconds of each run, in rising order; the first runs warm the caches and are not counted. */
async function times(runs: number, ask: (run: number) => Promise<unknown>): Promise<readonly number[]> {
  const taken: number[] = []
  for (let run = -WARM_UP; run < runs; run++) {
    const begun = performance.now()
    await ask(run + WARM_UP)
    if (run >= 0) taken.push(performance.now() - begun)
  }
  return taken.sort((a, b) => a - b)
}

const at = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * 10) / 10

/** Asks a warehouse for the days before `end`; `pairOf` names the series of each run. */
export async function askQuestions(
  warehouse: Pick<Warehouse, 'series' | 'matrix'>,
  end: Instant,
  pairOf: (run: number) => { readonly service: string; readonly asn: Asn },
): Promise<Answered> {
  const before = (days: number) => ({ since: instant(end - days * DAY_MS), until: end })
  const counts: number[] = []
  const narrow = await times(120, async (run) => {
    const { service, asn } = pairOf(run)
    counts.push((await warehouse.series(service, asn, before(30))).length)
  })
  let cells = 0
  const week = await times(40, async () => {
    cells = (await warehouse.matrix(before(7))).length
  })
  const month = await times(20, () => warehouse.matrix(before(30)))
  return {
    narrowMs: at(narrow, 0.5),
    narrowSlowestMs: at(narrow, 0.95),
    points: Math.round(counts.reduce((sum, count) => sum + count, 0) / counts.length),
    matrixMs: at(week, 0.5),
    matrixSlowestMs: at(week, 0.95),
    cells,
    monthMs: at(month, 0.5),
  }
}
