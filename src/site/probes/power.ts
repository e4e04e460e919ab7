/**
 * What is found with so many devices on a network: simulated evenings on which a service is fully restricted for about two
 * hours (docs/methods/simulated-series.md, section 6: `npm run bench detect -- --part devices`). A test compares the two.
 */
export interface DevicesPower {
  readonly devices: number
  readonly found: number
  readonly restrictions: number
  /** Minutes, median of those found: width of the 95 % interval of the start, and time to the alarm. */
  readonly startWithin?: number
  readonly alarmAfter?: number
}

export const DEVICES_POWER: readonly DevicesPower[] = [
  { devices: 1, found: 0, restrictions: 765 },
  { devices: 2, found: 0, restrictions: 765 },
  { devices: 3, found: 675, restrictions: 765, startWithin: 42, alarmAfter: 42 },
  { devices: 4, found: 750, restrictions: 765, startWithin: 28, alarmAfter: 32 },
  { devices: 5, found: 760, restrictions: 765, startWithin: 20, alarmAfter: 26 },
  { devices: 6, found: 763, restrictions: 765, startWithin: 16, alarmAfter: 22 },
  { devices: 8, found: 763, restrictions: 765, startWithin: 12, alarmAfter: 16 },
  { devices: 12, found: 763, restrictions: 765, startWithin: 8, alarmAfter: 11 },
]
