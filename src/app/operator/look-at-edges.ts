import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { edgeStates, type EdgeState } from '../../pipeline/follow/edge/edge-state.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { CheckupFinding } from './checkup-finding.ts'

/** An edge that has not answered for so long is missed. */
const SILENT_MS = 10 * MINUTE_MS

/** What each edge that a folder follows needs; nothing where it follows none. */
export async function lookAtEdges(folder: string): Promise<readonly CheckupFinding[]> {
  return (await edgeStates(folder)).map((state) => {
    const finding = findingOf(state)
    return { about: 'edge', ...finding, found: `${state.origin}: ${finding.found}` }
  })
}

function findingOf(state: EdgeState): Omit<CheckupFinding, 'about'> {
  const { answered = 0, size, place, missed, erasures, stuck } = state
  const since = systemClock.now() - answered
  const behind = size - place.leaf
  if (since > SILENT_MS)
    return {
      state: 'bad',
      found: `no good answer for ${Math.round(since / HOUR_MS)} hours; ${place.leaf} entries were read`,
      todo: 'read the log of this server: it says why. If the edge was given up, remove its file from follow/',
    }
  if (missed.length > 0 || stuck !== undefined)
    return {
      state: 'bad',
      found: `${missed.length} entries passed over${stuck === undefined ? '' : `; entry ${stuck.leaf}: ${stuck.why}`}`,
      todo: 'run "kuager archive verify" on the edge, and put the damaged segment back from its bucket or backup',
    }
  if (erasures.length > 0)
    return {
      state: 'look',
      found: `${erasures.length} of its erasures wait`,
      todo: 'if no one asked for them, stop following this edge; at most 20 a day are done here',
    }
  return { state: 'good', found: `${place.leaf} entries read; ${behind} of its newest checkpoint left` }
}
