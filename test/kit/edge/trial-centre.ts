import { join } from 'node:path'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { millis, type Instant } from '../../../src/core/model/units.ts'
import { DeviceLinks } from '../../../src/pipeline/follow/edge/device-links.ts'
import { EdgeFollower, type FollowerParts } from '../../../src/pipeline/follow/edge/edge-follower.ts'
import type { ObjectStore } from '../../../src/runtime/objects/contract.ts'
import { openObjects } from '../../../src/runtime/objects/open-objects.ts'
import type { WorkerPool } from '../../../src/runtime/worker-pool.ts'
import type { Archive, Archived } from '../../../src/store/archive/contract.ts'
import { openArchive } from '../../../src/store/archive/open.ts'
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
export async function openTrialCentre(
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
