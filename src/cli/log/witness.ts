import { formatInstantUtc } from '../../core/model/units.ts'
import type { WitnessResult } from '../../pipeline/log/outside/witnesses.ts'
import { askOutside } from '../../app/folder/outside.ts'
import { printable } from '../../core/text/printable.ts'
import { begunLog, wrongLogUse } from './folder-task.ts'
import { task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'

export const command = task({
  about: 'Ask the witnesses to cosign the newest checkpoint now.',
  examples: ['--folder /var/lib/kuager'],
  options: { folder: FOLDER, warehouse: WAREHOUSE, json: json('Print one JSON object per witness.') },
  exit: { 3: 'a witness failed, or the quorum is not reached' },
  run: ({ folder: path, json }, call) =>
    onFolder(call, path, async (folder) => {
      const { world } = call
      await (await begunLog(folder)).sequence()
      const { witnesses } = await askOutside(folder, { now: 'witnesses', signal: world.signal })
      if (witnesses === undefined)
        throw wrongLogUse(
          'witness',
          'there is no policy',
          '"policy.txt" in the folder of the log (docs/operating/proof.md)',
        )
      const { results, outcome } = witnesses
      for (const one of results) world.out.write(json ? `${JSON.stringify(one)}\n` : `${describe(one)}\n`)
      const quorum = outcome?.quorum
      if (!json && quorum !== undefined)
        world.out.write(
          printable(`The checkpoint ${outcome?.satisfied === true ? 'has' : 'does not have'} the quorum "${quorum}"`) +
            '\n',
        )
      return outcome?.satisfied === false || results.some(({ kind }) => kind === 'failed') ? 3 : 0
    }),
})

function describe(result: WitnessResult): string {
  const { witness } = result
  if (result.kind === 'not-due') return printable(`${witness} has cosigned this checkpoint already`)
  if (result.kind === 'failed') return printable(`${witness} failed: ${result.problem} (${result.why})`)
  return printable(`${witness} cosigned ${result.size} leaves at ${formatInstantUtc(result.at)}`)
}
