import { FITTED } from './fitted.ts'
import type { DetectSettings } from './settings.ts'

/**
 * Settings of the detector (docs/methods/detecting.md): rates, weights of local hours and both thresholds as fitted on
 * simulated series (docs/methods/simulated-series.md), the rest as the method has it. `over` replaces single fields.
 */
export const defaultSettings = (over: Partial<DetectSettings> = {}): DetectSettings => ({
  scheduleMinutes: 15,
  zone: 'Asia/Almaty',
  ...FITTED,
  failOpen: 0.02,
  passing: [0.1, 0.3, 0.6],
  loads: [0.1, 0.3],
  controlFactor: 1,
  rho: 0.9,
  clear: 0.05,
  floorProbes: 2,
  floorHours: 3,
  draws: 4000,
  seed: 20_180_515,
  staggerMinutes: 0.2,
  ...over,
})
