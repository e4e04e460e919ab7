import { InputError } from '../../core/model/errors.ts'
import type { TransparencyLog } from '../../pipeline/log/contract.ts'
import type { OpenFolder } from '../../app/folder/open.ts'

/** The log of a folder that has one. Throws InputError where none was begun. */
export async function begunLog(folder: OpenFolder): Promise<TransparencyLog> {
  const log = await folder.begunLog()
  if (log !== undefined) return log
  throw new InputError(`Cannot read the log of "${folder.path}": none was begun`, {
    code: 'log.missing',
    path: 'folder',
    expected: 'a folder with a log; "kuager log sequence" and "kuager serve" begin one',
  })
}

/** A use of a part of the command that it does not know. */
export const wrongLogUse = (part: string, found: string, expected: string): InputError =>
  new InputError(`Cannot run log ${part}: ${found}; see "kuager log --help"`, {
    code: 'log.usage',
    path: 'arguments',
    expected,
  })
