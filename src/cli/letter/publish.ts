import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { onePath } from './check.ts'
import { checkLetter, readLetterFile } from '../../letter/letter-file.ts'
import { FOLDER_OPTIONS, withService } from '../../app/letter/task.ts'
import { requireSecrets } from '../../app/letter/require-secrets.ts'

/** Publishes a letter or its next version. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...FOLDER_OPTIONS,
      origin: { type: 'string' },
      'change-keys': { type: 'boolean', default: false },
    },
  })
  const path = onePath(positionals)
  // Looked over before a folder is opened, so that a letter full of gaps begins no log.
  const { letter, remarks } = checkLetter(await readLetterFile(path, world))
  const wrong = remarks.filter(({ weight }) => weight === 'wrong')
  if (letter === undefined)
    throw new InputError(
      `Cannot publish "${printable(path)}": ${wrong
        .map((one) => `${one.path} ${one.says}`)
        .join('; ')
        .slice(0, 1000)}`,
      {
        code: 'letter.unready',
        path: wrong[0]?.path ?? '',
        expected: 'a letter of which "kuager letter check" finds nothing wrong',
      },
    )
  const task = { ...values, simulated: letter.simulated, part: 'publish', args, mustExist: false }
  return withService(world, task, async (service) => {
    await requireSecrets(service)
    const desk = await service.desk()
    const known = desk.letter(letter.id)
    if (known !== undefined && values['change-keys'])
      world.err.write(
        'Who has signed before stays sealed to the earlier keys: both holders of keys are needed to open everything\n',
      )
    const published = await desk.publish(letter, { changeKeys: values['change-keys'] })
    if (values.json)
      world.out.write(
        `${JSON.stringify({ letter: letter.id, version: letter.version, sha256: published.sha256, state: published.state })}\n`,
      )
    else
      world.out.write(
        `Letter "${letter.id}", version ${letter.version}, is published and in the log\nSHA-256 ${published.sha256}\n`,
      )
    return 0
  })
}
