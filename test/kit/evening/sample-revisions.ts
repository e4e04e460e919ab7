import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { groupEpisodes } from '../../../src/core/detect/shown/group.ts'
import { incidentImpact } from '../../../src/core/detect/shown/impact.ts'
import { parseDerivationTables } from '../../../src/core/derive/derivation-tables.ts'
import type { Episode, Incident } from '../../../src/core/model/incident/incident.ts'
import { instant, type Instant } from '../../../src/core/model/units.ts'
import { Detection } from '../../../src/pipeline/detect/detection.ts'
import { digest } from '../../../src/pipeline/judge/judge-bytes.ts'
import { openIncidents } from '../../../src/store/incidents/open.ts'
import { readDerivationFiles } from '../../../src/runtime/tables/derivation-files.ts'
import { loadImpactTable } from '../../../src/runtime/tables/impact-table.ts'
import { MemoryDetectWarehouse, memorySources } from '../stores/memory-detection.ts'
import { evening, eveningRows, PUBLISHED } from './sample-evening.ts'

/** When something was published: at the end of the evening, and whenever late measurements had come. */
const LOOKED: readonly Instant[] = [PUBLISHED, evening('18:20:00'), evening('20:30:00')]

/** What the detector of this program publishes of the evening of sample-evening.ts, as its measurements arrive. */
export async function publishEvening(): Promise<{
  readonly revisions: readonly Incident[]
  readonly episodes: readonly Episode[]
}> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-evening-'))
  try {
    await using incidents = await openIncidents(join(folder, 'incidents'))
    const warehouse = new MemoryDetectWarehouse()
    const people = loadImpactTable()
    let now = PUBLISHED
    const sources = memorySources({ warehouse, incidents, statePath: join(folder, 'state.json'), now: () => now })
    const detection = new Detection({
      ...sources,
      group: groupEpisodes,
      tables: {
        ...parseDerivationTables(readDerivationFiles(), digest).weigh,
        networkOwner: (asn) => `owner-of-${asn}`,
        impact: (detected, series, until) =>
          incidentImpact({ ...detected, ...series }, people, { zone: sources.settings.zone, until }),
      },
    })
    const rows = eveningRows()
    const { signal } = new AbortController()
    const revisions: Incident[] = []
    let from = instant(0)
    for (const until of LOOKED) {
      warehouse.insert(rows.filter(({ provenance: { receivedAt } }) => receivedAt >= from && receivedAt < until))
      now = until
      revisions.push(...(await detection.run(from === 0 ? 'all' : 'changed', { signal })).revisions)
      from = until
    }
    return { revisions, episodes: await incidents.episodes() }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
