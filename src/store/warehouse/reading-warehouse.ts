import type { Reading } from '../../core/model/measured/reading.ts'
import { parseSha256, type Asn, type Instant, type Sha256 } from '../../core/model/units.ts'
import { aggregate } from './aggregate.ts'
import {
  MOST_OBSERVATIONS,
  type ExploredBin,
  type ExplorePeriod,
  type KeptApart,
  type LastInterfered,
  type ListedPeriod,
  type ListedPoint,
  type MatrixCell,
  type MeasuredDay,
  type Period,
  type ReadingPeriod,
  type RecentSeries,
  type SeriesColumns,
  type SeriesCount,
  type SeriesKey,
  type SeriesName,
  type SeriesPoint,
  type StoredVerdict,
  type Warehouse,
} from './contract.ts'
import { decodeReading, decodeSeriesColumns, decodeSeriesCount, decodeSeriesKey } from './decode-readings.ts'
import {
  decodeExploredBin,
  decodeKeptApart,
  decodeLastInterfered,
  decodeListedPoint,
  decodeMatrixCell,
  decodeMeasuredDay,
  decodeRecentSeries,
  decodeSeriesPoint,
  decodeStoredVerdict,
  type FoundVerdict,
} from './decode-rows.ts'
import type { Engine, Params } from './engine.ts'
import { publishedRows } from './published.ts'
import type { Queries } from './schema.ts'

/** What is asked of a warehouse without changing it. */
export type ReadWarehouse = Omit<
  Warehouse,
  | 'insert'
  | 'insertEncoded'
  | 'setAside'
  | 'remove'
  | 'leafBound'
  | 'storedLeaves'
  | 'missingLeaves'
  | 'remake'
  | 'rowBytes'
  | 'reach'
>

/** The questions of a warehouse, over tables that someone else may be writing. */
export class ReadingWarehouse implements ReadWarehouse {
  protected readonly engine: Engine
  protected readonly queries: Queries
  readonly aggregated: Warehouse['aggregated'] = (asked) => aggregate(this.engine, this.queries['aggregated'], asked)
  readonly published: Warehouse['published']

  constructor(parts: { engine: Engine; queries: Queries }) {
    this.engine = parts.engine
    this.queries = parts.queries
    this.published = publishedRows(parts.engine, parts.queries)
  }

  async series(service: string, asn: Asn, period: Period): Promise<readonly SeriesPoint[]> {
    return (await this.engine.query(this.queries['series'], { service, asn, ...period })).map(decodeSeriesPoint)
  }

  async listed(service: string, period: ListedPeriod): Promise<readonly ListedPoint[]> {
    const { since, until, asn, after, most, realOnly = false } = period
    const params = {
      service,
      since,
      until,
      most,
      after_asn: after?.asn ?? asn ?? 0,
      last_asn: asn ?? 0xffff_ffff,
      after_at: after?.at ?? 0,
      after_leaf: after?.leafIndex ?? -1,
      with_simulated: Number(!realOnly),
    }
    return (await this.engine.query(this.queries['listed'], params)).map(decodeListedPoint)
  }

  async readings(service: string, asn: Asn, period: ReadingPeriod): Promise<readonly Reading[]> {
    const { since, until, simulated } = period
    const params = { service, asn, since, until, simulated: Number(simulated) }
    return (await this.engine.query(this.queries['readings'], params)).map(decodeReading)
  }

  async readingColumns(of: readonly SeriesName[], period: ReadingPeriod): Promise<readonly SeriesColumns[]> {
    if (of.length === 0) return []
    const rows = await this.engine.query(this.queries['reading-columns'], seriesParams(of, period))
    return rows.map(decodeSeriesColumns)
  }

  async verdicts(
    service: string,
    asn: Asn,
    period: ReadingPeriod & { readonly most: number },
  ): Promise<readonly StoredVerdict[]> {
    const { since, until, simulated, most } = period
    const params = { service, asn, since, until, most, simulated: Number(simulated) }
    return (await this.engine.query(this.queries['verdicts'], params)).map(
      (row) => decodeStoredVerdict(parseSha256(row['id_hex']), row).stored,
    )
  }

  async keptApart(service: string, asn: Asn, period: Period & { readonly most: number }): Promise<KeptApart> {
    return decodeKeptApart(await this.engine.query(this.queries['kept-apart'], { service, asn, ...period }))
  }

  async apart(service: string, asn: Asn, { since, until, simulated }: ReadingPeriod): Promise<number> {
    const params = { service, asn, since, until, simulated: Number(simulated) }
    const [row] = await this.engine.query(this.queries['series-apart'], params)
    return Number(row?.['measurements'] ?? 0)
  }

  async revoked(
    service: string,
    asn: Asn,
    { since, until, simulated, after }: ReadingPeriod & { readonly after: number },
  ): Promise<number> {
    const params = { service, asn, since, until, simulated: Number(simulated), after }
    const [row] = await this.engine.query(this.queries['series-revoked'], params)
    return Number(row?.['measurements'] ?? 0)
  }

  async bySender(names: readonly string[], from: Instant): Promise<readonly number[]> {
    if (names.length === 0) return []
    const rows = await this.engine.query(this.queries['by-sender'], { names, from })
    return rows.map((row) => Number(row['leaf_index']))
  }

  async counts(of: readonly SeriesName[], period: ReadingPeriod): Promise<readonly SeriesCount[]> {
    if (of.length === 0) return []
    const rows = await this.engine.query(this.queries['series-counts'], seriesParams(of, period))
    return rows.map(decodeSeriesCount)
  }

  async seriesKeys(insertion = 0): Promise<readonly SeriesKey[]> {
    return (await this.engine.query(this.queries['series-keys'], { after: insertion })).map(decodeSeriesKey)
  }

  async matrix(period: Period): Promise<readonly MatrixCell[]> {
    return (await this.engine.query(this.queries['matrix'], { ...period })).map(decodeMatrixCell)
  }

  async recent({ since, until, simulated }: ReadingPeriod): Promise<readonly RecentSeries[]> {
    const params = { since, until, simulated: Number(simulated) }
    return (await this.engine.query(this.queries['recent'], params)).map(decodeRecentSeries)
  }

  async lastInterfered({ since, until, simulated }: ReadingPeriod): Promise<readonly LastInterfered[]> {
    const params = { since, until, simulated: Number(simulated) }
    return (await this.engine.query(this.queries['last-interfered'], params)).map(decodeLastInterfered)
  }

  async measuredHours({ since, until, simulated }: ReadingPeriod): Promise<readonly MeasuredDay[]> {
    const params = { since, until, simulated: Number(simulated) }
    return (await this.engine.query(this.queries['measured-hours'], params)).map(decodeMeasuredDay)
  }

  async explored(service: string, asked: ExplorePeriod): Promise<readonly ExploredBin[]> {
    const { asns, step, simulated, since, until } = asked
    const params = { service, since, until, step, simulated: Number(simulated) }
    const networks = { asns: asns ?? [], pooled: Number(asns === undefined) }
    return (await this.engine.query(this.queries['explored'], { ...params, ...networks })).map((row) =>
      decodeExploredBin(row, step),
    )
  }

  async measurement(id: Sha256): Promise<StoredVerdict | undefined> {
    return (await this.find(id))?.stored
  }

  protected async find(id: Sha256): Promise<FoundVerdict | undefined> {
    const [row] = await this.engine.query(this.queries['measurement'], { id })
    return row === undefined ? undefined : decodeStoredVerdict(id, row)
  }

  async observations(id: Sha256): Promise<readonly Record<string, unknown>[]> {
    let found = await this.find(id)
    for (;;) {
      if (found === undefined) return []
      const { leafIndex: leaf, service, asn, startedAt: at } = found.key
      const params = { service, asn, at, leaf, judged: found.judged, most: MOST_OBSERVATIONS }
      const rows = await this.engine.query(this.queries['observations'], params)
      if (rows.length > 0) return rows
      // Between the two questions it may have been judged again, or rows made again took the place of these.
      const again = await this.find(id)
      if (again?.judged === found.judged) return rows
      found = again
    }
  }

  async hasReal(): Promise<boolean> {
    return (await this.engine.query(this.queries['any-real'], {})).length > 0
  }

  async hasSimulated(): Promise<boolean> {
    return (await this.engine.query(this.queries['any-simulated'], {})).length > 0
  }

  releaseMemory(): Promise<void> {
    return this.engine.releaseMemory()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]()
  }
}

const seriesParams = (of: readonly SeriesName[], { since, until, simulated }: ReadingPeriod): Params => ({
  services: of.map(({ service }) => service),
  asns: of.map(({ asn }) => asn),
  since,
  until,
  simulated: Number(simulated),
})
