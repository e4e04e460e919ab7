import type { DetectSettings } from './settings.ts'

// Written by `node bench/detect/tune.ts` from 582 simulated series of the tuning half; not to be edited
// by hand.

/** Fitted settings of the detector. */
export const FITTED = {
  onsetHours: [
    0.418, 0.394, 0.406, 0.424, 0.4, 0.424, 0.412, 0.448, 0.4, 0.418, 0.436, 0.448, 0.4, 0.406, 0.424, 0.412, 0.412,
    0.43, 1.63, 6.04, 6.18, 1.75, 0.484, 0.412,
  ],
  loadHours: [
    0.397, 0.397, 0.397, 0.397, 0.397, 0.397, 0.397, 0.397, 0.397, 0.397, 0.42, 0.397, 0.397, 0.397, 0.397, 0.397,
    0.451, 0.397, 0.405, 7.19, 2.64, 2.91, 3.24, 0.397,
  ],
  rates: {
    shortOnset: 0.00406,
    shortEnd: 0.468,
    longOnset: 0.000364,
    longEnd: 0.0114,
    loadOnset: 0.0254,
    loadEnd: 0.5,
    downOnset: 0.002777777777777778,
    downEnd: 1,
  },
  peak: 0.93,
  raise: 0.995,
} satisfies Partial<DetectSettings>

/** Minutes of margin for devices that switch one after the other, by the standard deviation of their moments in minutes. */
export const STAGGER_MARGINS = { '2': 1.5, '5': 4, '15': 13 } as const
