/** How much an observatory looks at: what is published is to be read against it. */
export interface WatchedCounts {
  /** A series is one service on one network. */
  readonly series: number
  /** Weeks of all series together. */
  readonly seriesWeeks: number
  /** Incidents for which the live alarm was raised, and those of them that are withdrawn. Alarms that became no incident are not counted. */
  readonly alarms: number
  readonly alarmsWithdrawn: number
  /** False incidents that a quiet year of all series may bring, by what the detector was tuned to. */
  readonly falseAYear: number
  /** Weeks of a series whose pairs show dependence on the name, at a false discovery rate of 5 % over all weeks (e-BH). */
  readonly pairsStanding: number
}
