import { DAY_MS } from '../../core/model/duration.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Dirent } from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readLines } from '../../core/evidence/verify/source/read-lines.ts'
import { bundleMeasurementSchema, type BundleMeasurement } from '../../core/model/incident/bundle.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { isMissing, REAL_DISK } from '../../runtime/files/disk.ts'
import { UNFINISHED } from '../../runtime/files/durable-file.ts'
import { openBundle } from './open-bundle.ts'
import { BUNDLES_FOLDER } from '../observatory/bundles.ts'

const INDEX = 'data/measurements.jsonl'
const ENDING = '.zip'
/** No writing takes so long: what is older was left by a crash. */
const LEFT_MS = DAY_MS

export interface Withdrawn {
  /** Names of the bundles that held the measurement and are gone. */
  readonly withdrawn: readonly string[]
  /**
   * Names of files of which it could not be read what they hold; they stay where they were, for a person to check.
   */
  readonly unread: readonly string[]
}

/**
 * Removes every published bundle of a data folder that holds a measurement, durably: what was erased must no longer be
 * served. `onWithdrawn` is called for each before it goes, so that none goes unrecorded. What an interrupted writing
 * left there a day ago or earlier goes too, with any content. Throws what the disk throws; done again, it continues
 * where it was stopped.
 */
export async function withdrawBundles(
  folder: string,
  id: Sha256,
  { signal, onWithdrawn }: { readonly signal: AbortSignal; readonly onWithdrawn: (name: string) => Promise<void> },
): Promise<Withdrawn> {
  const root = join(folder, BUNDLES_FOLDER)
  const withdrawn: string[] = []
  const unread: string[] = []
  await removeLeft(root)
  for (const file of await filesIn(root)) {
    const name = file.slice(0, -ENDING.length)
    const held = await holds(join(root, file), id, signal)
    // A writing that saw the erasure itself removes its bundle meanwhile (pipeline/bundle/make-bundle.ts).
    if (held === undefined && (await lastChanged(join(root, file))) !== undefined) unread.push(name)
    if (held !== true) continue
    await onWithdrawn(name)
    await rm(join(root, file), { force: true })
    withdrawn.push(name)
  }
  if (withdrawn.length > 0) await REAL_DISK.syncFolder(root)
  return { withdrawn, unread }
}

async function removeLeft(root: string): Promise<void> {
  for (const { name } of await entriesIn(root)) {
    if (!name.endsWith(UNFINISHED)) continue
    const path = join(root, name)
    const changed = await lastChanged(path)
    if (changed !== undefined && systemClock.now() - changed > LEFT_MS) await rm(path, { recursive: true, force: true })
  }
}

/** When something was last written there; undefined where nothing is, as after a writing that ended meanwhile. */
async function lastChanged(path: string): Promise<number | undefined> {
  try {
    return (await lstat(path)).mtimeMs
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const filesIn = async (root: string): Promise<readonly string[]> =>
  (await entriesIn(root))
    .filter((entry) => entry.isFile() && entry.name.endsWith(ENDING))
    .map(({ name }) => name)
    .toSorted()

async function entriesIn(root: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(root, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/**
 * Whether a bundle has a line of a measurement; undefined where it cannot be read. A line of another form than ours, of
 * another version say, has it where it names it: such a bundle may well be served.
 */
async function holds(path: string, id: Sha256, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    await using opened = await openBundle(path, '', signal)
    if (opened.source === undefined) return undefined
    let isRead = true
    for await (const bytes of readLines(opened.source.chunks(INDEX))) {
      const line = new TextDecoder().decode(bytes)
      const known = measurementOf(line)
      if (known === undefined ? line.includes(id) : known.id === id) return true
      isRead &&= known !== undefined
    }
    return isRead ? false : undefined
  } catch (error) {
    if (error instanceof InputError || isMissing(error)) return undefined
    throw error
  }
}

function measurementOf(line: string): BundleMeasurement | undefined {
  try {
    return bundleMeasurementSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined // no JSON
  }
}
