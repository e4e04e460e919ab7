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
 * and it is said once. What breaks on the disk ends it, and the site stays; the next start looks at what is there.
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
          if (!(error instanceof InputError))
            return logger.error({ error }, 'the log stands still until the next start')
          // Said once: it is refused again and again until somebody changes the folder.
          if (error.message !== said) logger.warn({ error }, 'the log takes nothing in')
          said = error.message
          seen = size
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
