import { InputError } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { checkLetter, readLetterFile } from '../../letter/letter-file.ts'
import type { LetterFolder } from '../../app/letter/folder.ts'
import { requireSecrets } from '../../app/letter/require-secrets.ts'
import { task } from '../terminal/command.ts'
import { flag, optional } from '../terminal/option.ts'
import { LETTER_FILE, SERVICE_OUTPUT, onService } from './options.ts'

export const command = task({
  about: 'Publish a letter or its next version, permanently logged.',
  examples: ['letter.json --folder letter --secrets secrets'],
  words: LETTER_FILE,
  options: {
    ...SERVICE_OUTPUT,
    origin: optional('URL', 'Public address of the service, after which a new log is named.'),
    'change-keys': flag('The next version has other keys.'),
  },
  async run(values, call) {
    const {
      world,
      words: [path = ''],
    } = call
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
    const { origin } = values
    const more = { simulated: letter.simulated, mustExist: false, ...(origin === undefined ? {} : { origin }) }
    const publish = async (service: LetterFolder): Promise<number> => {
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
    }
    return onService(values, call, publish, more)
  },
})
