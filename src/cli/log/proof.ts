import { writeFile } from 'node:fs/promises'
import { parseCount } from '../../core/evidence/log/merkle.ts'
import { InputError } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { proveToCosigned } from '../../app/observatory/served-log.ts'
import { task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { optional } from '../terminal/option.ts'
import { filePath, FOLDER, WAREHOUSE } from '../terminal/shared-options.ts'
import { begunLog } from './folder-task.ts'

export const command = task({
  about: 'Write a proof that an entry is in the log. The file has the form C2SP tlog-proof.',
  examples: ['1234 --out entry-1234.proof'],
  words: { LEAF: 'Number of the log entry.' },
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    out: optional('FILE', 'Where the proof is written; nothing is overwritten.', {
      byDefault: 'it is printed',
      read: filePath,
    }),
  },
  run: ({ folder: path, out }, call) => {
    const {
      world,
      words: [text],
    } = call
    const leaf = parseCount(text ?? '', 'leaf')
    return onFolder(call, path, async (folder) => {
      const [proven] = await proveToCosigned(await begunLog(folder), folder.logFolder, [leaf])
      const proof = proven?.proof ?? ''
      if (out === undefined) world.out.write(proof)
      else await writeNew(out, proof)
      return 0
    })
  },
})

async function writeNew(out: string, text: string): Promise<void> {
  try {
    await writeFile(out, text, { flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    throw new InputError(`Cannot write "${printable(out)}": it exists`, {
      code: 'log.exists',
      path: '--out',
      expected: 'a file that does not exist yet',
    })
  }
}
