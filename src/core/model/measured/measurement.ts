import type { AbroadLook } from './abroad-look.ts'
import type { HostingLook } from './hosting-flow.ts'
import type { LineState, ResolverNote } from './service-run.ts'
import type { Asn, CountryCode, Instant, Seconds, Sha256 } from '../units.ts'

/** What the probe's own program concluded: kept and compared, never trusted. */
export type ProbeClaim = Readonly<Record<string, string | number | boolean | null>>

/** The envelope of a measurement, as claimed by the probe. Formats: docs/formats/ooni.md. */
export interface MeasurementHead {
  readonly measurementUid?: string
  readonly reportId?: string
  readonly testName: string
  readonly testVersion: string
  readonly softwareName: string
  readonly softwareVersion: string
  readonly platform?: string
  /** mobile, wifi, wired … as the probe says. */
  readonly networkType?: string
  /** Such as `arm64`, as the probe says. */
  readonly architecture?: string
  /** Started by the probe's own schedule (`origin: autorun`), not by a person; absent if not given. */
  readonly scheduled?: boolean
  /** Pseudonym of the device and line; untrusted. See docs/methods/readings.md §2. */
  readonly probe?: string
  readonly input?: string
  readonly probeAsn: Asn
  readonly probeCc: CountryCode
  readonly probeNetworkName?: string
  readonly resolverAsn?: Asn
  /** The network of the resolver is stated in a form that cannot be read. */
  readonly resolverUnread?: true
  readonly startedAt: Instant
  /** Start of the run that the measurement is part of, as written, where it is another. */
  readonly runStart?: string
  /** Made by a simulator: said by the measurement itself, or evident from a documentation network. */
  readonly simulated: boolean
  readonly claim: ProbeClaim
  /** What our own probe found of its owner's line in the same run. */
  readonly line?: LineNote
  /** By whom our own probe found questions answered in the same run, where it asked. */
  readonly resolvers?: ResolverNote
  /** `core` of our own probe tries the marked endpoints alone. */
  readonly scope?: 'core' | 'full'
}

/** The owner's line as the probe found it; docs/formats/probe-measurement.md §3. */
export interface LineNote {
  readonly state: LineState
  readonly ipv6: boolean
  /** Host of a sign-in page. */
  readonly portalHost?: string
  /** What to add to the probe's clock, where it was learnt. */
  readonly clockOffset?: Seconds
  /** Exchanges with names never restricted, before, during and after; empty where none was tried. */
  readonly canaries: readonly {
    readonly moment: 'before' | 'during' | 'after'
    readonly tried: number
    readonly passed: number
  }[]
  /** What it reaches at home and abroad, where that was in doubt. */
  readonly abroad?: readonly AbroadLook[]
  /** Flows from servers of ours in several networks, in the measurement of the line alone. */
  readonly flows?: readonly HostingLook[]
}

/** Where a measurement came to us from: shown beside every row. */
export interface Provenance {
  /** SHA-256 of the bytes as received. */
  readonly id: Sha256
  readonly receivedAt: Instant
  /** `file`, `ooni-bucket`, `collector`, `simulator`. */
  readonly channel: (typeof CHANNELS)[number]
  /** File name without folders, or the bucket's key. */
  readonly origin: string
}
export const CHANNELS = ['file', 'ooni-bucket', 'collector', 'simulator'] as const
