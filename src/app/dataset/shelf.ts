import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import type { Clock } from '../../runtime/clock.ts'
import { filesOf, type DatasetFile, type DatasetShelf } from '../../site/dataset/contract.ts'
import { sendPart } from '../web/file-stream.ts'
import { readingPlaces } from '../web/reading-places.ts'
import { parseMonthRecord, type MonthRecord } from './month-record.ts'

/** Folder of files for researchers within a data folder: `datasets/<real|simulated>/<month>/`. */
export const DATASETS_FOLDER = 'datasets'
/** What is known of the files of a month: the only file that says which there are. */
export const MONTH_RECORD = 'month.json'
/** How long a look into the folders holds. */
const FRESH_MS = 30_000
/** Files that are read at once, by all and by one part of the network: each is open as long as its reader takes. */
const MOST_READ = 48
const MOST_READ_OF_ONE = 4

/** Where the files of a month are. */
export const monthFolder = (data: string, { simulated, month }: Pick<MonthRecord, 'simulated' | 'month'>): string =>
  join(data, DATASETS_FOLDER, simulated ? 'simulated' : 'real', month)

/** Records of the months of a data folder, the newest first. Throws where one is not readable. */
export async function readMonths(data: string, simulated: boolean): Promise<readonly MonthRecord[]> {
  const names = await namesIn(join(monthFolder(data, { simulated, month: '' })))
  const records = names
    .filter((name) => /^\d{4}-\d{2}$/.test(name))
    .map((month) => readWhole(join(monthFolder(data, { simulated, month }), MONTH_RECORD)))
  const texts = (await Promise.all(records)).filter((bytes) => bytes !== undefined)
  return texts.map((bytes) => parseMonthRecord(bytes.toString())).toSorted((a, b) => (a.month < b.month ? 1 : -1))
}

/** Names in a folder; none where it does not exist. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Files for researchers as they are on the disk; `isPublic` leaves simulated ones out. */
export function folderDatasets(
  data: string,
  { isPublic, clock }: { readonly isPublic: boolean; readonly clock: Pick<Clock, 'monotonic'> },
): DatasetShelf {
  const look = async (): Promise<readonly MonthRecord[]> => [
    ...(await readMonths(data, false)),
    ...(isPublic ? [] : await readMonths(data, true)),
  ]
  let held: { readonly list: Promise<readonly MonthRecord[]>; readonly until: number } | undefined
  const months = (): Promise<readonly MonthRecord[]> => {
    if (held === undefined || clock.monotonic() >= held.until) {
      const list = look()
      held = { list, until: clock.monotonic() + FRESH_MS }
      list.catch(() => (held = undefined))
    }
    return held.list
  }
  const placeOf = async (name: string): Promise<readonly [MonthRecord, DatasetFile] | undefined> => {
    for (const month of await months()) {
      const file = filesOf(month).find((one) => one.name === name)
      if (file !== undefined) return [month, file]
    }
    return undefined
  }
  const take = readingPlaces({ all: MOST_READ, ofOne: MOST_READ_OF_ONE })
  return {
    months,
    again: () => void (held = undefined),
    find: async (name) => (await placeOf(name))?.[1],
    async open(name, part, from = '') {
      const place = await placeOf(name)
      if (place === undefined) return undefined
      return sendPart(join(monthFolder(data, place[0]), name), { part, take, from })
    },
  }
}
