import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createLetterSite } from '../../letter/pages/site.ts'
import { clearFreedMemory } from '../../runtime/collect-garbage.ts'
import type { ServedLog } from '../../web/answer/log-routes.ts'
import { listen } from '../../web/listen.ts'
import { proveToCosigned, publishedPolicy } from '../observatory/served-log.ts'
import { openSenderRate } from '../web/sender-rate.ts'
import { readLetterAssets } from './assets.ts'
import type { LetterFolder } from './folder.ts'

/** How often it is looked what is due: batches, ends of letters, confirmations that came too late. */
const TICK_MS = 5000
/** A page takes one form, a proof of work and a second look: thousands are behind one address of an operator. */
const RATE = { perSecond: 50, burst: 3000 }

export interface LetterServing {
  readonly host: string
  readonly port: number
  readonly trustedProxies: readonly string[]
  readonly frame: { readonly origin?: string; readonly onion?: string }
  readonly signal: AbortSignal
}

/** Serves an open folder until the signal ends it, and does what is due meanwhile; `ready` gets the address. */
export async function serveLetter(
  folder: LetterFolder,
  { host, port, trustedProxies, frame, signal }: LetterServing,
  ready: (url: string) => void,
): Promise<void> {
  clearFreedMemory()
  const desk = await folder.desk()
  const { assets, tag, seals } = await readLetterAssets()
  const site = createLetterSite({
    desk,
    work: folder.work,
    transparency: () => letterLog(folder),
    frame: { ...frame, assets: tag, seals },
    assets,
    clock: folder.clock,
    log: folder.lines,
    rate: openSenderRate(folder.clock, trustedProxies, RATE),
    random: (bytes) => randomBytes(bytes),
  })
  await using server = await listen(site, { host, port, overwrites: true })
  ready(server.url)
  let said = ''
  while (!signal.aborted) {
    try {
      await desk.tick()
      said = ''
    } catch (error) {
      // Logged once: it comes again and again until there is room, for example.
      const what = error instanceof Error ? error.name + error.message : String(error)
      if (what !== said) folder.lines.error({ error }, 'what is due could not be done')
      said = what
    }
    await pause(TICK_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** The log as it is served; undefined before the first letter was published. */
async function letterLog(folder: LetterFolder): Promise<ServedLog | undefined> {
  const log = await folder.log()
  if (log === undefined) return undefined
  return {
    folder: log.folder,
    keys: log.keys,
    latest: () => log.latest(),
    policy: () => publishedPolicy(log, folder.logFolder),
    prove: (leaves) => proveToCosigned(log, folder.logFolder, leaves),
  }
}
