import { printable } from '../../core/text/printable.ts'
import { checkLetter, readLetterFile } from '../../letter/letter-file.ts'
import { task } from '../terminal/command.ts'
import { json } from '../terminal/shared-options.ts'
import { LETTER_FILE } from './options.ts'

export const command = task({
  about: 'List everything that a letter lacks before publication.',
  examples: ['letter.json'],
  words: LETTER_FILE,
  options: { json: json() },
  exit: { 3: 'the letter cannot be published' },
  async run(values, { world, words: [path = ''] }) {
    const { letter, remarks } = checkLetter(await readLetterFile(path, world))
    if (values.json) world.out.write(`${JSON.stringify({ ready: letter !== undefined, remarks })}\n`)
    else {
      for (const { weight, path: place, says } of remarks)
        world.out.write(`${weight === 'wrong' ? 'wrong' : 'look '}  ${printable(place)}: ${printable(says)}\n`)
      world.out.write(letter === undefined ? 'Not to be published yet\n' : 'Can be published\n')
    }
    return letter === undefined ? 3 : 0
  },
})
