import assert from 'node:assert/strict'
import { join } from 'node:path'
import { openFolder } from '../../../src/app/folder/open.ts'
import type { Edge, Incident } from '../../../src/core/model/incident/incident.ts'
import { instant, type Instant } from '../../../src/core/model/units.ts'
import type { RunInFolder } from './evening.ts'
import { testWorld } from '../servers/world.ts'

const EARLIER_MS = 5 * 3_600_000
const earlier = (at: Instant | undefined): Instant | undefined =>
  at === undefined ? undefined : instant(at - EARLIER_MS)

/** An edge five hours earlier. */
export function movedEdge(edge: Edge): Edge {
  const moved = (['median', 'lo50', 'hi50', 'lo95', 'hi95', 'flatMedian'] as const).flatMap((name) => {
    const at = earlier(edge[name])
    return at === undefined ? [] : [[name, at] as const]
  })
  return { ...edge, ...Object.fromEntries(moved), bracket: [earlier(edge.bracket[0]), earlier(edge.bracket[1])] }
}

/** An incident of the same series five hours earlier, at which nothing failed. */
export const movedIncident = (incident: Incident): Incident => ({
  ...incident,
  id: 'youtube-as64496-20261006T1013Z',
  start: movedEdge(incident.start),
  end: movedEdge(incident.end),
})

/** Publishes an incident that the measurements of the folder `data` do not show, has it withdrawn, and gives its id. */
export async function withdrawOne(cwd: string, run: RunInFolder): Promise<string> {
  const path = join(cwd, 'data')
  const moved = await (async () => {
    await using folder = await openFolder(
      { ...testWorld(cwd, () => undefined), env: { KUAGER_FOLDER: path } },
      path,
      'test',
    )
    const incidents = await folder.incidents()
    const [standing] = await incidents.current()
    assert.ok(standing !== undefined)
    const one = movedIncident({ ...standing, revision: 1, reason: 'first' })
    await incidents.publish([one], [])
    await folder.logRevisions()
    return one.id
  })()
  assert.equal((await run('detect', '--all')).exit, 0)
  return moved
}
