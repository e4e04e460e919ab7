import { statSync } from 'node:fs'
import { join } from 'node:path'
import { outagesInSignals } from '../../core/detect/levels/outages-in.ts'
import { serviceOfHost } from '../../core/judge/judge.ts'
import { InputError } from '../../core/model/errors.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { OthersRecord } from '../../core/model/tables/others.ts'
import { systemClock, type Clock } from '../../runtime/clock.ts'
import { loadOthers, OTHERS_LISTS } from '../../runtime/tables/others.ts'
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

/**
 * What others measured, from `others/` of a data folder, else of its record (docs/formats/others.md); without parts
 * where there is neither. A server takes in what a follower fetched: the lists are looked at once a minute, and where
 * they cannot be read, the last good ones stay. Throws InputError for files that are not as described at the start.
 */
export function folderOthers(
  folder: string,
  record: string,
  clock: Pick<Clock, 'monotonic'> = systemClock,
): { readonly others: OthersRecord } {
  const options = othersReading()
  const places = [join(folder, 'others'), join(record, 'others')]
  const load = (): OthersRecord =>
    places.map((place) => loadOthers(place, options)).find((one) => one !== undefined) ?? {
      simulated: false,
      parts: [],
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
  const fresh = (): OthersRecord => {
    if (clock.monotonic() - looked < FRESH_MS) return known
    looked = clock.monotonic()
    const now = versions()
    if (now === version) return known
    version = now
    try {
      known = load()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
    }
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
  }
}
