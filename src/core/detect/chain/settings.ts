/**
 * Everything that can be set on the detector; all of it is stored with its result. Method: docs/methods/detecting.md.
 */
export interface DetectSettings {
  /** Regular schedule of the probes, minutes; bursts are gaps of a third of it or less. */
  readonly scheduleMinutes: number
  /** IANA zone whose hours the rates follow. */
  readonly zone: string
  /** Weight of each local hour for onsets of restriction (24, mean 1) and for onsets of load. */
  readonly onsetHours: readonly number[]
  readonly loadHours: readonly number[]
  /** Onsets per hour, and 1 / mean length in hours, of short and of long restrictions. */
  readonly rates: {
    readonly shortOnset: number
    readonly shortEnd: number
    readonly longOnset: number
    readonly longEnd: number
    readonly loadOnset: number
    readonly loadEnd: number
    readonly downOnset: number
    readonly downEnd: number
  }
  /** P(fail | open, no load); share of exchanges that pass in each level of restriction; P(fail) of each level of load. */
  readonly failOpen: number
  readonly passing: readonly number[]
  readonly loads: readonly number[]
  /** Divisor of the control's own failure rate: 1 where it fails as often as the target. */
  readonly controlFactor: number
  /**
   * Chance that a repeated test within a burst copies the one before it instead of being drawn independently; below 1.
   */
  readonly rho: number
  /** Live alarm: raise and clear; offline: least peak of an incident. */
  readonly raise: number
  readonly clear: number
  readonly peak: number
  /** Witnesses that must be left without any one device, and the hours within which the live alarm wants them. */
  readonly floorProbes: number
  readonly floorHours: number
  /** Draws of the backward sampling, and the seed of all of them. */
  readonly draws: number
  readonly seed: number
  /** Minutes added to both sides of both intervals for devices that switch one after the other. */
  readonly staggerMinutes: number
  /**
   * Start and end of a restriction that lets (nearly) nothing pass lie within their brackets: for tables that are sparse,
   * in which a time of days before the last passage would outweigh that a leak is rare.
   */
  readonly noLeakAtEdges?: boolean
  /**
   * Draws beyond each bound of the interval without one device, to which the 95 % interval is widened: .025 where absent.
   */
  readonly tailWithout?: number
  /** Names of devices are those of days: rows are counted, and no date is tested by leaving out a device. */
  readonly rowsNotDevices?: boolean
}

/** Settings as one text, independent of the order of their members: what a state or a version was made under. */
export const settingsText = (settings: DetectSettings): string =>
  JSON.stringify(settings, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
