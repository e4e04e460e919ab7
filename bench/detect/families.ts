import type { SimulateOptions } from './simulate.ts'

/** A set of series from one generator. */
export interface Family {
  readonly name: string
  /** For a reader of the table. */
  readonly label: string
  readonly options: SimulateOptions
  /** Series in a full run. */
  readonly size: number
  /** Minutes by which the intervals are widened, as a key of the fitted margins. */
  readonly rollOutMinutes?: 2 | 5 | 15
}

/** Seeds of the series that settings are fitted on, and of those that figures are reported on. They never meet. */
export const TUNING_SEED = 1_000_000
export const REPORTING_SEED = 2_000_000
/** Distance between the seeds of two families. */
export const FAMILY_SEEDS = 10_000

const BROKEN = 112

export const FAMILIES: readonly Family[] = [
  { name: 'own', label: 'the generator whose other half the settings were fitted on', options: {}, size: 1000 },
  { name: 'quiet', label: 'series without any restriction', options: { kind: 'quiet', days: 180 }, size: 164 },
  { name: 'fixed', label: 'every restriction lasts the same', options: { fixedDurations: true }, size: BROKEN },
  { name: 'rollout2', label: 'devices switched over 2 min (sd)', options: { rollOutMinutes: 2 }, size: BROKEN, rollOutMinutes: 2 }, // prettier-ignore
  { name: 'rollout5', label: 'devices switched over 5 min (sd)', options: { rollOutMinutes: 5 }, size: BROKEN, rollOutMinutes: 5 }, // prettier-ignore
  { name: 'rollout15', label: 'devices switched over 15 min (sd)', options: { rollOutMinutes: 15 }, size: BROKEN, rollOutMinutes: 15 }, // prettier-ignore
  { name: 'eager', label: 'people test more while it is restricted', options: { eager: true }, size: BROKEN },
  { name: 'controls', label: 'controls fail half as often', options: { controlFailures: 0.5 }, size: BROKEN },
  { name: 'strangers', label: 'three forged keys in every series', options: { strangers: 3 }, size: BROKEN },
  { name: 'gradual', label: 'one to two hours, device by device within the first, 4 devices', options: { gradual: true, kind: 'evening', days: 40, probes: 4 }, size: BROKEN }, // prettier-ignore
  { name: 'gradual3', label: 'the same, 3 devices', options: { gradual: true, kind: 'evening', days: 40, probes: 3 }, size: BROKEN }, // prettier-ignore
  { name: 'rho2', label: 'exchanges of a device and of a resolver correlated, ρ .2', options: { rho: 0.2 }, size: BROKEN }, // prettier-ignore
  { name: 'rho5', label: 'exchanges of a device and of a resolver correlated, ρ .5', options: { rho: 0.5 }, size: BROKEN }, // prettier-ignore
]

/** Seed of one series of a family. */
export const seedOf = (half: number, family: Family, index: number): number =>
  half + FAMILIES.indexOf(family) * FAMILY_SEEDS + index
