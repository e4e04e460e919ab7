import { parseSubmittedBy } from '../../core/model/standing.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { printable } from '../../core/text/printable.ts'
import { recordErasures } from '../../pipeline/custody/record-erasures.ts'
import { edgeMark, edgeStates } from '../../pipeline/follow/edge/edge-state.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { World } from '../../runtime/world.ts'
import type { Archived } from '../../store/archive/contract.ts'
import { folderDetection } from '../folder/detection.ts'
import type { OpenFolder } from '../folder/open.ts'
import { withdrawBundles } from './withdraw-bundles.ts'

/**
 * Erases a measurement of a held folder, and everything that was derived from it; gives what a person has to know. After
 * a crash the same call does the rest. `sinceEdge`: an edge has erased it.
 */
export async function eraseMeasurement(
  folder: OpenFolder,
  world: World,
  wanted: { readonly id: Sha256; readonly reason: string; readonly sinceEdge?: true },
): Promise<readonly string[]> {
  const archive = await folder.archive()
  const elsewhere = wanted.sinceEdge === true ? [] : await onEdges(folder, await archive.read(wanted.id))
  await archive.erase(wanted.id, wanted.reason, systemClock.now())
  ;(await folder.seenValues()).forget(archive.erasedLeaves)
  await recordErasures(archive, await folder.custody())
  const said = await withdraw(folder, world, wanted.id)
  // The archive first: it is the truth. Where the second step fails, the same command does it again.
  await (await folder.warehouse()).remove(wanted.id)
  try {
    // An incident that rested on it is revised for that reason; a later detection does it where this one cannot.
    const detection = await folderDetection(folder, world)
    await detection.run('changed', { signal: world.signal })
  } finally {
    await (await folder.incidents()).forget([wanted.id])
  }
  return [`Erased measurement ${wanted.id}`, ...elsewhere, ...said]
}

/** An erasure here reaches no edge: the operator does it there too. */
async function onEdges(folder: OpenFolder, found: Archived | undefined): Promise<readonly string[]> {
  const edges = await edgeStates(folder.path)
  if (edges.length === 0 || found === undefined || !('provenance' in found)) return []
  const mark = found.provenance.channel === 'collector' ? parseSubmittedBy(found.provenance.origin)?.edge : undefined
  const edge = edges.find((one) => edgeMark(one) === mark)
  const others = edges.filter((one) => one !== edge).map(({ origin }) => origin)
  return [
    ...(edge === undefined ? [] : [`The edge "${edge.origin}" received it: erase it there too`]),
    ...(others.length === 0 ? [] : [`Other edges may have it as well: ${others.join(', ')}`]),
  ]
}

/** Longest id that an event of custody takes; names of bundles that the program gives are shorter. */
const MOST_NAME = 200

/** Removes published bundles that hold an erased measurement and records that; gives what a person has to know. */
async function withdraw(folder: OpenFolder, world: World, id: Sha256): Promise<readonly string[]> {
  const custody = await folder.custody()
  const { withdrawn, unread } = await withdrawBundles(folder.path, id, {
    signal: world.signal,
    onWithdrawn: async (name) => {
      await custody.record({
        type: 'erased',
        evidence: { kind: 'bundle', id: name.slice(0, MOST_NAME) },
        actor: 'operator',
        reason: 'a measurement in it was erased',
        detail: {},
      })
    },
  })
  let exports = 0
  for await (const { event } of custody.events()) if (event.type === 'exported') exports++
  return [
    ...withdrawn.map(
      (name) => `Removed the published bundle ${name}, which held it; "kuager bundle --publish" writes one without it`,
    ),
    ...unread.map(
      (name) =>
        `Not a bundle that can be read: bundles/${printable(name)}.zip; remove it if it may hold the measurement`,
    ),
    ...(exports === 0 ? [] : [`Copies handed out before are not called back: "kuager custody list" names ${exports}`]),
  ]
}
