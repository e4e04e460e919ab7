import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import type { LetterDesk, PublishedLetter } from '../../letter/contract.ts'
import { printable } from '../../core/text/printable.ts'
import { withLetterFolder, type LetterFolder } from './folder.ts'

export interface PartTask {
  readonly folder: string
  readonly secrets?: string
  readonly origin?: string
  /** Of a folder that is made: whether its letters are simulated. */
  readonly simulated?: boolean
  /** The command line behind "letter", as typed. */
  readonly args: readonly string[]
  /** Whether a missing folder is an error; otherwise it is made. */
  readonly mustExist?: boolean
}

/** Runs a part of `kuager letter` on the folder of a service, wherever it is held. */
export const withService = (
  world: World,
  { mustExist = true, ...task }: PartTask,
  run: (service: LetterFolder) => Promise<number>,
): Promise<number> => withLetterFolder(world, { ...task, mustExist }, run)

/** A letter by its id; the only one where none is named. Throws InputError. */
export function letterOf(desk: LetterDesk, id: string | undefined): PublishedLetter {
  const letters = desk.letters()
  const [only] = letters
  const found = id === undefined && letters.length === 1 ? only : desk.letter(id ?? '')
  if (found !== undefined) return found
  throw new InputError(`Cannot act on letter "${printable((id ?? '').slice(0, 60))}": there is none`, {
    code: 'letter.unknown',
    path: 'ID',
    expected:
      letters.length === 0 ? 'a letter; none was published yet' : letters.map(({ letter }) => letter.id).join(', '),
  })
}
