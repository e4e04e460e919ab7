import { Fault } from '../../core/model/errors.ts'
import { RateLimit } from '../../runtime/sender/rate.ts'
import type { SavedChecks } from '../../site/check/saved-route.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { OpenFolder } from '../folder/open.ts'
import { openSenderRate } from '../web/sender-rate.ts'

/** Sixty at once and one every ten seconds after them: thousands are behind one address of a mobile operator. */
const OF_ONE = { perSecond: 0.1, burst: 60 }
/** What a flood from many addresses can add to a log: 120 a minute, each some hundred bytes, permanently. */
const OF_ALL = { perSecond: 2, burst: 120 }
const EVERYBODY = 'everybody'

/** Takes digests of checks that people keep into the log of an open folder. `isPublic`: into none of simulated data. */
export function folderSavedChecks(
  folder: Pick<OpenFolder, 'begunLog' | 'archive'>,
  {
    clock,
    trustedProxies,
    isPublic,
  }: { readonly clock: Clock; readonly trustedProxies: readonly string[]; readonly isPublic: boolean },
): SavedChecks {
  const all = new RateLimit(clock, OF_ALL)
  return {
    rate: openSenderRate(clock, trustedProxies, OF_ONE),
    takeOfAll: () => all.take(EVERYBODY),
    async log(entry) {
      const log = await folder.begunLog()
      if (log === undefined || (isPublic && log.simulated)) return undefined
      const archive = await folder.archive()
      const { size } = archive
      const { leafIndex } = await log.append('saved-check', entry, clock.now())
      for await (const leaf of archive.leaves(leafIndex, leafIndex + 1))
        return { leafIndex, leaf, isNew: leafIndex >= size }
      throw new Fault(`Cannot log a saved check: the archive gives no leaf ${leafIndex}`)
    },
  }
}
