import type { Instant } from '../../../core/model/units.ts'
import type { Machine } from '../../../runtime/files/machine.ts'
import { COPY_WORDS, readFence, renewFence, writeFence, type FenceFile } from './fence.ts'
import { noRight, SOLE_RIGHT, type OwnTree, type SigningRight } from './right.ts'

export interface LocalRightParts {
  /** Folder of the log. */
  readonly folder: string
  readonly machine: Machine
  readonly now: () => Instant
}

/** The right to sign by the fencing file alone, and that file where there is the right. */
export interface LocalRight {
  readonly right: SigningRight
  readonly fence?: FenceFile
}

/**
 * The right to sign of a folder that no other machine knows of: its fencing file says that it is the folder in which
 * the log was signed last. The first opening writes the file. Finds no copy of a whole volume that is used on a machine
 * of the same identity: there only what others keep of the log shows it (docs/operating/proof.md, "Backups").
 */
export async function localRight(
  { folder, machine, now }: LocalRightParts,
  { generation }: Pick<OwnTree, 'generation'>,
): Promise<LocalRight> {
  const found = await readFence(folder, machine)
  if (found.kind === 'copy') return { right: noRight(`${COPY_WORDS[found.sign]}; ${WAY_OUT}`, found.generation) }
  if (found.kind === 'none') {
    const fence = await writeFence(folder, machine, { generation, at: now() })
    return { right: { ...SOLE_RIGHT, generation }, fence }
  }
  if (found.fence.generation < generation)
    return {
      right: noRight(
        `its state is of generation ${generation} and its fence of ${found.fence.generation}: another folder took over; ${WAY_OUT}`,
        generation,
      ),
    }
  const fence = await renewFence(folder, machine, found.fence)
  return { right: { ...SOLE_RIGHT, generation: fence.generation }, fence }
}

const WAY_OUT = 'if the folder that signed before is gone for good, run "kuager log take-over"'

/** Why a folder would not sign, as a part of a sentence; undefined where it would. Changes nothing. */
export async function whyCopy(folder: string, machine: Machine): Promise<string | undefined> {
  const found = await readFence(folder, machine)
  return found.kind === 'copy' ? `${COPY_WORDS[found.sign]}; ${WAY_OUT}` : undefined
}
