import type { Asn } from '../units.ts'

/** The verdicts of one service on one network over time. */
export interface SeriesName {
  readonly service: string
  readonly asn: Asn
}

/** A series of one kind of measurements: simulated and real ones never mix. */
export interface SeriesOf extends SeriesName {
  readonly simulated: boolean
}

/** Measurements of one series inside a window that passed or failed. */
export interface SeriesCount extends SeriesName {
  /** Country of the probes, as the latest of them says. */
  readonly country: string
  readonly ok: number
  readonly failed: number
  /** Distinct probes, those unnamed left out. */
  readonly probes: number
}

/** Names a series in maps and in files of state. */
export const seriesId = ({ service, asn, simulated }: SeriesOf): string =>
  `${service} ${asn}${simulated ? ' simulated' : ''}`
