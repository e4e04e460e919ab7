import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { millis, parseInstant, type Instant, type Sha256 } from '../../../src/core/model/units.ts'
import { openCheckPool } from '../../../src/pipeline/follow/edge/check-pool.ts'
import { DeviceLinks } from '../../../src/pipeline/follow/edge/device-links.ts'
import { EdgeFollower, type FollowerParts } from '../../../src/pipeline/follow/edge/edge-follower.ts'
import type { ObjectStore } from '../../../src/runtime/objects/contract.ts'
import { openObjects } from '../../../src/runtime/objects/open-objects.ts'
import type { WorkerPool } from '../../../src/runtime/worker-pool.ts'
import type { Archive, Archived } from '../../../src/store/archive/contract.ts'
import { openArchive } from '../../../src/store/archive/open.ts'
import { makeEdge, type MadeEdge, type MadeEdgeOptions } from './made-edge.ts'
import type { Sighting } from '../../../src/store/seen-values/contract.ts'

/** A centre: an archive that follows edges, without a warehouse. */
export interface Centre extends AsyncDisposable {
  readonly folder: string
  readonly archive: Archive
  readonly lines: string[]
  readonly judged: number[]
  readonly sightings: Sighting[]
  now: Instant
  follow(address: string | ObjectStore, options?: { keys?: readonly string[] } & Partial<FollowerParts>): EdgeFollower
  measurements(): Promise<readonly Extract<Archived, { kind: 'blob' }>[]>
}

/** Opens one in a folder, which is made where it is missing. */
async function openTrialCentre(
  folder: string,
  { pool, now }: { readonly pool: WorkerPool; readonly now: Instant },
): Promise<Centre> {
  const archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  const devices = await DeviceLinks.open(folder)
  const followers: EdgeFollower[] = []
  const centre: Centre = {
    ...{ folder, archive, lines: [], judged: [], sightings: [], now },
    follow(address, { keys = [], ...more } = {}) {
      const store = typeof address === 'string' ? openObjects(address, {}) : address
      const follower = new EdgeFollower(
        {
          ...{ folder, archive, pool, devices, signal: new AbortController().signal },
          seen: { secret: Buffer.alloc(32), note: (seen) => void centre.sightings.push(...seen) },
          clock: { now: () => centre.now, monotonic: () => millis(0) },
          realm: () => Promise.resolve('real'),
          ownOrigin: () => Promise.resolve('log.invalid/own'),
          ownLabel: () => undefined,
          onAdded: (added) => void centre.judged.push(...added.map(({ leafIndex }) => leafIndex)),
          async erase(leaf, reason) {
            const found = await archive.readLeaf(leaf)
            if (found?.kind === 'blob') await archive.erase(found.provenance.id, reason, centre.now)
          },
          hasRoom: () => true,
          onLine: (line) => void centre.lines.push(line),
          ...more,
        },
        { store, keys },
      )
      followers.push(follower)
      return follower
    },
    async measurements() {
      const found: Extract<Archived, { kind: 'blob' }>[] = []
      for await (const one of archive.scan(0)) if (one.kind === 'blob') found.push(one)
      return found
    },
    async [Symbol.asyncDispose]() {
      for (const follower of followers) await follower[Symbol.asyncDispose]()
      await devices[Symbol.asyncDispose]()
      await archive[Symbol.asyncDispose]()
    },
  }
  return centre
}

/** Ids of the measurements of a centre. */
export const idsOf = async (centre: Centre): Promise<readonly Sha256[]> =>
  (await centre.measurements()).map(({ provenance }) => provenance.id)

/** When logs of edges begin in trials, when it is, and when their measurements started. */
export const BEGUN = parseInstant('2026-11-25 10:00:00')
export const NOW = parseInstant('2026-11-25 12:00:00')
export const STARTED = '2026-11-25 11:50:00'

/** Edges and centres for the tests of one file, in a folder that is there while they run. */
export function openTrials(): {
  /** A path in the folder. */
  place(name: string): string
  openCentre(name: string): Promise<Centre>
  edgeAt(name: string, options?: Partial<MadeEdgeOptions>): Promise<MadeEdge>
} {
  let root = ''
  let pool: WorkerPool
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-edge-'))
    pool = openCheckPool(1)
  })
  after(async () => {
    await pool[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })
  const place = (name: string): string => join(root, name)
  return {
    place,
    openCentre: (name) => openTrialCentre(place(name), { pool, now: NOW }),
    edgeAt: (name, options = {}) => makeEdge(place(name), { begunAt: BEGUN, ...options }),
  }
}
