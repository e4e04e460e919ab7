import { checkpointSigners, parseCheckpoint } from '../../../core/evidence/log/checkpoint.ts'
import { sameBytes } from '../../../core/evidence/log/merkle.ts'
import { TreeReader } from '../../../core/evidence/log/tree-reader.ts'
import { Fault, InputError } from '../../../core/model/errors.ts'
import { formatInstantUtc, type Instant } from '../../../core/model/units.ts'
import { sha256, verifyEd25519 } from '../../../runtime/ed25519.ts'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import type { Machine } from '../../../runtime/files/machine.ts'
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

/**
 * Compares this folder with a checkpoint that someone else has of the log. Throws InputError where the checkpoint is not
 * of this log, or the folder lacks leaves that it covers, or has others: then it must never sign.
 */
export async function refuseBehind(folder: string, checkpoint: Uint8Array): Promise<void> {
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
  if (seen.size > state.size)
    throw refuse(`the checkpoint covers ${seen.size} entries, and this folder has only ${state.size} of them`)
  const tree = new TreeReader(new TileFiles(at.served, REAL_DISK), sha256)
  const root = seen.size === state.size ? state.root : await tree.root(seen.size, state.size)
  if (!sameBytes(root, seen.root)) throw refuse('the checkpoint was signed over another history')
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
