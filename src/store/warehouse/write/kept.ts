import { seriesId } from '../../../core/model/measured/series.ts'
import { instant } from '../../../core/model/units.ts'
import type { SeriesKey } from '../contract.ts'
import { decodeSeriesKey } from '../decode-readings.ts'
import { number } from '../decode-rows.ts'
import type { Engine } from '../engine.ts'
import { blockHead, NativeBlock } from '../native-block.ts'
import type { Queries } from '../schema.ts'

/** What is known of all rows up to an insertion. */
interface KnownRows {
  /** Every insertion up to this number is in it, and whole in the tables. */
  readonly upto: number
  /** Leaves below are all known. */
  readonly whole: number
  readonly real: boolean
  readonly simulated: boolean
  readonly series: ReadonlyMap<string, SeriesKey>
}

const NOTHING: KnownRows = { upto: 0, whole: 0, real: false, simulated: false, series: new Map() }

/** Rows written since it was last saved after which it is saved again: so many are read by the next start. */
const SAVED_AFTER = 100_000

/**
 * Answers about all rows, kept so that each takes in only what was inserted since: what a start asks does not grow with
 * the archive. It is derived, and forgotten before any row is taken away: then all rows are asked again.
 */
export class KeptRows {
  readonly #engine: Engine
  readonly #queries: Queries
  #known: KnownRows
  #unsaved = 0
  #isSaved: boolean

  constructor(parts: { readonly engine: Engine; readonly queries: Queries }, known: KnownRows = NOTHING) {
    this.#engine = parts.engine
    this.#queries = parts.queries
    this.#known = known
    this.#isSaved = known.upto > 0
  }

  static async load(parts: { readonly engine: Engine; readonly queries: Queries }): Promise<KeptRows> {
    const rows = await parts.engine.query(parts.queries['kept-series'], {})
    const [first] = rows
    if (first === undefined) return new KeptRows(parts)
    const keys = rows.filter((row) => row['service'] !== '').map(decodeSeriesKey)
    return new KeptRows(parts, {
      upto: number(first, 'upto'),
      whole: number(first, 'whole'),
      real: number(first, 'any_real') === 1,
      simulated: number(first, 'any_simulated') === 1,
      series: new Map(keys.map((key) => [seriesId(key), key])),
    })
  }

  get upto(): number {
    return this.#known.upto
  }

  get whole(): number {
    return this.#known.whole
  }

  /** Leaves below are all known, as was found while nothing was taken away. */
  sawWhole(whole: number): void {
    if (whole > this.#known.whole) this.#known = { ...this.#known, whole }
  }

  /** Takes in what was inserted up to a number, which nothing is writing any longer. */
  async takeUpTo(judged: number): Promise<KnownRows> {
    const { upto, series: before } = this.#known
    if (judged === upto) return this.#known
    const fresh = (await this.#engine.query(this.#queries['series-keys'], { after: upto })).map(decodeSeriesKey)
    const [realms] = await this.#engine.query(this.#queries['realms-after'], { after: upto })
    const series = new Map(before)
    for (const key of fresh) series.set(seriesId(key), joined(before.get(seriesId(key)), key))
    const { whole, real, simulated } = this.#known
    this.#known = {
      ...{ upto: judged, whole, series },
      real: real || Number(realms?.['real']) === 1,
      simulated: simulated || Number(realms?.['simulated']) === 1,
    }
    this.#unsaved += fresh.reduce((sum, { count }) => sum + count, 0)
    if (!this.#isSaved || this.#unsaved >= SAVED_AFTER) await this.#save()
    return this.#known
  }

  /** Crash between the two acts: nothing is kept, and all rows are asked. */
  async #save(): Promise<void> {
    await this.#engine.command(this.#queries['drop-kept'], {})
    const { upto, whole, real, simulated, series } = this.#known
    const keys: readonly SeriesKey[] = series.size === 0 ? [NO_SERIES] : [...series.values()]
    const block = new NativeBlock(keys.length)
    const columns = {
      whole: block.wholes('whole', 'UInt64'),
      real: block.numbers('any_real', 'UInt8'),
      simulated: block.numbers('any_simulated', 'UInt8'),
      service: block.words('service'),
      asn: block.numbers('probe_asn', 'UInt32'),
      ofSimulated: block.numbers('simulated', 'UInt8'),
      n: block.wholes('n', 'UInt64'),
      earliest: block.wholes('earliest', 'UInt64'),
      latest: block.wholes('latest', 'UInt64'),
      insertion: block.wholes('insertion', 'UInt64'),
      revoked: block.wholes('revoked', 'UInt64'),
    }
    for (const [row, key] of keys.entries()) {
      columns.whole.set(row, whole)
      columns.real.set(row, real)
      columns.simulated.set(row, simulated)
      columns.service.set(row, key.service)
      columns.asn.set(row, key.asn)
      columns.ofSimulated.set(row, key.simulated)
      columns.n.set(row, key.count)
      columns.earliest.set(row, key.earliest)
      columns.latest.set(row, key.latest)
      columns.insertion.set(row, key.insertion)
      columns.revoked.set(row, Number(key.revoked ?? false))
    }
    const head = blockHead(block.columnNames.length, keys.length, { name: 'upto', value: upto })
    await this.#engine.insertNative('kept_series', ['upto', ...block.columnNames], [head, block.encode()])
    this.#isSaved = true
    this.#unsaved = 0
  }

  /** Forgets everything; durable before rows are taken away. */
  async drop(): Promise<void> {
    this.#known = NOTHING
    this.#isSaved = false
    this.#unsaved = 0
    await this.#engine.command(this.#queries['drop-kept'], {})
  }
}

const NO_SERIES: SeriesKey = {
  ...{ service: '', asn: 0 as SeriesKey['asn'], simulated: false, count: 0, insertion: 0 },
  ...{ earliest: instant(0), latest: instant(0) },
}

function joined(before: SeriesKey | undefined, fresh: SeriesKey): SeriesKey {
  if (before === undefined) return fresh
  return {
    ...fresh,
    count: before.count + fresh.count,
    earliest: before.earliest < fresh.earliest ? before.earliest : fresh.earliest,
    latest: before.latest > fresh.latest ? before.latest : fresh.latest,
    revoked: before.revoked === true || fresh.revoked === true,
  }
}
