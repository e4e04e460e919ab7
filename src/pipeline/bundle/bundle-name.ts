import { hash } from 'node:crypto'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { ChosenMeasurement } from './write-measurements.ts'

/** Longest id of an incident that a name shows whole. */
const MOST_ID = 70

/**
 * Name of the bundle of one revision of an incident; an id that is too long or has other characters is distinguished by
 * a hash.
 */
export function incidentBundleName({ id, revision }: Pick<Incident, 'id' | 'revision'>): string {
  const plain = id.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')
  const told = plain === id.toLowerCase() && plain.length <= MOST_ID ? plain : `${plain.slice(0, MOST_ID)}-${short(id)}`
  return `kuager-${told}-r${revision}`
}

/** Name of a bundle of measurements: the same ones give the same name. */
export const measurementsBundleName = (chosen: readonly ChosenMeasurement[]): string =>
  `kuager-measurements-${short(chosen.map(({ leaf, role }) => `${leaf} ${role}`).join('\n'))}`

const short = (text: string): string => hash('sha256', text).slice(0, 12)
