import type { DetectSettings } from './settings.ts'

// Written by `node bench/detect/tune.ts --quick` from 58 simulated series of the tuning half; not to be edited
// by hand.

/** Fitted settings of the detector. */
export const FITTED = {
  onsetHours: [
    0.39, 0.244, 0.341, 0.293, 0.244, 0.244, 0.293, 0.293, 0.341, 0.293, 0.244, 0.244, 0.244, 0.244, 0.341, 0.341,
    0.244, 0.244, 2, 6.73, 7.37, 2.15, 0.341, 0.293,
  ],
  loadHours: [
    0.0961, 0.237, 0.0961, 0.174, 0.0961, 0.211, 0.0961, 0.0961, 0.248, 0.0961, 0.213, 0.0961, 0.0961, 0.266, 0.0961,
    0.129, 0.257, 0.0961, 0.289, 10, 2.94, 3.6, 4.35, 0.0961,
  ],
  rates: {
    shortOnset: 0.00555,
    shortEnd: 0.473,
    longOnset: 0.000349,
    longEnd: 0.0102,
    loadOnset: 0.0255,
    loadEnd: 0.5,
    downOnset: 0.002777777777777778,
    downEnd: 1,
  },
  peak: 0.99,
  raise: 0.999,
} satisfies Partial<DetectSettings>

/** Minutes of margin for devices that switch one after the other, by the standard deviation of their moments in minutes. */
export const STAGGER_MARGINS = { '2': 2.5, '5': 3.5, '15': 16.5 } as const
