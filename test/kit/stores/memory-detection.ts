import { defined } from '../../../src/core/model/defined.ts'
import { discordantOf } from '../../../src/core/model/measured/discordant.ts'
import { columnsOf } from '../../../src/core/detect/chain/columns.ts'
import { makeCauseTable } from '../../../src/core/detect/cause/table.ts'
import { defaultSettings } from '../../../src/core/detect/chain/default-settings.ts'
import { detectPaired, resumePaired } from '../../../src/core/detect/series/detect-paired.ts'
import { opine } from '../../../src/core/detect/opinions/opine.ts'
import type { Reading } from '../../../src/core/model/measured/reading.ts'
import type { Asn, Instant, Sha256 } from '../../../src/core/model/units.ts'
import { instant } from '../../../src/core/model/units.ts'
import type { DetectCall, DetectReply } from '../../../src/pipeline/detect/detect-calls.ts'
import type { DetectSources, DetectWarehouse } from '../../../src/pipeline/detect/sources.ts'
import type { IncidentStore } from '../../../src/store/incidents/contract.ts'
import type { Judged, ReadingPeriod, SeriesKey } from '../../../src/store/warehouse/contract.ts'
import { loadCauseFile } from '../../../src/runtime/tables/cause-files.ts'
import type { WorkerPool } from '../../../src/runtime/worker-pool.ts'
import { memoryWarehouse } from './memory-warehouse.ts'

/** A warehouse in memory that measurements are inserted into and erased from, as a detection sees it. */
export class MemoryDetectWarehouse implements DetectWarehouse {
  readonly #rows = new Map<Sha256, { readonly row: Judged; readonly insertion: number }>()
  #insertion = 0
  #asked = 0

  /** Readings questions so far: whether a detection read a whole series or a part shows here. */
  get asked(): number {
    return this.#asked
  }

  insert(rows: readonly Judged[]): void {
    this.#insertion++
    for (const row of rows) this.#rows.set(row.provenance.id, { row, insertion: this.#insertion })
  }

  erase(id: Sha256): void {
    this.#rows.delete(id)
  }

  get #site(): ReturnType<typeof memoryWarehouse> {
    return memoryWarehouse([...this.#rows.values()].map(({ row }) => row))
  }

  readings(service: string, asn: Asn, period: ReadingPeriod): Promise<readonly Reading[]> {
    return this.#site.readings(service, asn, period)
  }

  series(...args: Parameters<DetectWarehouse['series']>): ReturnType<DetectWarehouse['series']> {
    return this.#site.series(...args)
  }

  measurement(id: Sha256): ReturnType<DetectWarehouse['measurement']> {
    return this.#site.measurement(id)
  }

  async readingColumns(
    ...[of, period]: Parameters<DetectWarehouse['readingColumns']>
  ): ReturnType<DetectWarehouse['readingColumns']> {
    this.#asked++
    const all = await Promise.all(
      of.map(async ({ service, asn }) => ({
        service,
        asn,
        columns: columnsOf(await this.readings(service, asn, period)),
      })),
    )
    return all.filter(({ columns }) => columns.size > 0)
  }

  async verdicts(
    ...[service, asn, { since, until, simulated, most }]: Parameters<DetectWarehouse['verdicts']>
  ): ReturnType<DetectWarehouse['verdicts']> {
    return [...this.#rows.values()]
      .map(({ row }) => row)
      .filter((row) => row.service === service && row.head.probeAsn === asn && row.head.simulated === simulated)
      .filter(({ head }) => head.startedAt >= since && head.startedAt < until)
      .slice(0, most)
      .map((row) => ({ ...row, ...defined({ discordant: discordantOf(row.observations) }) }))
  }

  async counts(...[of, period]: Parameters<DetectWarehouse['counts']>): ReturnType<DetectWarehouse['counts']> {
    const counts = of.map(async ({ service, asn }) => {
      const readings = (await this.readings(service, asn, period)).filter(({ target }) => target !== 'none')
      const failed = readings.filter(({ target }) => target === 'fail').length
      const probes = new Set(readings.map(({ probe }) => probe)).size
      return { service, asn, country: 'KZ', ok: readings.length - failed, failed, probes }
    })
    return (await Promise.all(counts)).filter(({ ok, failed }) => ok + failed > 0)
  }

  async revoked(...[service, asn, asked]: Parameters<DetectWarehouse['revoked']>): Promise<number> {
    const { since, until, simulated, after } = asked
    return [...this.#rows.values()].filter(
      ({ row: { service: named, head, provenance }, insertion }) =>
        named === service &&
        head.probeAsn === asn &&
        head.simulated === simulated &&
        head.startedAt >= since &&
        head.startedAt < until &&
        insertion > after &&
        isRevoked(provenance),
    ).length
  }

  async seriesKeys(after = 0): Promise<readonly SeriesKey[]> {
    const rows = [...this.#rows.values()].filter(({ insertion }) => insertion > after)
    const groups = Map.groupBy(rows, ({ row }) => `${row.service} ${row.head.probeAsn} ${row.head.simulated}`)
    return [...groups.values()].map((group): SeriesKey => {
      const times = group.map(({ row }) => row.head.startedAt)
      const { service, head } = group[0]!.row // a group has a row
      return {
        service,
        asn: head.probeAsn,
        simulated: head.simulated,
        count: group.length,
        earliest: instant(Math.min(...times)),
        latest: instant(Math.max(...times)),
        insertion: Math.max(...group.map(({ insertion }) => insertion)),
        revoked: group.some(({ row }) => isRevoked(row.provenance)),
      }
    })
  }
}

const isRevoked = ({ channel, origin }: Judged['provenance']): boolean =>
  channel === 'collector' && origin.startsWith('revoked:')

const settings = defaultSettings({ draws: 400 })

/** The detector in this thread: what a worker does with a call, without the thread. */
const pool: WorkerPool = {
  ready: async () => {},
  lease: (job) =>
    job({
      call: async (_, value) => {
        const { series, until } = value as DetectCall
        const options = { until, opine }
        const results = series.map(({ columns, settled }) =>
          settled === undefined
            ? detectPaired(columns, settings, options)
            : (resumePaired({ settled, columns }, settings, options) ?? null),
        )
        return { results } satisfies DetectReply
      },
    }),
  [Symbol.asyncDispose]: async () => {},
}

/** Everything a detection needs, over a warehouse in memory, at a time that the test moves. */
export function memorySources(parts: {
  readonly warehouse: DetectWarehouse
  readonly incidents: IncidentStore
  readonly statePath: string
  readonly now: () => Instant
}): DetectSources {
  const { file, digest } = loadCauseFile()
  return {
    ...parts,
    pool,
    settings,
    tables: {
      causes: makeCauseTable(file, digest),
      serviceOwner: () => undefined,
      networkOwner: () => undefined,
      comparisons: ['wikipedia'],
    },
    group: () => [],
  }
}
