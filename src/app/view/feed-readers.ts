import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS, SECOND_MS } from '../../core/model/duration.ts'
import type { HealthReason } from '../../core/model/health.ts'
import { backoff } from '../../runtime/backoff.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { openLog } from '../../runtime/log.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { systemChance } from '../../runtime/random.ts'
import { rememberedServer } from '../folder/warehouse-place.ts'
import type { OpenFolder } from '../folder/open.ts'
import { ViewShipper } from './ship-view.ts'

/** Time between two rounds. */
const EVERY_MS = 1_500
const AGAIN = { first: SECOND_MS, longest: 30 * SECOND_MS, jitter: [0.75, 1.25], random: systemChance } as const
/** After so long without a round that ended well an operator should look. */
const LATE_MS = 5 * MINUTE_MS
/** Parts that went away between a look and their reading: looked at again so often before it counts as a failure. */
const LOOKS = 4

interface FeedSettings {
  readonly store: ObjectStore
  /** Ships archive, log and journal as they are now. */
  readonly shipArchive: () => Promise<void>
  /** Leaves that are on the store. */
  readonly shipped: () => number
}

/**
 * Ships what readers without a folder show, round after round, until disposed. In each round the folder is looked at
 * first, then the archive is shipped, and last what was seen: what readers see is in the archive that they read.
 */
export function feedReaders(
  folder: Pick<OpenFolder, 'path' | 'archiveFolder' | 'warehouse'>,
  { store, shipArchive, shipped }: FeedSettings,
): AsyncDisposable & { readonly reasons: () => readonly HealthReason[] } {
  const log = openLog({ level: 'warn' })
  const stop = new AbortController()
  let goodAt: number = systemClock.monotonic()
  let shipper: ViewShipper | undefined

  async function round(): Promise<void> {
    await folder.warehouse() // its tables are there, and where they are is known
    shipper ??= new ViewShipper({
      ...{ store, log, folder: folder.path, tables: (await rememberedServer(folder.path)) === undefined },
    })
    for (let looks = 1; ; looks++)
      try {
        const begun = systemClock.monotonic()
        const seen = await shipper.look()
        await shipArchive()
        if (seen !== undefined) await shipper.publish(seen, await archiveState())
        goodAt = begun
        return
      } catch (error) {
        if (looks === LOOKS || !isMissing(error)) throw error
      }
  }

  async function archiveState(): Promise<string> {
    const erasures = await stat(join(folder.archiveFolder, 'erasures.log')).catch(() => undefined)
    return `${shipped()} ${erasures?.size ?? 0}`
  }

  async function follow(): Promise<void> {
    for (let failures = 0; !stop.signal.aborted;) {
      try {
        await round()
        if (failures > 0) log.warn({ failures }, 'what readers show is shipped again')
        failures = 0
      } catch (error) {
        if (stop.signal.aborted) return
        if (failures++ === 0) log.error({ error }, 'what readers show is not shipped: their pages get old')
      }
      const wait = failures === 0 ? EVERY_MS : backoff(failures, AGAIN)
      await pause(wait, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }

  const following = follow()
  return {
    reasons: () => (systemClock.monotonic() - goodAt > LATE_MS ? ['shipping_late'] : []),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await following
    },
  }
}
