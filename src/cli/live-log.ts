import { setTimeout as pause } from 'node:timers/promises'
import { InputError } from '../model/errors.ts'
import { openLog } from '../sys/log.ts'
import type { OpenFolder } from './folder.ts'

/** How often it is looked whether something is new. */
const LOOK_MS = 5000

/** The log of a folder as it follows what comes in, until disposed. */
export type LiveLog = AsyncDisposable

/**
 * Takes what comes into a folder into its log, which is begun with the first measurement: every 5 seconds where there is
 * something new, with nothing done where there is not. A folder that holds real and simulated measurements has no log,
 * and it is said once. After a write that failed the log refuses everything until the next start, and the site stays.
 */
export function openLiveLog(
  folder: OpenFolder,
  { address, signal: stop }: { readonly address?: string; readonly signal: AbortSignal },
): LiveLog {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, stop])
  const logger = openLog({ level: 'warn' })
  let said = ''
  const follow = async (): Promise<void> => {
    const archive = await folder.archive()
    for (let seen = 0; !signal.aborted;) {
      const size = archive.size
      if (size > seen)
        try {
          seen = await takeIn(folder, address)
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error)
          // Said once: it comes again and again until somebody changes the folder, or the next start.
          if (message !== said) logger.error({ error }, 'the log takes nothing in')
          said = message
          if (error instanceof InputError) seen = size // nothing else to be said of it before more comes
        }
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  const following = follow()
  following.catch(() => undefined) // thrown again where it is awaited
  return {
    async [Symbol.asyncDispose]() {
      controller.abort()
      await following
    },
  }
}

/** Gives the size of the tree that is published then. */
async function takeIn(folder: OpenFolder, address: string | undefined): Promise<number> {
  const log = await folder.log(address)
  await folder.logRevisions()
  return (await log.sequence())?.size ?? 0
}
