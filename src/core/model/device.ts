import type { MeasurementHead, Provenance } from './measured/measurement.ts'
import { parseSubmittedBy } from './standing.ts'

// A device is what counts as one witness. A pseudonym changes every month and may be one of several of a person, so that
// detection and every published number count labels instead (docs/methods/adversaries.md).

/** Whether a name of a device is a label of a collector: it links the keys of a person, and is never published. */
export const isDeviceLabel = (name: string): boolean => /^d[0-9a-f]{16}$/.test(name)

/** The device behind a measurement: the collector's label, else the name that the measurement gives itself, else ''. */
export function deviceOf({ channel, origin }: Pick<Provenance, 'channel' | 'origin'>, head: MeasurementHead): string {
  const label = channel === 'collector' ? parseSubmittedBy(origin)?.device : undefined
  return label ?? head.probe ?? ''
}

/** The name of a device in a bundle, by its number there. Names sort as their numbers do. */
export const numberedDevice = (ordinal: number): string => `device ${String(ordinal).padStart(7, '0')}`

/**
 * Numbers for devices of one bundle, which hide labels and keep the order of names: the order in which a series is read
 * depends on it. Without a label among the names of the series, names stay as they are.
 */
export class DeviceNumbers {
  readonly #numbers = new Map<string, number>()

  /** `series`: every name of a device in the readings from which an incident is derived. */
  constructor(series: Iterable<string> = []) {
    const names = [...new Set(series)].filter((name) => name !== '').toSorted((a, b) => (a < b ? -1 : 1))
    if (names.some(isDeviceLabel)) for (const name of names) this.#numbers.set(name, this.#numbers.size + 1)
  }

  /** Number of a device; undefined of one that the public form of its measurements names. */
  numberOf(name: string): number | undefined {
    const known = this.#numbers.get(name)
    if (known !== undefined || !isDeviceLabel(name)) return known
    this.#numbers.set(name, this.#numbers.size + 1)
    return this.#numbers.size
  }

  /** How the bundle names the device. */
  nameOf(name: string): string {
    const number = this.numberOf(name)
    return number === undefined ? name : numberedDevice(number)
  }
}
