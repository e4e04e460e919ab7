import type { Incident } from '../../model/incident/incident.ts'
import { encodeIncident } from '../../model/incident/incident-wire.ts'
import type { Sha256 } from '../../model/units.ts'
import { encodeCanonical } from '../canonical-json.ts'

const ID = /^[0-9a-f]{64}$/

/** What stands for a measurement that is no longer here, as the journal of incidents has it. */
const ERASED = 'erased'

/**
 * A revision as it is logged (docs/formats/bundle.md): canonical JSON of its JSON form, in which every measurement is
 * named by its leaf. So an erasure changes no logged byte and names no one. `leafOf` gives the leaf of a measurement;
 * one that was erased before its revision was logged is named nowhere.
 */
export function encodeLoggedRevision(incident: Incident, leafOf: (id: Sha256) => number | undefined): Uint8Array {
  const leaves = incident.measurements.flatMap((id) => leafOf(id) ?? []).toSorted((a, b) => a - b)
  const named = {
    ...incident,
    measurements: [],
    cause: {
      ...incident.cause,
      items: incident.cause.items.map((item) => ({ ...item, source: leafSource(item.source, leafOf) })),
    },
  }
  // Through JSON: a member that is absent in the model is none on the wire.
  const wire: unknown = JSON.parse(JSON.stringify({ ...encodeIncident(named), measurements: leaves }))
  return new TextEncoder().encode(encodeCanonical(wire))
}

function leafSource(source: string, leafOf: (id: Sha256) => number | undefined): string {
  if (!ID.test(source)) return source
  const leaf = leafOf(source as Sha256)
  return leaf === undefined ? ERASED : `leaf:${leaf}`
}
