import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { parseCount } from '../../core/evidence/log/merkle.ts'
import { InputError } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { proveToCosigned } from '../../app/observatory/served-log.ts'
import { begunLog, withLogFolder, wrongLogUse } from './folder-task.ts'

/** `kuager log proof LEAF`: the proof that a checkpoint holds a leaf. */
export function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { folder: { type: 'string' }, out: { type: 'string' } },
  })
  const [text, ...more] = positionals
  if (text === undefined || more.length > 0) throw wrongLogUse('proof', 'it takes one leaf', 'the index of a leaf')
  const leaf = parseCount(text, 'leaf')
  return withLogFolder(world, { folder: values.folder, part: 'proof', args }, async (folder) => {
    const [proven] = await proveToCosigned(await begunLog(folder), folder.logFolder, [leaf])
    const proof = proven?.proof ?? ''
    if (values.out === undefined) world.out.write(proof)
    else await writeNew(values.out, proof, world)
    return 0
  })
}

async function writeNew(out: string, text: string, world: World): Promise<void> {
  try {
    await writeFile(resolve(world.cwd, out), text, { flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    throw new InputError(`Cannot write "${printable(out)}": it exists`, {
      code: 'log.exists',
      path: '--out',
      expected: 'a file that does not exist yet',
    })
  }
}
