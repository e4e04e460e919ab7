import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import type { WitnessResult } from '../../pipeline/log/outside/witnesses.ts'
import { askOutside } from '../../app/folder/outside.ts'
import { printable } from '../../core/text/printable.ts'
import { begunLog, withLogFolder, wrongLogUse } from './folder-task.ts'

/**
 * `kuager log witness`: asks every witness of the policy to cosign the newest checkpoint now. Ends with 3 where one failed
 * or the checkpoint does not have the quorum that the policy asks for.
 */
export function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { folder: { type: 'string' }, json: { type: 'boolean' } } })
  return withLogFolder(world, { folder: values.folder, part: 'witness', args }, async (folder) => {
    await (await begunLog(folder)).sequence()
    const { witnesses } = await askOutside(folder, { now: 'witnesses', signal: world.signal })
    if (witnesses === undefined)
      throw wrongLogUse(
        'witness',
        'there is no policy',
        '"policy.txt" in the folder of the log (docs/operating/proof.md)',
      )
    const { results, outcome } = witnesses
    for (const one of results) world.out.write(values.json === true ? `${JSON.stringify(one)}\n` : `${describe(one)}\n`)
    const quorum = outcome?.quorum
    if (values.json !== true && quorum !== undefined)
      world.out.write(
        printable(`The checkpoint ${outcome?.satisfied === true ? 'has' : 'does not have'} the quorum "${quorum}"`) +
          '\n',
      )
    return outcome?.satisfied === false || results.some(({ kind }) => kind === 'failed') ? 3 : 0
  })
}

function describe(result: WitnessResult): string {
  const { witness } = result
  if (result.kind === 'not-due') return printable(`${witness} has cosigned this checkpoint already`)
  if (result.kind === 'failed') return printable(`${witness} failed: ${result.problem} (${result.why})`)
  return printable(`${witness} cosigned ${result.size} leaves at ${formatInstantUtc(result.at)}`)
}
