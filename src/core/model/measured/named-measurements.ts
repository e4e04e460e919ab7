import type { Incident } from '../incident/incident.ts'
import { parseSha256, type Sha256 } from '../units.ts'

/** Every measurement that a revision names: those in its window, and those in which an item of its evidence was read. */
export function namedMeasurements({
  measurements,
  cause,
}: Pick<Incident, 'measurements' | 'cause'>): readonly Sha256[] {
  const read = cause.items.flatMap(({ source }) => (isMeasurement(source) ? [parseSha256(source)] : []))
  return [...new Set([...measurements, ...read])]
}

/** Whether the source of an item is a measurement, by its id; else it is a table, a file or a word for all of them. */
export const isMeasurement = (source: string): boolean => /^[0-9a-f]{64}$/.test(source)
