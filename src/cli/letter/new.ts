import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { LETTER_ID } from '../../letter/core/letter.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isThere } from '../../runtime/files/disk.ts'
import { printable } from '../../core/text/printable.ts'
import { letterExample } from './letter-example.ts'
import { task } from '../terminal/command.ts'
import { required, withDefault, type OptionReader } from '../terminal/option.ts'

const letterId: OptionReader<string> = (text, { name }) => {
  if (LETTER_ID.test(text)) return text
  throw wrongOption(name, `found "${printable(text)}"`, 'lower-case letters, digits and hyphens, at most 40')
}

export const command = task({
  about: 'Write a complete letter to fill in, with comments.',
  examples: ['--out letter.json'],
  usage: ['--out LETTER.json [--id ID]'],
  options: {
    out: required('LETTER.json', 'The new file; nothing is overwritten.', 'the file to write'),
    id: withDefault('ID', 'Id of the letter.', 'letter', letterId),
  },
  async run(values, { world }) {
    await writeNew(resolve(world.cwd, values.out), letterExample(values.id, systemClock.now()), 0o644)
    world.err.write(`Fill in "${printable(values.out)}", then: kuager letter check ${printable(values.out)}\n`)
    return 0
  },
})

/** Writes a file that is not there yet. Throws InputError where one is. */
export async function writeNew(path: string, text: string | Uint8Array, mode: number): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode })
  } catch (error) {
    if (!isThere(error)) throw error
    throw new InputError(`Cannot write "${printable(path)}": it exists`, {
      code: 'out.taken',
      path: '--out',
      expected: 'a name that is free',
    })
  }
}
