import { statSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import type { OthersRecord } from '../../core/model/tables/others.ts'
import { loadOthers, OTHERS_LISTS, warmOthers, type OthersCache } from '../../runtime/tables/others.ts'
import { othersReading } from '../observatory/others.ts'

/** Forms of files that hold outages. */
const FORMS = ['ioda-events', 'ioda-outages', 'ioda-signals', 'radar-outages'] as const

/**
 * Outages in `others/` of a data folder, as they are when asked for: a list or a file that has not changed is not read
 * again. A list of the operator that can no longer be read leaves the last good outages; a file of a follower that
 * cannot be read is left out, its outages too. `warn` hears of both. Files are read one after the other, with a rest
 * after each: the thread may answer readers. Throws InputError where the operator's own list cannot be read at first.
 */
export function folderOutages(
  folder: string,
  warn: (problem: string) => void,
): () => Promise<OthersRecord | undefined> {
  const place = join(folder, 'others')
  const cache: OthersCache = new Map()
  let version: string | undefined
  let known: OthersRecord | undefined
  return async () => {
    const now = OTHERS_LISTS.map((list) => statSync(join(place, list), { throwIfNoEntry: false })?.mtimeMs).join(' ')
    if (now === version) return known
    try {
      const onSetAside = (problem: InputError): void => warn(problem.message)
      const [reading, how] = [othersReading(), { cache, forms: FORMS }]
      await warmOthers(place, reading, how)
      known = loadOthers(place, reading, { ...how, onSetAside })
    } catch (error) {
      if (version === undefined || !(error instanceof InputError)) throw error
      warn(error.message)
    }
    version = now
    return known
  }
}
