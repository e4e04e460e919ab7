import type { Region } from '../region.ts'
import type { Problem } from './report.ts'
import type { Asn, Instant } from '../units.ts'
import type { Lang } from '../tables/langs.ts'

/** What the reports of a cell share, from the finest on: every report is in one cell at most. */
export const CELL_LEVELS = ['place', 'network', 'region', 'slot', 'hour'] as const
export type CellLevel = (typeof CELL_LEVELS)[number]

/** A number that is shown. Cells do not overlap: each holds what no finer one above it holds. */
export interface ReportCell {
  readonly service: string
  readonly level: CellLevel
  /** Milliseconds, half open. */
  readonly from: number
  readonly until: number
  /** Of levels `place` and `network`. */
  readonly asn?: Asn
  readonly said?: boolean
  /** Of levels `place` and `region`. */
  readonly region?: Region | ''
  /** At least `FEWEST_REPORTERS`. */
  readonly count: number
  /** Kinds of trouble that at least so many named; what is left is 0 or at least so many too. */
  readonly problems: readonly { readonly problem: Problem; readonly count: number }[]
}

/** A cell that is published; `released`: its reports were held first, and a moderator said that they count. */
export interface PublishedCell extends ReportCell {
  readonly released: boolean
}

/** A text that is published. */
export interface PublishedNote {
  /** Start of a day, UTC. */
  readonly day: Instant
  /** Language that it is written in. */
  readonly lang: Lang
  /** The words of the moderator. */
  readonly text: string
}

/**
 * A time in which more people report than usual. `burst`: against what is usual at that hour and weekday; `rising`: there
 * are not four weeks of reports yet, so only that they came at once is known. It says that people report, of no cause.
 */
export interface ReportSignal {
  readonly kind: 'burst' | 'rising'
  /** Between these it began and ended, milliseconds: bounds of the first and of the last slot. Without `ended` it goes on. */
  readonly began: readonly [number, number]
  readonly ended?: readonly [number, number]
  /** Reports shown in its slots, and in the fullest of them. */
  readonly reports: number
  readonly most: number
  /** What is usual in the fullest slot; absent where nothing is known. */
  readonly usual?: number
}

/** A signal with what it is about; without a network of all networks together. */
export interface PlacedSignal extends ReportSignal {
  readonly service: string
  readonly asn?: Asn
}

/** With fewer days nothing is called usual: of ten days the tenth part is one day. */
export const FEWEST_USUAL_DAYS = 14

/** What is usual in the hours of a day, of sums of published cells. */
export interface UsualHours {
  /** Earlier days that it rests on. */
  readonly days: number
  /** The 24 hours in their order; empty where there are too few days. 0 stands for fewer than five. */
  readonly hours: readonly { readonly low: number; readonly high: number }[]
}

/** What reports are about: a service on all networks, or all services of a network. */
export type ReportPlace = { readonly service: string } | { readonly asn: Asn }
