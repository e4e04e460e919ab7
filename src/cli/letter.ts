import { InputError } from '../model/errors.ts'
import type { Command, World } from './command.ts'
import { printable } from './printable.ts'

const HELP = `Keeps an open letter: a service of its own, apart from the observatory (docs/formats/letter.md).

Usage: kuager letter <part> [--help]
`

/** Whatever runs a part of the command: \`args\` are those behind its name. */
export interface LetterPart {
  run(args: readonly string[], world: World): Promise<number>
}

const PARTS: Readonly<Record<string, () => Promise<LetterPart>>> = {}

async function run(args: readonly string[], world: World): Promise<number> {
  const [name = '', ...rest] = args
  const part = Object.hasOwn(PARTS, name) ? await PARTS[name]?.() : undefined
  if (part !== undefined) return part.run(rest, world)
  throw new InputError(`Cannot run letter: found "${printable(name)}"; see "kuager letter --help"`, {
    code: 'letter.usage',
    path: 'arguments',
    expected: Object.keys(PARTS).join(', '),
  })
}

export const command: Command = { help: HELP, run }
