import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { checkLetter, readLetterFile } from '../../letter/letter-file.ts'

/** Says everything that a letter lacks; 3 where it cannot be published. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  })
  const path = onePath(positionals)
  const { letter, remarks } = checkLetter(await readLetterFile(path, world))
  if (values.json) world.out.write(`${JSON.stringify({ ready: letter !== undefined, remarks })}\n`)
  else {
    for (const { weight, path: place, says } of remarks)
      world.out.write(`${weight === 'wrong' ? 'wrong' : 'look '}  ${printable(place)}: ${printable(says)}\n`)
    world.out.write(letter === undefined ? 'Not to be published yet\n' : 'Can be published\n')
  }
  return letter === undefined ? 3 : 0
}

/** The one file that a part of the command is about. Throws InputError for none or several. */
export function onePath(positionals: readonly string[]): string {
  const [path, ...more] = positionals
  if (path !== undefined && more.length === 0) return path
  throw new InputError(`Cannot run letter: found ${positionals.length} files`, {
    code: 'argument.missing',
    path: 'LETTER.json',
    expected: 'one file',
  })
}
