import type { DetectedIncident } from '../../core/model/incident/incident.ts'
import type { Asn } from '../../core/model/units.ts'
import { windowOf } from '../../core/derive/window.ts'

/**
 * `youtube-as9198-20250115T1502Z`: service, network, first failed observation (else the median start). A service of
 * other signs (`web:шай.kz`) keeps its letters, digits, points and hyphens. Where the id is taken, `-2` and so on follow.
 */
export function incidentId(
  series: { readonly service: string; readonly asn: Asn },
  detected: Pick<DetectedIncident, 'start' | 'end' | 'running'>,
  taken: { has(id: string): boolean },
): string {
  const service = series.service
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .slice(0, 80)
  const first = detected.start.bracket[1] ?? windowOf(detected).from
  const minute = new Date(first).toISOString().slice(0, 16).replace(/[-:]/g, '')
  const plain = `${service}-as${series.asn}-${minute}Z`
  if (!taken.has(plain)) return plain
  for (let number = 2; ; number++) if (!taken.has(`${plain}-${number}`)) return `${plain}-${number}`
}
