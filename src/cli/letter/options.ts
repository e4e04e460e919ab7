import { defaultLetterFolder, type LetterFolder } from '../../app/letter/folder.ts'
import { withService, type PartTask } from '../../app/letter/task.ts'
import type { CommandCall } from '../terminal/command.ts'
import { fromEnvironment, optional, repeatable, type OptionValues } from '../terminal/option.ts'
import { json } from '../terminal/shared-options.ts'

/** The file of a letter, and the letter of a service. */
export const LETTER_FILE = { 'LETTER.json': 'File of the letter.' }
export const LETTER_WORD = { '[ID]': 'Id of the letter. Without it: the only letter.' }
export const JOB_WORD = { JOB: 'A job that "kuager letter jobs" shows.' }

/** Which service a command is about. */
export const SERVICE_OPTIONS = {
  folder: fromEnvironment('DIR', 'Folder of the service.', {
    byDefault: 'KUAGER_LETTER_FOLDER, else kuager-letter',
    without: defaultLetterFolder,
  }),
  secrets: optional('DIR', 'Folder of its secrets, outside of it.', { byDefault: 'KUAGER_LETTER_SECRETS' }),
}

export const SERVICE_OUTPUT = { ...SERVICE_OPTIONS, json: json() }

export const LOG_KEYS = repeatable(
  'KEY',
  'A key of the log that you trust, as a line "name+hash+base64" or a file of such lines.',
)

/** Runs on the folder of a service, wherever it is held. */
export const onService = (
  { folder, secrets }: OptionValues<typeof SERVICE_OPTIONS>,
  { world, args }: CommandCall,
  run: (service: LetterFolder) => Promise<number>,
  more: Omit<PartTask, 'folder' | 'secrets' | 'args'> = {},
): Promise<number> => withService(world, { folder, args, ...(secrets === undefined ? {} : { secrets }), ...more }, run)
