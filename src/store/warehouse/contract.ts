import type { Discordant } from '../../core/model/measured/discordant.ts'
import type { MeasurementHead, Provenance } from '../../core/model/measured/measurement.ts'
import type { Mechanism } from '../../core/model/measured/mechanism.ts'
import type { Reading } from '../../core/model/measured/reading.ts'
import type { SeriesCount, SeriesName } from '../../core/model/measured/series.ts'
import type { Standing } from '../../core/model/standing.ts'
import type { Asn, Instant, Sha256 } from '../../core/model/units.ts'
import type { Kind, Verdict } from '../../core/model/measured/verdict.ts'
import type {
  ArchivedLeaves,
  EncodedRows,
  Judged,
  LeafRange,
  LeafWithoutVerdict,
  RowBytes,
} from './write/written-rows.ts'

export type { SeriesCount, SeriesName } from '../../core/model/measured/series.ts'
export type {
  ArchivedLeaves,
  EncodedBlock,
  EncodedRows,
  Judged,
  LeafRange,
  LeafWithoutVerdict,
  RowBytes,
  RowKey,
} from './write/written-rows.ts'

/** Rows of one measurement that are read at once: anyone may send one with a hundred thousand. */
export const MOST_OBSERVATIONS = 5000

export interface Period {
  readonly since: Instant
  /** Exclusive. */
  readonly until: Instant
}

/** Readings of a period: the simulated ones or the real ones, never mixed. */
export interface ReadingPeriod extends Period {
  readonly simulated: boolean
}

/**
 * Readings as columns, what a year of a busy series is detected from: the shape of `Columns` in src/core/detect/chain/columns.ts,
 * where the bits of an outcome stand. By time, then by probe, then by outcome.
 */
export interface ReadingColumns {
  readonly size: number
  readonly at: Float64Array
  /** Index in `probes`, which are devices (src/core/model/device.ts); −1 if it is not known who measured. */
  readonly probe: Int32Array
  readonly outcome: Uint8Array
  /** NaN where absent. */
  readonly log10Lr: Float32Array
  readonly lnRatio: Float32Array
  readonly lnControl?: Float32Array
  /** Index in `mechanisms`; −1 where absent. */
  readonly mechanism: Int16Array
  readonly probes: readonly string[]
  readonly mechanisms: readonly Mechanism[]
}

export interface SeriesColumns extends SeriesName {
  readonly columns: ReadingColumns
}

/** A series that rows were written to. */
export interface SeriesKey extends SeriesName {
  readonly simulated: boolean
  /** Rows written, each time a measurement was judged. */
  readonly count: number
  readonly earliest: Instant
  readonly latest: Instant
  /** Number of the last insertion: the next question asks for what came after it. */
  readonly insertion: number
  /** Some of these rows took measurements out, because their sender was revoked. */
  readonly revoked?: boolean
}

export interface SeriesPoint {
  readonly id: Sha256
  readonly at: Instant
  readonly kind: Kind
  readonly mechanism?: string
  readonly layer?: string
  readonly log10Lr: number
  readonly testName: string
  readonly input?: string
  readonly channel: string
  readonly simulated: boolean
  /** Pseudonym of the probe; absent if unknown. */
  readonly probe?: string
  /** The device behind it, by which devices are counted (src/core/model/device.ts): never published. */
  readonly device?: string
}

/** A measurement as a list of many networks has it. */
export interface ListedPoint extends SeriesPoint {
  readonly asn: Asn
  readonly leafIndex: number
}

/** Where a list stands: after this measurement. */
export type ListPlace = Pick<ListedPoint, 'asn' | 'at' | 'leafIndex'>

/** Which measurements of a service are listed, and how many of them at once. */
export interface ListedPeriod extends Period {
  /** Absent: all networks. */
  readonly asn?: Asn
  readonly after?: ListPlace
  readonly most: number
  /** Only what was measured, nothing simulated. */
  readonly realOnly?: boolean
}

/** A measurement of an unknown sender. */
export interface ApartPoint extends SeriesPoint {
  /** Absent where the origin is nothing that a collector writes. */
  readonly standing?: Standing
}

/** What is excluded from a series: how many in all, and the newest of them. */
export interface KeptApart {
  readonly total: number
  readonly newest: readonly ApartPoint[]
}

/** Counts of verdicts of one service on one network; no row at all is "no data". */
export interface MatrixCell {
  readonly service: string
  readonly asn: Asn
  readonly kinds: Readonly<Record<Kind, number>>
  /** Distinct probes, those unnamed left out. */
  readonly probes: number
  readonly simulated: boolean
  /** Time of the latest measurement. */
  readonly latest: Instant
  /** Commonest mechanism among interfered verdicts. */
  readonly mechanism?: string
}

/** When a series was last seen interfered with. */
export interface LastInterfered extends SeriesName {
  readonly latest: Instant
}

/** What the devices of a series saw last inside a window; a series without a judged measurement is left out. */
export interface RecentSeries extends SeriesName {
  /**
   * Devices by the newest of their verdicts that settled anything; those that settled nothing are inconclusive. A
   * measurement that names no device counts as one of its own.
   */
  readonly kinds: Readonly<Record<Exclude<Kind, 'not-judged'>, number>>
  /** Distinct devices, those unnamed left out. */
  readonly devices: number
  readonly measurements: number
  readonly latest: Instant
}

/** Hours of 24 in which a series was measured, as bits: bit 0 is the first of them. */
export interface MeasuredDay extends SeriesName {
  /** Which 24 hours, from the start of the period: 0 is the first. */
  readonly day: number
  /** Hours with a judged measurement. */
  readonly measured: number
  /** Of these, hours in which more measurements found the service unreachable than everything else settled. */
  readonly unreached: number
  /** Of these, hours in which nothing was settled, or as many measurements were interfered with as reached the service. */
  readonly unsettled: number
  readonly measurements: number
  readonly latest: Instant
}

/** Widths of bins in the home zone; `clock` adds up the hours of the week: bin 0 is Monday from midnight. */
export const EXPLORE_STEPS = ['hour', 'day', 'week', 'clock'] as const
export type ExploreStep = (typeof EXPLORE_STEPS)[number]
/** `day-hour` adds up the hours of the day: bin 0 is from midnight. */
export const COUNT_STEPS = [...EXPLORE_STEPS, 'day-hour'] as const
export type CountStep = (typeof COUNT_STEPS)[number]

/** What of a service is counted, and how finely. */
export interface ExplorePeriod extends ReadingPeriod {
  /** Absent: all networks, added up as one. */
  readonly asns?: readonly Asn[]
  readonly step: CountStep
}

/** What was measured of a service in one bin; a bin without a judged measurement is left out. */
export interface ExploredBin {
  /** Absent where networks are added up. */
  readonly asn?: Asn
  /** Start of the bin; of `clock` the hour of the week, 0 to 167, of `day-hour` that of the day. */
  readonly bin: number
  readonly kinds: Readonly<Record<Exclude<Kind, 'not-judged'>, number>>
  /** Distinct devices, those unnamed left out. */
  readonly devices: number
  /** Measurements that name no device. */
  readonly unnamed: number
  /** What failed, by mechanism and by layer, where the verdict names one. */
  readonly mechanisms: Readonly<Record<string, number>>
  readonly layers: Readonly<Record<string, number>>
  /** Pairs of which both halves were timed, and the median of ln(service / control); absent without any. */
  readonly timed: number
  readonly lnRatio?: number
}

/** Axes and bins of time of OONI's aggregation. */
export const AGGREGATION_AXES = [
  'measurement_start_day',
  'probe_cc',
  'probe_asn',
  'test_name',
  'input',
  'domain',
] as const
export const AGGREGATION_GRAINS = ['hour', 'day', 'week', 'month', 'year'] as const
export type AggregationGrain = (typeof AGGREGATION_GRAINS)[number]

/** What is counted together; an empty list means all. */
export interface AggregationAsked extends ReadingPeriod {
  /** Two at most. */
  readonly axes: readonly (typeof AGGREGATION_AXES)[number][]
  readonly grain: AggregationGrain
  readonly countries: readonly string[]
  readonly asns: readonly Asn[]
  readonly tests: readonly string[]
  readonly inputs: readonly string[]
  readonly domains: readonly string[]
  /** Cells at most. */
  readonly most: number
}

/** One cell; times are UTC. */
export interface AggregatedRow {
  /** Its place on each axis. */
  readonly keys: readonly string[]
  readonly ok: number
  readonly anomaly: number
  readonly confirmed: number
  readonly failure: number
}

/** What interferes by a block page: the direct evidence that OONI calls confirmed. */
export const CONFIRMED_MECHANISMS: readonly Mechanism[] = ['dns.blockpage', 'http.blockpage', 'http.blockpage.host']

/** What files of a month are made of. While `insertion` and `erased` stay, nothing that is published has changed. */
export interface PublishedState {
  /** Number of the last insertion. */
  readonly insertion: number
  /** Leaves whose measurement was erased. */
  readonly erased: number
}

/** Numbers that change with any row of a period that is published. */
export interface PublishedPrint {
  readonly measurements: number
  readonly ids: string
  readonly judgements: string
}

/** Rows as `sql/published-*.sql` give them: the names of their columns are those of the files. */
export type PublishedRow = Readonly<Record<string, unknown>>

/** Rows as text, which another thread reads by `parseRows` (row-text.ts): the thread of readers reads only the last. */
export interface PublishedPart {
  readonly text: string
  readonly rows: number
  readonly last?: PublishedRow
}

/** Rows of files for researchers, in the order of the tables and in parts. */
export interface PublishedRows {
  state(): Promise<PublishedState>
  /** Months of Astana, as `2026-10`, that hold rows before an instant. */
  months(asked: { readonly simulated: boolean; readonly until: Instant }): Promise<readonly string[]>
  print(period: ReadingPeriod): Promise<PublishedPrint>
  /** Measurements that count, at most so many after one of them. */
  measurements(period: ReadingPeriod & { readonly after?: PublishedRow; readonly most: number }): Promise<PublishedPart>
  /** Operations of measurements that `measurements` gave one after another, at most so many after one of them. */
  observations(
    of: readonly PublishedRow[],
    asked: Period & { readonly after?: PublishedRow; readonly most: number },
  ): Promise<PublishedPart>
}

/** A judged measurement as stored; the raw bytes are the archive's. */
export interface StoredVerdict {
  readonly provenance: Provenance
  readonly leafIndex: number
  readonly head: MeasurementHead
  readonly service: string
  readonly verdict: Verdict
  /** Which half of its first discordant pair failed; only where verdicts of a series are asked for. */
  readonly discordant?: Discordant
}

/** Rows that are made again. Erasures and rows of what is judged again by others come into them, too. */
export interface Remaking
  extends Pick<Warehouse, 'insertEncoded' | 'setAside' | 'missingLeaves' | 'leafBound'>, Disposable {
  /** Whether rows of an interrupted one are there. */
  readonly resumed: boolean
  /** Has these rows read in place of the others, at once; the others are removed. */
  swap(archived: ArchivedLeaves): Promise<void>
  /** Removes what was made. */
  drop(): Promise<void>
}

/**
 * What the warehouse does to the world; everything in it is derived from the archive. Submissions of senders whom the
 * collector does not know are in `keptApart`, `apart` and `measurement` alone.
 */
export interface Warehouse extends AsyncDisposable {
  /** Adds or replaces by measurement id; a later insertion of the same id supersedes an earlier one. */
  insert(batch: readonly Judged[]): Promise<void>
  /** The same for batches encoded by `encodeRows` elsewhere; several thousand measurements a call are cheapest. */
  insertEncoded(batches: readonly EncodedRows[]): Promise<void>
  /** Records leaves that have no verdict, so that they are not asked for again; rows of an erased leaf go. */
  setAside(leaves: readonly LeafWithoutVerdict[]): Promise<void>
  /** Takes every row of a measurement off the disk and records its leaf as erased; nothing where it is not stored. */
  remove(id: Sha256): Promise<void>
  series(service: string, asn: Asn, period: Period): Promise<readonly SeriesPoint[]>
  /** Measurements of a service by network, then time, then leaf, at most so many after a place: what is inserted meanwhile moves none of them. */
  listed(service: string, period: ListedPeriod): Promise<readonly ListedPoint[]>
  /** What the detector takes, by time; measurements that say nothing of the service or the line are left out. */
  readings(service: string, asn: Asn, period: ReadingPeriod): Promise<readonly Reading[]>
  /** The same without ids, for long series and for many at once; a series without readings is left out. */
  readingColumns(of: readonly SeriesName[], period: ReadingPeriod): Promise<readonly SeriesColumns[]>
  /** Verdicts of a series with their grounds, by time; an even sample of `most` where there are more. */
  verdicts(
    service: string,
    asn: Asn,
    period: ReadingPeriod & { readonly most: number },
  ): Promise<readonly StoredVerdict[]>
  /** Measurements of a series by unknown senders, at most so many of them: they are not counted anywhere. */
  keptApart(service: string, asn: Asn, period: Period & { readonly most: number }): Promise<KeptApart>
  /** How many of those say anything of the service. */
  apart(service: string, asn: Asn, period: ReadingPeriod): Promise<number>
  /** Measurements that insertions after a number took out of a series, because their sender was revoked. */
  revoked(service: string, asn: Asn, asked: ReadingPeriod & { readonly after: number }): Promise<number>
  /** Leaves of counted submissions, received from a time on, of these pseudonyms and labels of devices. */
  bySender(names: readonly string[], from: Instant): Promise<readonly number[]>
  /** What was measured of each of these series in the period; one without measurements is left out. */
  counts(of: readonly SeriesName[], period: ReadingPeriod): Promise<readonly SeriesCount[]>
  /** Series with rows of insertions after `insertion`; all series where it is 0. */
  seriesKeys(insertion?: number): Promise<readonly SeriesKey[]>
  matrix(period: Period): Promise<readonly MatrixCell[]>
  /** What the devices of every series saw last in the period. */
  recent(period: ReadingPeriod): Promise<readonly RecentSeries[]>
  /** When each series was last seen interfered with in the period; one that was not is left out. */
  lastInterfered(period: ReadingPeriod): Promise<readonly LastInterfered[]>
  /** Hours of the period in which every series was measured; days are counted from its start. */
  measuredHours(period: ReadingPeriod): Promise<readonly MeasuredDay[]>
  /** Counts of one service by bins of time, by network, then by bin. */
  explored(service: string, asked: ExplorePeriod): Promise<readonly ExploredBin[]>
  readonly published: PublishedRows
  /** Counts by up to two axes, by their keys. */
  aggregated(asked: AggregationAsked): Promise<readonly AggregatedRow[]>
  measurement(id: Sha256): Promise<StoredVerdict | undefined>
  /** Rows of a measurement in their order, the first `MOST_OBSERVATIONS` of them. */
  observations(id: Sha256): Promise<readonly Record<string, unknown>[]>
  /** One more than the highest leaf known; 0 where none is. */
  leafBound(): Promise<number>
  /** How many leaves from 0 on are known without a gap. */
  storedLeaves(): Promise<number>
  /** Leaves from `from` (else 0) to below `size` that the warehouse knows nothing of, in order: what a crash left out. */
  missingLeaves(size: number, from?: number): Promise<readonly LeafRange[]>
  hasSimulated(): Promise<boolean>
  /** Whether it holds any measurement that is not simulated. */
  hasReal(): Promise<boolean>
  /**
   * Begins or continues making all rows again next to those that are read, by rules of a version: what was begun by those
   * of another is dropped. Until it is disposed, no other one may begin. What was made is kept through restarts.
   */
  remake(version: string): Promise<Remaking>
  rowBytes(): Promise<RowBytes>
  /** Throws where a server does not answer now; an embedded engine always does. */
  reach(): Promise<void>
  /** Gives back to the system what an embedded engine has set free and holds for its next query. */
  releaseMemory(): Promise<void>
}
