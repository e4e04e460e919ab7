import { setTimeout as pause } from 'node:timers/promises'
import { InputError } from '../../core/model/errors.ts'
import { openLog } from '../../runtime/log.ts'
import type { OpenFolder } from './open.ts'
import { recordTakeOver } from './log.ts'
import { logStudies } from './log-frozen.ts'
import { folderStudies } from '../observatory/studies.ts'

/** How often it is looked whether something is new. */
const LOOK_MS = 5000
/** After failures one after another the pause is doubled each time, up to this many looks. */
const MOST_LOOKS = 64

/** The log of a folder as it follows what comes in, until disposed. */
export interface LiveLog extends AsyncDisposable {
  /** Whether the last try to take in what is new failed by a fault of ours or of the disk. */
  readonly stalled: boolean
}

/**
 * Takes what comes into a folder into its log, which is begun with the first measurement: every 5 seconds where there
 * is something new, with nothing done where there is not. A folder that holds real and simulated measurements has no
 * log, and that is logged once. After a failure, a full disk say, the site stays, and the log is tried again, reopened
 * as at a start where a write failed.
 */
export function openLiveLog(
  folder: OpenFolder,
  {
    address,
    signal: stop,
    lookMs = LOOK_MS,
  }: { readonly address?: string; readonly signal: AbortSignal; readonly lookMs?: number },
): LiveLog {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, stop])
  const logger = openLog({ level: 'warn' })
  let said = ''
  let stalled = false
  const follow = async (): Promise<void> => {
    const archive = await folder.archive()
    const studies = { published: folderStudies(folder.path, { isPublic: false }), logged: new Set<string>() }
    let looks = 1
    for (let seen = 0; !signal.aborted;) {
      const size = archive.size
      if (size > seen)
        try {
          seen = await takeIn(folder, studies, address)
          said = ''
          stalled = false
          looks = 1
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error)
          // Logged once: it comes again and again until the folder is changed.
          if (message !== said) logger.error({ error }, 'the log takes nothing in')
          said = message
          const wrong = error instanceof InputError
          stalled = !wrong
          if (wrong) seen = size // nothing else to report before more comes
          looks = wrong ? 1 : Math.min(2 * looks, MOST_LOOKS)
        }
      await pause(lookMs * looks, undefined, { signal }).catch(() => undefined)
    }
  }
  const following = follow()
  following.catch(() => undefined) // thrown again where it is awaited
  return {
    get stalled() {
      return stalled
    },
    async [Symbol.asyncDispose]() {
      controller.abort()
      await following
    },
  }
}

/** Gives the size of the tree that is published then. */
async function takeIn(
  folder: OpenFolder,
  { published, logged }: { readonly published: ReturnType<typeof folderStudies>; readonly logged: Set<string> },
  address: string | undefined,
): Promise<number> {
  const log = await folder.log(address)
  await recordTakeOver(folder.logFolder, { custody: () => folder.custody(), origin: log.origin })
  await folder.logRevisions()
  await logStudies(log, await published(), logged)
  return (await log.sequence())?.size ?? 0
}
