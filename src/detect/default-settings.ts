import type { DetectSettings } from './settings.ts'

const EVENLY: readonly number[] = Array.from({ length: 24 }, () => 1)

/**
 * Settings of the detector where nothing else was fitted: rates of docs/methods/detecting.md, hours of the day flat
 * for onsets and evening-peaked for load. `over` replaces single fields.
 */
export const defaultSettings = (over: Partial<DetectSettings> = {}): DetectSettings => ({
  scheduleMinutes: 15,
  zone: 'Asia/Almaty',
  onsetHours: EVENLY,
  loadHours: EVENLY.map((_, hour) => (hour >= 18 && hour < 23 ? 3 : 0.3)),
  rates: {
    shortOnset: 0.005,
    shortEnd: 0.5,
    longOnset: 0.000365,
    longEnd: 1 / 72,
    loadOnset: 0.5 / 24,
    loadEnd: 0.5,
    downOnset: 1 / 360,
    downEnd: 1,
  },
  failOpen: 0.02,
  passing: [0.1, 0.3, 0.6],
  loads: [0.1, 0.3],
  controlFactor: 1,
  rho: 0.9,
  raise: 0.995,
  clear: 0.05,
  peak: 0.97,
  floorProbes: 2,
  floorHours: 3,
  draws: 4000,
  seed: 20_180_515,
  staggerMinutes: 0.2,
  ...over,
})
