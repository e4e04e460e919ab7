import { statSync } from 'node:fs'
import { join } from 'node:path'
import { outagesInSignals } from '../../core/detect/levels/outages-in.ts'
import { serviceOfHost } from '../../core/judge/judge.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { OthersRecord } from '../../core/model/tables/others.ts'
import { systemClock, type Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { loadOthers, OTHERS_LISTS, warmOthers, type OthersCache } from '../../runtime/tables/others.ts'
import type { OthersOptions } from '../../runtime/tables/others-answer.ts'
import { loadTables } from '../../runtime/tables/tables.ts'

const COUNTRY = { code: 'KZ', name: 'Kazakhstan' } as const

/** How often it is looked whether a follower fetched something new. */
const FRESH_MS = MINUTE_MS

/** How answers of others are read: which service a host or a test is about, whose outages count. */
export function othersReading(): OthersOptions {
  const { services } = loadTables()
  return {
    country: COUNTRY,
    outagesIn: outagesInSignals,
    serviceOf: ({ host, test }) => {
      const byTest = test === undefined ? undefined : services.find(({ tests }) => tests.includes(test))
      if (byTest !== undefined) return byTest.id
      return host === undefined ? undefined : (serviceOfHost(host, services)?.id ?? `web:${host}`)
    },
  }
}

export interface FolderOthers {
  readonly others: OthersRecord
  /** Whether something of what a follower fetched is set aside, or a list cannot be read and the last good one stays. */
  readonly lacksOthers: () => boolean
  /** Resolves when what has changed, if anything was being read, is shown. */
  settled(): Promise<void>
}

/**
 * What others measured, from `others/` of a data folder, else of its record (docs/formats/others.md); without parts
 * where there is neither. A server takes in what a follower fetched: the lists are looked at once a minute, files that
 * changed are read one after the other while pages have the last good ones. What is wrong with a file of a follower is
 * logged and set aside. Throws InputError for files of the operator that are not as described at the start.
 */
export function folderOthers(
  folder: string,
  record: string,
  { clock = systemClock, log }: { readonly clock?: Pick<Clock, 'monotonic'>; readonly log: Pick<Log, 'error'> },
): FolderOthers {
  const options = othersReading()
  const places = [join(folder, 'others'), join(record, 'others')]
  const caches = places.map((): OthersCache => new Map())
  let isLacking = false
  const tell = (problem: InputError, message: string): void => {
    isLacking = true
    log.error({ file: problem.path, found: problem.message }, message)
  }
  const load = (): OthersRecord => {
    isLacking = false
    const onSetAside = (problem: InputError): void => tell(problem, 'a file of what others measured is set aside')
    for (const [i, place] of places.entries()) {
      const found = loadOthers(place, options, { onSetAside, ...defined({ cache: caches[i] }) })
      if (found !== undefined) return found
    }
    return { simulated: false, parts: [] }
  }
  const versions = (): string =>
    places
      .flatMap((place) =>
        OTHERS_LISTS.map((list) => statSync(join(place, list), { throwIfNoEntry: false })?.mtimeMs ?? 0),
      )
      .join(' ')
  let version = versions()
  let known = load()
  let looked = clock.monotonic()
  let reading: Promise<void> | undefined
  const readAgain = async (): Promise<void> => {
    for (const [i, place] of places.entries()) await warmOthers(place, options, { cache: caches[i] ?? new Map() })
    try {
      known = load()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      tell(error, 'what others measured cannot be read: the last good lists stay')
    }
  }
  const fresh = (): OthersRecord => {
    if (reading !== undefined || clock.monotonic() - looked < FRESH_MS) return known
    looked = clock.monotonic()
    const now = versions()
    if (now === version) return known
    version = now
    reading = readAgain()
      .catch((error: unknown) => {
        isLacking = true
        log.error({ error }, 'what others measured cannot be read: the last good lists stay')
      })
      .finally(() => (reading = undefined))
    return known
  }
  return {
    others: {
      get simulated() {
        return fresh().simulated
      },
      get parts() {
        return fresh().parts
      },
    },
    lacksOthers: () => isLacking,
    settled: async () => reading,
  }
}
