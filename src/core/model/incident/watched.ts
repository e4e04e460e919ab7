/** How much an observatory looks at: what is published is to be read against it. */
export interface WatchedCounts {
  /** A series is one service on one network. */
  readonly series: number
  /** Weeks of all series together. */
  readonly seriesWeeks: number
  /** Incidents for which the live alarm was raised, and those of them that are withdrawn. */
  readonly alarms: number
  readonly alarmsWithdrawn: number
  /** Alarms that several devices raised and that became no incident; absent: not counted in this folder yet. */
  readonly alarmsAlone?: number
  /** False incidents that a year of so many quiet series brought in simulation. */
  readonly falseAYear: number
  /** Weeks of a series whose pairs show dependence on the name, at a false discovery rate of 5 % over all weeks (e-BH). */
  readonly pairsStanding: number
}
