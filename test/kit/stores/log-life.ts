import assert from 'node:assert/strict'
import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../../../src/core/evidence/log/checkpoint.ts'
import { hashLeaf, rootOf, sameBytes } from '../../../src/core/evidence/log/merkle.ts'
import { instant } from '../../../src/core/model/units.ts'
import { checkLog } from '../../../src/pipeline/log/check-log.ts'
import type { TransparencyLog } from '../../../src/pipeline/log/contract.ts'
import { logFolder } from '../../../src/pipeline/log/log-folder.ts'
import { openTransparencyLog } from '../../../src/pipeline/log/open-log.ts'
import { isMissing, type Disk } from '../../../src/runtime/files/disk.ts'
import { readWhole } from '../../../src/runtime/files/durable-file.ts'
import { sha256, verifyEd25519 } from '../../../src/runtime/ed25519.ts'
import type { LeafArchive } from './leaf-archive.ts'

// A short life of a log with everything in it that changes the disk, and what must hold however it was cut off.

const AT = instant(1_772_700_000_000)
/** Seeds of the keys, the same in every run: so the same tree gives the same signature. */
const seeds = (): (() => Uint8Array) => {
  let nth = 0
  return () => sha256(Buffer.from(`seed ${nth++}`))
}
/** Of the sizes that the life publishes, one fills a tile and one fills two levels. */
export const SIZES = [1, 3, 255, 256, 300] as const

const open = (folder: string, disk: Disk, archive: LeafArchive): Promise<TransparencyLog> =>
  openTransparencyLog(folder, { archive, disk, begin: { simulated: false, at: AT }, makeSeed: seeds() })

/** Begins a log, publishes checkpoints, changes and retires a key, opens it again; `saw` is told of every one published. */
export async function liveLog(
  folder: string,
  disk: Disk,
  archive: LeafArchive,
  saw: (checkpoint: Checkpoint) => void,
): Promise<void> {
  const tell = async (log: TransparencyLog): Promise<void> => {
    const latest = await log.sequence()
    if (latest !== undefined) saw(latest)
  }
  {
    await using log = await open(folder, disk, archive)
    for (const size of SIZES.slice(0, 3)) {
      archive.growTo(size)
      await tell(log)
    }
    await log.rotate(AT)
    await tell(log)
  }
  await using log = await open(folder, disk, archive)
  for (const size of SIZES.slice(3)) {
    archive.growTo(size)
    await tell(log)
  }
  await log.retire(AT)
  archive.growTo(SIZES[4] + 1)
  await tell(log)
}

/** The checkpoint that anybody would be served now, if the disk holds a whole one; that is one which was seen. */
export async function servedNow(folder: string, disk: Disk): Promise<Checkpoint | undefined> {
  try {
    const bytes = await readWhole(logFolder(folder).checkpoint, disk)
    return bytes === undefined ? undefined : parseCheckpoint(bytes)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * Opens what was left of a log and holds it against every checkpoint that anybody saw: the tree goes on from all of
 * them. `seen` gets what is published here.
 */
export async function checkLogSurvivor(
  folder: string,
  disk: Disk,
  archive: LeafArchive,
  seen: Checkpoint[],
): Promise<void> {
  const served = await servedNow(folder, disk)
  if (served !== undefined) seen.push(served)
  await using log = await open(folder, disk, archive)
  const first = await log.sequence()
  if (first !== undefined) seen.push(first)
  archive.growTo(archive.size + 5)
  const second = await log.sequence()
  assert.ok(second !== undefined)
  seen.push(second)
  assert.equal(second.size, archive.size)
  await holdTogether(log, archive, seen)
  const problems: object[] = []
  await checkLog(folder, {
    archive,
    disk,
    signal: new AbortController().signal,
    onProblem: (problem) => problems.push(problem),
  })
  assert.deepEqual(problems, [])
}

/** Every checkpoint is the true root of its first leaves, signed by a key of the log: no two can contradict each other. */
async function holdTogether(log: TransparencyLog, archive: LeafArchive, seen: readonly Checkpoint[]): Promise<void> {
  const leaves: Uint8Array[] = []
  for await (const leaf of archive.leaves(0, archive.size)) leaves.push(hashLeaf(leaf, sha256))
  const keys = log.keys.map(({ key }) => key)
  const roots = new Map<number, Uint8Array>()
  for (const checkpoint of seen) {
    assert.ok(checkpointSigners(checkpoint, keys, verifyEd25519).length > 0, `signature over ${checkpoint.size}`)
    assert.ok(checkpoint.size <= leaves.length)
    const root = roots.get(checkpoint.size) ?? rootOf(leaves.slice(0, checkpoint.size), sha256)
    roots.set(checkpoint.size, root)
    assert.ok(sameBytes(root, checkpoint.root), `the checkpoint of ${checkpoint.size} leaves is of another tree`)
  }
}
