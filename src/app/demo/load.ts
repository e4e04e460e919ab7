import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { World } from '../../runtime/world.ts'
import { Fault } from '../../core/model/errors.ts'
import { importMeasurements } from '../../pipeline/import/import.ts'
import { withImportStores } from '../folder/import-stores.ts'
import type { OpenFolder } from '../folder/open.ts'
import { writeHistoryInThread } from './history-thread.ts'
import { foreignFolder, orMissing, parseText } from './marker.ts'
import type { DemoPart } from './story.ts'

/** Hears how far a part of the preparation is: a share of 1, and what is being done. */
export type TellPreparation = (share: number, doing: string) => void

/** Of the work on a part, the share that is done when it is simulated; the rest is judging and storing. */
const SIMULATED = 0.2

/** Simulates into the folder and imports; what an interrupted start left is used or made again. */
export async function loadPart(
  folder: OpenFolder,
  { name, options }: DemoPart,
  world: World,
  tell: TellPreparation,
): Promise<number> {
  const { signal } = world
  const source = join(folder.path, name)
  const simulate = async (): Promise<number> => {
    await rm(source, { recursive: true, force: true })
    const what = options.days === 1 ? 'simulating an evening' : `simulating ${options.days} days`
    const onProgress = (written: number, expected: number): void =>
      tell((SIMULATED * written) / expected, `${what}: ${written} of about ${expected} measurements`)
    tell(0, what)
    return writeHistoryInThread({ options, folder: source }, { signal, onProgress })
  }
  const expected = (await readCount(source)) ?? (await simulate())
  const { tally } = await withImportStores(world, folder, { fingerprintFiles: [] }, (stores) =>
    importMeasurements(join(source, 'measurements'), stores, {
      signal,
      channel: 'simulator',
      onProgress: ({ tally: now }) => {
        const here = now.added + now.known
        tell(
          SIMULATED + (1 - SIMULATED) * (here / expected),
          `judging and storing: ${here} of ${expected} measurements`,
        )
      },
    }),
  )
  signal.throwIfAborted()
  const here = tally.added + tally.known
  if (here !== expected)
    throw new Fault(`Cannot load what was simulated: ${expected} measurements written, ${here} stored`)
  return here
}

/** Number of measurements of a finished history; undefined where there is none. */
async function readCount(source: string): Promise<number | undefined> {
  const text = await orMissing(readFile(join(source, 'truth.json'), 'utf8'))
  return text === undefined ? undefined : z.object({ measurements: z.int() }).parse(parseText(text)).measurements
}

/** Real measurements may have been imported into the folder since: they are not shown among simulated ones. */
export async function refuseRealRows(folder: OpenFolder): Promise<void> {
  const warehouse = await folder.warehouse()
  if (await warehouse.hasReal()) throw foreignFolder(folder.path, 'it holds measurements that are not simulated')
}
