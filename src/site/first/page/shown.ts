import type { Incident } from '../../../core/model/incident/incident.ts'
import type { Asn, Instant } from '../../../core/model/units.ts'
import type { NamedEntry } from '../../../core/text/sentence/episode.ts'
import type { FirstChoice } from '../choice.ts'
import type { MarkName } from '../../parts/mark.ts'
import type { Markup } from '../../../web/html/markup.ts'
import type { StripView } from '../../parts/strips.ts'

export interface FirstNetwork {
  readonly asn: Asn
  readonly name: string
}

/** What the services of the page are like, next to what its heading says. */
interface Spoken {
  /** Services that open. */
  readonly open: number
  /** Names of services without data, and of those that could not be determined. */
  readonly unmeasured: readonly string[]
  readonly undetermined: readonly string[]
}

/** The heading, before it is worded. */
export type FirstAnswer =
  /** Nothing was ever measured. */
  | { readonly kind: 'empty' }
  /** Nothing was measured of late. */
  | { readonly kind: 'stale'; readonly latest: Instant }
  | ({
      readonly kind: 'state'
      readonly state: 'shut' | 'part' | 'slow' | 'fault'
      readonly services: readonly string[]
      /** Whether more than one device has the same trouble. */
      readonly seenByOthers: boolean
      /** Whether the services not spoken of open, as far as anything is known of them. */
      readonly others: 'all' | 'some' | 'none'
    } & Spoken)
  | ({ readonly kind: 'open' | 'quiet' | 'unkn' } & Spoken)
  /** `elsewhere`: names of services that do not open on other networks. */
  | ({ readonly kind: 'none'; readonly elsewhere: readonly string[] } & Spoken)

/** One service in one sentence. */
export interface FirstRow {
  readonly service: string
  readonly name: string
  readonly state: MarkName
  /** `some`: the state is that of some networks among all; `all`: of two of three networks at least. */
  readonly scope: 'here' | 'some' | 'all'
  readonly incident?: Incident
  readonly networks?: { readonly count: number; readonly total: number }
  /** Last measurement, where there is no newer one. */
  readonly latest?: Instant
}

export interface MatrixCellNow {
  readonly state: MarkName
  readonly devices: number
  readonly measurements: number
}

export interface MatrixLine {
  readonly service: string
  readonly name: string
  /** One for each network of the page, in its order. */
  readonly cells: readonly MatrixCellNow[]
}

/** The first screen. */
export interface FirstView {
  readonly choice: FirstChoice
  /** Network that the page speaks of. */
  readonly own?: FirstNetwork
  /** Networks to choose from. */
  readonly choices: readonly FirstNetwork[]
  readonly asOf: Instant
  /** Time of the newest measurement on that network, or on all of them; absent where there is none. */
  readonly newest?: Instant
  readonly answer: FirstAnswer
  readonly rows: readonly FirstRow[]
  readonly networks: readonly FirstNetwork[]
  readonly matrix: readonly MatrixLine[]
  /** The strongest evidence first. */
  readonly running: readonly NamedEntry[]
  readonly strips: readonly StripView[]
  /** Below the strips: their files, and how they are embedded and cited. */
  readonly takeDays?: Markup
  readonly simulated: boolean
}
