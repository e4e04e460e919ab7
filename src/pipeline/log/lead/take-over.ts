import { checkpointSigners, parseCheckpoint } from '../../../core/evidence/log/checkpoint.ts'
import { hashLeaf, sameBytes } from '../../../core/evidence/log/merkle.ts'
import { TreeEdge } from '../../../core/evidence/log/tree-edge.ts'
import { TreeReader } from '../../../core/evidence/log/tree-reader.ts'
import { Fault, InputError } from '../../../core/model/errors.ts'
import { formatInstantUtc, type Instant } from '../../../core/model/units.ts'
import { sha256, verifyEd25519 } from '../../../runtime/ed25519.ts'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import type { Machine } from '../../../runtime/files/machine.ts'
import type { Archive } from '../../../store/archive/contract.ts'
import { logFolder } from '../log-folder.ts'
import { readIdentity } from '../read-identity.ts'
import { readState } from '../recover-log.ts'
import { TileFiles } from '../tile-files.ts'
import { readFence, writeFence, type FenceFile, type FenceFinding } from './fence.ts'

/** What an operator decides on: the folder as it is, before anything is changed. */
export interface TakeOverView {
  readonly finding: FenceFinding
  readonly origin: string
  /** Leaves of the tree of this folder. */
  readonly size: number
}

/** Throws InputError where the folder has no log. */
export async function viewTakeOver(folder: string, machine: Machine): Promise<TakeOverView> {
  const at = logFolder(folder)
  const [identity, state] = [await readIdentity(at, REAL_DISK), await readState(at, REAL_DISK)]
  if (identity === undefined || state === undefined)
    throw new InputError(`Cannot take over log "${folder}": there is none`, {
      code: 'log.missing',
      path: 'folder',
      expected: 'a folder whose log was begun',
    })
  return { finding: await readFence(folder, machine), origin: identity.origin, size: state.size }
}

/** The leaves from which a log is made. */
type LeafSource = Pick<Archive, 'size' | 'leaves'>

/**
 * Compares this folder with a checkpoint that someone else has of the log. Throws InputError where the checkpoint is not
 * of this log, or the folder lacks leaves that it covers, or has others: then it must never sign. Leaves that the log of
 * this folder has not taken in yet are looked for in its archive, whose order the log follows.
 */
export async function refuseBehind(folder: string, checkpoint: Uint8Array, archive: LeafSource): Promise<void> {
  const at = logFolder(folder)
  const [identity, state] = [await readIdentity(at, REAL_DISK), await readState(at, REAL_DISK)]
  if (identity === undefined || state === undefined) throw new Fault(`Cannot read log "${folder}": it has no identity`)
  const refuse = (found: string): InputError =>
    new InputError(`Cannot take over log "${folder}": ${found}; nothing was changed`, {
      code: 'log.behind',
      path: '--checkpoint',
      expected: 'a folder with everything that the newest checkpoint covers',
    })
  const seen = parseCheckpoint(checkpoint)
  const signers = checkpointSigners(
    seen,
    identity.keys.map(({ key }) => key),
    verifyEd25519,
  )
  if (seen.origin !== identity.origin || signers.length === 0)
    throw refuse(`the checkpoint is not one of "${identity.origin}"`)
  const most = Math.max(state.size, archive.size)
  if (seen.size > most)
    throw refuse(`the checkpoint covers ${seen.size} entries, and this folder has only ${most} of them`)
  const rootOf = async (): Promise<Uint8Array> => {
    if (seen.size > state.size) return await rootOfLeaves(archive, seen.size)
    const tree = new TreeReader(new TileFiles(at.served, REAL_DISK), sha256)
    return seen.size === state.size ? state.root : await tree.root(seen.size, state.size)
  }
  if (!sameBytes(await rootOf(), seen.root)) throw refuse('the checkpoint was signed over another history')
}

async function rootOfLeaves(archive: LeafSource, size: number): Promise<Uint8Array> {
  const edge = new TreeEdge(sha256)
  for await (const leaf of archive.leaves(0, size)) edge.push(hashLeaf(leaf, sha256))
  return edge.root()
}

/**
 * Gives this folder the right to sign, in a generation above the one it was copied from; durable when resolved. Only an
 * operator can know that the folder which signed before is gone. Gives nothing where the folder may sign already.
 */
export async function takeOver(
  folder: string,
  machine: Machine,
  { at, reason }: { readonly at: Instant; readonly reason: string },
): Promise<FenceFile | undefined> {
  const found = await readFence(folder, machine)
  if (found.kind !== 'copy') return undefined
  const state = await readState(logFolder(folder), REAL_DISK)
  const from = Math.max(found.generation, state?.generation ?? 1)
  const taken = { at: formatInstantUtc(at), reason, from, recorded: false }
  return writeFence(folder, machine, { generation: from + 1, at, taken })
}
