import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { LETTER_ID } from '../../letter/core/letter.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isThere } from '../../runtime/files/disk.ts'
import { printable } from '../../core/text/printable.ts'
import { letterExample } from './letter-example.ts'

/** Writes a letter to be filled in; a file that stands there is left alone. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { out: { type: 'string' }, id: { type: 'string', default: 'letter' } },
  })
  if (values.out === undefined) throw wrongOption('out', 'it is missing', 'the file to write')
  if (!LETTER_ID.test(values.id))
    throw wrongOption('id', `found "${printable(values.id)}"`, 'small letters, digits and dashes, at most 40')
  await writeNew(resolve(world.cwd, values.out), letterExample(values.id, systemClock.now()), 0o644)
  world.err.write(`Fill in "${printable(values.out)}", then: kuager letter check ${printable(values.out)}\n`)
  return 0
}

/** Writes a file that is not there yet. Throws InputError where one is. */
export async function writeNew(path: string, text: string | Uint8Array, mode: number): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode })
  } catch (error) {
    if (!isThere(error)) throw error
    throw new InputError(`Cannot write "${printable(path)}": something stands there`, {
      code: 'out.taken',
      path: '--out',
      expected: 'a name that is free',
    })
  }
}
