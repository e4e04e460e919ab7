import type { CauseItem, ItemOutcome } from '../../model/incident/cause.ts'
import type { Layer, Mechanism } from '../../model/measured/mechanism.ts'
import type { Asn, Instant, Sha256 } from '../../model/units.ts'
import type { Fact, Kind, LayerState } from '../../model/measured/verdict.ts'

/** One piece of evidence that was checked. A piece that was not checked is absent, never a default. */
export interface ObservedItem {
  readonly item: CauseItem
  /** One of CAUSE_ITEMS[item]. */
  readonly outcome: ItemOutcome
  /** `n` observations, `k` of them of this outcome, from `probes` distinct probes; 0 where it is a yes or no. */
  readonly count: { readonly k: number; readonly n: number; readonly probes: number }
  /** Where it was read: a measurement id, a table, a file. */
  readonly source: string
}

/** One judged measurement as the weighing takes it; `causeReading` makes it from a verdict. */
export interface CauseReading {
  readonly at: Instant
  /** Pseudonym of the device and line; '' if it is unknown who measured: never a second witness. */
  readonly probe: string
  /** Program and version, such as `ooniprobe-android 3.8.2`; '' where unknown. */
  readonly version: string
  readonly kind: Kind
  readonly mechanism?: Mechanism
  readonly layer?: Layer
  /** What the grounds say, each fact once. */
  readonly facts: readonly Fact[]
  /** State of each layer that was judged. */
  readonly layers: Readonly<Partial<Record<Layer, LayerState>>>
  /** Address family of the operations in the grounds, where all are of one. */
  readonly family?: 4 | 6
  /** The two halves of a pair (control name to the same address), if the measurement was one. */
  readonly pair?: PairReading
  /** The same at a server that is not of the service, as `sni_blocking` measures it. */
  readonly elsewhere?: PairReading
  /** A block page, bogon or interception authority that stands without a control. */
  readonly artefact: boolean
  /** An encrypted resolver of the same run answered the name; absent where none was asked or it is not told. */
  readonly dohAnswers?: boolean
  /** Completed, but far slower than this probe's own usual ratio to its control. */
  readonly slow: boolean
  readonly id?: Sha256
}

/** Target half, then the half of the control name; only `pass`: the target passed and the other half is not given. */
export type PairReading = 'fail-pass' | 'fail-fail' | 'pass-pass' | 'pass-fail' | 'pass'

/** When a restriction began, as far as it is known: 95 % bounds, or the bracket of raw observations. */
export interface Onset {
  readonly lo: Instant
  readonly hi: Instant
}

/** Another series in the same window, reduced to what the weighing needs. */
interface Beside {
  /** Informative measurements (reachable, interfered, unreachable) inside the window. */
  readonly measured: number
  readonly probes: number
  /** An incident of that series (not `insufficient`) overlaps the window. */
  readonly restricted: boolean
  /** Onset of that incident; absent where it is open or unknown. */
  readonly onset?: Onset
}

/** Another service on the same network. */
export interface ServiceBeside extends Beside {
  readonly service: string
  /** Who runs the service (data/owners.json); absent if it is not recorded: then it counts for nothing. */
  readonly owner?: string
}

/** The same service on another network. */
export interface NetworkBeside extends Beside {
  readonly asn: Asn
  /** Group that owns the network (data/networks.json). Absent: unknown, and counted as no further owner. */
  readonly owner?: string
  /** The owner is not known, and its name stands for one: open there, it is another network; restricted, no other owner. */
  readonly assumed?: true
}

/** Completed and failed exchanges with something, from so many probes. */
export interface Exchanges {
  readonly ok: number
  readonly failed: number
  readonly probes: number
}

/** What a table of a third party tells of an incident as a whole; each part absent where the table does not tell it. */
export interface TableFacts {
  /** First and last failure, whether the service passed before and since, and days (UTC) with a failure. */
  readonly lasted?: {
    readonly from: Instant
    readonly until: Instant
    readonly over: boolean
    readonly daysFailed: number
  }
  /** Rows inside that count as independent (docs/methods/detecting.md, "Rows, not devices"), and the share that failed. */
  readonly rows?: { readonly independent: number; readonly share: number; readonly named: boolean }
  /** The table never says of a row that direct evidence was seen: whether there was any is not known. */
  readonly noArtefacts?: boolean
  /** Pages of the host that failed, and that passed, inside. */
  readonly pages?: { readonly failing: number; readonly passing: number }
}

/** Everything the weighing of one incident may look at; plain data, filled from the warehouse. */
export interface CauseInput {
  /** Window of the incident: median of its start (or first observation) to median of its end (or last observation). */
  readonly window: { readonly from: Instant; readonly until: Instant }
  /** Absent where the start is open. */
  readonly onset?: Onset
  /** Regular schedule of the probes, minutes. */
  readonly scheduleMinutes: number
  /** Every judged measurement of the series from three hours before the window to its end, in any order. */
  readonly readings: readonly CauseReading[]
  /** Times of informative measurements of the same series in the 14 days before the window. */
  readonly watched: readonly Instant[]
  /** Earlier incidents of the same series. */
  readonly earlier: readonly { readonly from: Instant; readonly until: Instant }[]
  /** Owner of this service and of this network; absent where unknown. */
  readonly serviceOwner?: string
  readonly networkOwner?: string
  /** `networkOwner` is a name that stands for an owner who is not known. */
  readonly networkAssumed?: true
  readonly services: readonly ServiceBeside[]
  readonly networks: readonly NetworkBeside[]
  /** Names never restricted, on this network inside the window; absent where none was measured. */
  readonly canaries?: Exchanges
  /** The same service measured from other countries inside the window; absent where none was. */
  readonly otherCountries?: Exchanges
  /** Absent for our own series: their incidents are not weighed by these. */
  readonly table?: TableFacts
  /** Items read from files or given by a person (outage, vpn, ttl, same-address-abroad …); they replace ours. */
  readonly extra: readonly ObservedItem[]
}
