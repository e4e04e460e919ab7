import { withFolder, type OpenFolder } from '../../app/folder/open.ts'
import type { CommandCall } from './command.ts'

/** Runs a command on a data folder that exists: here, or in the process that holds it. Throws InputError for none. */
export const onFolder = (
  call: CommandCall,
  folder: string,
  run: (open: OpenFolder) => Promise<number>,
): Promise<number> => withFolder(call.world, { folder, mustExist: true, ...call }, run)
