import type { Mechanism } from '../../core/model/measured/mechanism.ts'
import type { Reading } from '../../core/model/measured/reading.ts'
import type { Instant } from '../../core/model/units.ts'
import type { HALVINGS, Kind, Missing } from '../../core/model/measured/verdict.ts'
import type { ExhibitGround } from './finding.ts'

/** One judged measurement as far as a paper tells it. */
export interface OneJudged {
  /** Index of its leaf in the log. */
  readonly leaf: number
  readonly startedAt: Instant
  readonly service: string
  /** Network by name and number, or by number alone. */
  readonly network: string
  readonly kind: Kind
  readonly mechanism?: Mechanism
  /** Pseudonym of the device and line; '' if it is unknown who measured. */
  readonly device: string
  /** Its sender is not known: shown, and in no count. */
  readonly apart: boolean
  readonly missing: readonly Missing[]
  /** Why its weight is halved, where it is. */
  readonly halved: readonly (typeof HALVINGS)[number][]
}

/** How the measurements were chosen, as the author of the bundle states it. */
type SelectionMethod =
  { readonly kind: 'named' } | { readonly kind: 'period'; readonly since: Instant; readonly until: Instant }

/** Everything that the exhibit of measurements alone says: no incident is claimed. */
export interface AloneFinding extends ExhibitGround {
  readonly simulated: boolean
  readonly chosen: SelectionMethod
  /** Those that were judged, by leaf; lines of `measurements` beyond them have no verdict. */
  readonly judged: readonly OneJudged[]
  /** Those that count, as the detector would read them: for their controls. */
  readonly readings: readonly Reading[]
}

/** Those that count. */
export const countedMeasurements = ({ judged }: Pick<AloneFinding, 'judged'>): readonly OneJudged[] =>
  judged.filter(({ apart }) => !apart)

export const countOf = (all: readonly OneJudged[], kind: Kind): number => all.filter((one) => one.kind === kind).length

/** Devices with a mark. */
export const countDevices = (all: readonly OneJudged[]): number =>
  new Set(all.map(({ device }) => device).filter((device) => device !== '')).size
