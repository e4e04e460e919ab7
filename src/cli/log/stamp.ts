import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { loadAuthorities } from '../../pipeline/log/outside/authorities.ts'
import type { StampResult } from '../../pipeline/log/outside/stamps.ts'
import { askOutside } from '../../app/folder/outside.ts'
import { printable } from '../../core/text/printable.ts'
import { begunLog, withLogFolder, wrongLogUse } from './folder-task.ts'

/** `kuager log stamp`: asks every authority for a stamp of the newest checkpoint now. Ends with 3 where one failed. */
export function run(args: readonly string[], world: World): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { folder: { type: 'string' }, json: { type: 'boolean' } } })
  return withLogFolder(world, { folder: values.folder, part: 'stamp', args }, async (folder) => {
    await (await begunLog(folder)).sequence()
    if ((await loadAuthorities(folder.logFolder)).length === 0)
      throw wrongLogUse(
        'stamp',
        'no authority is set',
        '"authorities.json" in the folder of the log (docs/operating/proof.md)',
      )
    const { stamps } = await askOutside(folder, { now: 'authorities', signal: world.signal })
    for (const one of stamps) world.out.write(values.json === true ? `${JSON.stringify(one)}\n` : `${describe(one)}\n`)
    return stamps.some(({ kind }) => kind === 'failed') ? 3 : 0
  })
}

function describe(result: StampResult): string {
  const { authority } = result
  if (result.kind === 'not-due') return `${authority} has stamped this checkpoint already`
  if (result.kind === 'failed') return printable(`${authority} failed: ${result.problem} (${result.why})`)
  const { genTime, signer, root } = result.stamp
  return printable(
    `${authority} stamped ${result.size} leaves at ${formatInstantUtc(genTime)}; signed by "${signer}", root "${root.name}" (SHA-256 ${root.sha256})`,
  )
}
