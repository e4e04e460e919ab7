import { columnsWhere, lowerBound, sliceColumns, type Columns } from '../../core/detect/chain/columns.ts'
import { lookbackOf } from '../../core/detect/series/detect-paired.ts'
import type { SettledState } from '../../core/detect/series/series-result.ts'

/**
 * Timed readings before the settled state of each series, kept between two detections of one process: the baselines of
 * throttling rest on weeks of them, which are too many to be read every 15 minutes. Some hundred kilobytes a
 * series with timed pairs, nothing for the others.
 *
 * BUG: a measurement erased meanwhile stays in a baseline until the series is detected as a whole, at the latest when
 * the process starts again; it is named nowhere.
 */
export class BaselineCache {
  readonly #kept = new Map<string, { readonly at: number; readonly columns: Columns }>()

  /** The readings that a series is taken up again with, before its settled state; undefined where they must be read. */
  before(series: string, settled: SettledState): Columns | undefined {
    const kept = this.#kept.get(series)
    return kept?.at === settled.at ? kept.columns : undefined
  }

  /** Keeps what the next detection needs, out of all readings of this one. */
  keep(series: string, settled: SettledState | undefined, columns: Columns): void {
    const from = settled === undefined ? undefined : lookbackOf(settled)
    if (settled === undefined || from === undefined) {
      this.#kept.delete(series)
      return
    }
    const { at } = settled
    const part = sliceColumns(columns, lowerBound(columns.at, from), lowerBound(columns.at, at))
    this.#kept.set(series, { at, columns: columnsWhere(part, (k) => Number.isFinite(part.lnRatio[k]!)) }) // k is below the size
  }
}
