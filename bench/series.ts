// Questions to a full warehouse, through the methods that the site and `kuager series` call.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DAY_MS } from '../src/core/model/duration.ts'
import { instant, parseAsn } from '../src/core/model/units.ts'
import type { Asn } from '../src/core/model/units.ts'
import type { Warehouse } from '../src/store/warehouse/contract.ts'
import { openWarehouse } from '../src/store/warehouse/open.ts'
import { encodeRows } from '../src/store/warehouse/rows.ts'
import type { Bench } from './run.ts'
import { NETWORKS, SERVICES, makeMeasurements } from './series/made-measurements.ts'
import { askQuestions } from './series/questions.ts'

const DAYS = 180
const START = Date.UTC(2025, 0, 1)
const BATCH = 5000

/** Inserts measurements in the order of time until `rows` observations are there. */
async function fill(warehouse: Warehouse, rows: number): Promise<{ measurements: number; observations: number }> {
  const expected = Math.ceil(rows / 12.5)
  let observations = 0
  let measurements = 0
  while (observations < rows) {
    const spread = (DAYS * DAY_MS) / (expected * 1.02)
    const batch = makeMeasurements({ from: measurements, count: BATCH, start: START, spread })
    measurements += batch.length
    observations += batch.reduce((sum, judged) => sum + judged.observations.length, 0)
    await warehouse.insertEncoded([encodeRows(batch)])
    if (measurements % (BATCH * 40) === 0) process.stderr.write(`${observations} observations\n`)
  }
  return { measurements, observations }
}

/** A pair of the head of the distribution first, its tail last: every run asks for another one. */
function pairOf(run: number): { service: string; asn: Asn } {
  const service = SERVICES[run % SERVICES.length] ?? 'youtube'
  return { service, asn: parseAsn(NETWORKS[(run * 7) % NETWORKS.length] ?? 0) }
}

export const bench: Bench = {
  summary: 'narrow series and the networks × services matrix over 20 million observations',
  async run({ quick }) {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-bench-series-'))
    try {
      await using warehouse = await openWarehouse(folder)
      const begun = performance.now()
      const filled = await fill(warehouse, quick ? 200_000 : 20_000_000)
      const fillSeconds = Math.round((performance.now() - begun) / 1000)
      const asked = await askQuestions(warehouse, instant(START + DAYS * DAY_MS), pairOf)
      const { narrowMs, matrixMs } = asked
      return {
        table: [
          { figure: 'observations', value: filled.observations, target: '20 000 000' },
          { figure: 'measurements', value: filled.measurements },
          { figure: 'filling, encoding included, s', value: fillSeconds },
          {
            figure: `series, 30 days, about ${asked.points} points, median ms`,
            value: narrowMs,
            target: '< 20',
            met: narrowMs < 20,
          },
          { figure: 'the same, slowest of 20, ms', value: asked.narrowSlowestMs },
          {
            figure: `matrix, 7 days, ${asked.cells} cells, median ms`,
            value: matrixMs,
            target: '< 100',
            met: matrixMs < 100,
          },
          { figure: 'the same, slowest of 20, ms', value: asked.matrixSlowestMs },
          { figure: 'matrix, 30 days, median ms', value: asked.monthMs },
          { figure: 'peak memory, MB', value: Math.round(process.resourceUsage().maxRSS / 1024) },
        ],
        json: {
          rows: filled.observations,
          narrow_ms: narrowMs,
          matrix_ms: matrixMs,
          matrix_30_days_ms: asked.monthMs,
          fill_s: fillSeconds,
          peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
        },
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
