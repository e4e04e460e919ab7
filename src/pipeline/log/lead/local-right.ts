import { defined } from '../../../core/model/defined.ts'
import type { Instant } from '../../../core/model/units.ts'
import type { Machine } from '../../../runtime/files/machine.ts'
import { COPY_WORDS, readFence, renewFence, writeFence } from './fence.ts'
import { noRight, SOLE_RIGHT, type OwnTree, type SigningRight } from './right.ts'

export interface LocalRightParts {
  /** Folder of the log. */
  readonly folder: string
  readonly machine: Machine
  readonly now: () => Instant
  /** The register that says that this machine leads, and of which generation; absent: no other machine is to lead. */
  readonly lead?: { readonly register: string; readonly generation: number }
}

/**
 * The right to sign of a folder that no other machine knows of: its fencing file says that it is the folder in which
 * the log was signed last. The first opening writes the file. Finds no copy of a whole volume that is used on a machine
 * of the same identity: there only what others keep of the log shows it (docs/operating/proof.md, "Backups").
 */
export async function localRight(
  { folder, machine, now, lead }: LocalRightParts,
  { generation }: Pick<OwnTree, 'generation'>,
): Promise<SigningRight> {
  const found = await readFence(folder, machine, lead !== undefined)
  if (found.kind === 'copy') return noRight(`${COPY_WORDS[found.sign]}; ${WAY_OUT}`, found.generation)
  const register = lead?.register
  if (found.kind === 'none') {
    await writeFence(folder, machine, {
      generation: Math.max(generation, lead?.generation ?? 0),
      at: now(),
      ...defined({ register }),
    })
    return { ...SOLE_RIGHT, generation }
  }
  const { fence } = found
  // Where a register says that this folder leads, it has compared the trees; else an older generation is another folder.
  if (lead === undefined && fence.generation < generation)
    return noRight(
      `its state is of generation ${generation} and its fence of ${fence.generation}: another folder took over; ${WAY_OUT}`,
      generation,
    )
  const renewed = await renewFence(folder, machine, {
    ...{ ...fence, generation: Math.max(fence.generation, lead?.generation ?? 0) },
    ...defined({ register }),
  })
  return { ...SOLE_RIGHT, generation: renewed.generation }
}

const WAY_OUT = 'if the folder that signed before is gone for good, run "kuager log take-over"'

/** Why a folder would not sign, as a part of a sentence; undefined where it would. Changes nothing. */
export async function whyCopy(folder: string, machine: Machine, leads = false): Promise<string | undefined> {
  const found = await readFence(folder, machine, leads)
  return found.kind === 'copy' ? `${COPY_WORDS[found.sign]}; ${WAY_OUT}` : undefined
}
