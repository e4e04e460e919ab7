import { realpath } from 'node:fs/promises'
import { InputError } from '../../core/model/errors.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import type { CallStreams, FolderCall } from '../../runtime/files/folder-socket.ts'
import type { World } from '../../runtime/world.ts'

/** A command on a data folder. */
export interface FolderTask {
  readonly folder: string
  /** The command as typed, to be repeated by the process that holds the folder. */
  readonly name: string
  readonly args: readonly string[]
  /** Whether a missing folder is an error; otherwise it is made. */
  readonly mustExist?: boolean
}

/** A command as the process that holds its folder gets it: with the variables that concern the program. */
export const callOf = (world: World, task: FolderTask): FolderCall => ({
  command: task.name,
  args: task.args,
  cwd: world.cwd,
  terminal: world.terminal,
  env: Object.fromEntries(
    Object.entries(world.env).filter(
      (entry): entry is [string, string] => /^(?:KUAGER_|LC_|LANG$|TZ$)/.test(entry[0]) && entry[1] !== undefined,
    ),
  ),
})

/** Where the texts of a command go, and what ends it. */
export const streamsOf = ({ out, err, signal }: World): CallStreams => ({ out, err, signal })

/** Undefined where there is nothing at a path. */
export async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Refusal of a folder that is not there. */
export const noFolder = (path: string): InputError =>
  new InputError(`Cannot open folder "${path}": there is none`, {
    code: 'folder.missing',
    path: 'folder',
    expected: 'a data folder; "kuager import" makes one',
  })
