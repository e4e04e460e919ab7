import { setTimeout as pause } from 'node:timers/promises'
import type { HealthReason } from '../../core/model/health.ts'
import { openLog } from '../../runtime/log.ts'
import type { World } from '../../runtime/world.ts'
import { isWarehouseAway, unlessAway } from '../../store/warehouse/away.ts'
import { fingerprintFiles } from './fingerprint-files.ts'
import { completeRows } from './import-stores.ts'
import type { OpenFolder } from './open.ts'

const LOOK_MS = 5000

/** Whether the server of a warehouse answers, until disposed. */
export interface WarehouseWatch extends AsyncDisposable {
  readonly reasons: () => readonly HealthReason[]
}

/**
 * Completes the rows of a folder that is about to be served, and again whenever its warehouse was away and is back. A
 * warehouse that is away at the start is waited for: the archive takes in what comes. `onBack` is called after each.
 */
export async function watchWarehouse(
  folder: OpenFolder,
  world: World,
  onBack: () => Promise<void>,
): Promise<WarehouseWatch> {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, world.signal])
  const log = openLog({ level: 'warn' })
  const complete = async (): Promise<'complete'> => {
    await completeRows(folder, { ...world, signal }, { fingerprintFiles: fingerprintFiles([], world) })
    await onBack()
    return 'complete'
  }
  let isAway = (await unlessAway(complete(), 'away')) === 'away'
  const look = async (): Promise<void> => {
    try {
      await (await folder.warehouse()).reach()
      if (isAway) await complete()
      isAway = false
    } catch (error) {
      if (isWarehouseAway(error)) isAway = true
      else if (!signal.aborted) log.error({ error }, 'the warehouse could not be completed')
    }
  }
  const follow = async (): Promise<void> => {
    for (;;) {
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      await look()
    }
  }
  const following = follow()
  return {
    reasons: () => (isAway ? ['warehouse_away'] : []),
    async [Symbol.asyncDispose]() {
      controller.abort()
      await following
    },
  }
}
