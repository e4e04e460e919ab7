import type { Controls } from '../../core/model/tables/controls.ts'
import type { Responders } from '../../core/model/tables/responders.ts'
import type { Service, Tier } from '../../core/model/tables/service.ts'
import type { LineReport, NetworkSeen, RUN_KINDS, ServiceRun } from '../../core/model/measured/service-run.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Asn, Millis } from '../../core/model/units.ts'

/** Everything a run may depend on, so that the same code measures the internet and a test lab. */
export interface RunSettings {
  readonly services: readonly Service[]
  readonly controls: Controls
  /** Tiers the owner consented to. */
  readonly tiers: ReadonlySet<Tier>
  /** `core`: the endpoints marked so, pairs of names alone. `full`: everything listed, throughput included. */
  readonly scope: 'core' | 'full'
  readonly kind: (typeof RUN_KINDS)[number]
  /** Test helpers abroad, asked in turn; the next one where one does not answer. */
  readonly controlUrls: readonly string[]
  /** Asked which network the line is on. */
  readonly collectorUrls: readonly string[]
  /**
   * Says which network the line is on if no server outside can be asked; `option` of the owner or what is remembered.
   */
  readonly network?: NetworkSeen
  /** Certificates trusted besides Mozilla's, PEM; for test labs. */
  readonly extraRoots: readonly string[]
  /** Responders of tunnel protocols that are ours, with their keys; absent: protocols are not tested. */
  readonly responders?: Responders
  /** Bytes that each half of a throughput pair moves at most. */
  readonly transferBytes: number
  /** Whether the environment sends the owner's programs through a proxy (HTTPS_PROXY and its like). */
  readonly proxied?: boolean
  /** For test labs on loopback: private addresses that a resolver gives are dialled too. */
  readonly dialsPrivate?: boolean
}

/** What a run tells while it goes on; for tables and progress bars. */
export type RunEvent =
  | { readonly kind: 'network'; readonly network: NetworkSeen }
  | { readonly kind: 'line'; readonly report: LineReport }
  | { readonly kind: 'plan'; readonly services: readonly { readonly id: string; readonly operations: number }[] }
  | { readonly kind: 'operation'; readonly service: string; readonly host: string; readonly done: number }
  /** Final: the connection was checked again after it. With the owner's addresses, for the code that writes it down. */
  | { readonly kind: 'service'; readonly run: ServiceRun; readonly ownAddresses: readonly string[] }

export interface RunTools {
  /**
   * The secret that decides which control names are used on a network: the same for the life of the key that signs what
   * is measured there, and known to no one else. Absent: a new one for each run.
   */
  readonly coverSecret?: (asn: Asn) => Promise<Uint8Array>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Random bytes; tests give a generator of their own. */
  readonly random: (length: number) => Uint8Array
  readonly onEvent: (event: RunEvent) => void
}

export interface RunResult {
  readonly runId: string
  readonly line: LineReport
  readonly network: NetworkSeen
  /** Empty where the line is down or may not be judged at all; then `lineRun` says so. */
  readonly services: readonly ServiceRun[]
  /** The measurement of the line itself, where no service was measured. */
  readonly lineRun?: ServiceRun
  /** Services without a result, because the run's time was over before a repetition that would have decided. */
  readonly unfinished: readonly string[]
  /** The machine slept within the run: what was not final by then is set aside, and the network may be another one. */
  readonly slept: boolean
  readonly took: Millis
  /**
   * Bytes of everything that the run sent and received: payload as counted, headers of IP, TCP and UDP as estimated;
   * lookups by the system at a usual length, because it is not known. Delivery is not in it.
   */
  readonly bytes: { readonly sent: number; readonly received: number }
  /** Addresses of the owner (of networks and of hardware) as far as they are known, for the scrubbing of what is written. Never stored, never sent. */
  readonly ownAddresses: readonly string[]
}
