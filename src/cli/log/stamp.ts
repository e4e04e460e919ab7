import { formatInstantUtc } from '../../core/model/units.ts'
import { loadAuthorities } from '../../pipeline/log/outside/authorities.ts'
import type { StampResult } from '../../pipeline/log/outside/stamps.ts'
import { askOutside } from '../../app/folder/outside.ts'
import { printable } from '../../core/text/printable.ts'
import { begunLog, wrongLogUse } from './folder-task.ts'
import { task } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'

export const command = task({
  about: 'Request time stamps for the newest checkpoint now.',
  examples: ['--folder /var/lib/kuager'],
  options: { folder: FOLDER, warehouse: WAREHOUSE, json: json('Print one JSON object per authority.') },
  exit: { 3: 'an authority failed' },
  run: ({ folder: path, json }, call) =>
    onFolder(call, path, async (folder) => {
      const { world } = call
      await (await begunLog(folder)).sequence()
      if ((await loadAuthorities(folder.logFolder)).length === 0)
        throw wrongLogUse(
          'stamp',
          'no authority is set',
          '"authorities.json" in the folder of the log (docs/operating/proof.md)',
        )
      const { stamps } = await askOutside(folder, { now: 'authorities', signal: world.signal })
      for (const one of stamps) world.out.write(json ? `${JSON.stringify(one)}\n` : `${describe(one)}\n`)
      return stamps.some(({ kind }) => kind === 'failed') ? 3 : 0
    }),
})

function describe(result: StampResult): string {
  const { authority } = result
  if (result.kind === 'not-due') return `${authority} has stamped this checkpoint already`
  if (result.kind === 'failed') return printable(`${authority} failed: ${result.problem} (${result.why})`)
  const { genTime, signer, root } = result.stamp
  return printable(
    `${authority} stamped ${result.size} leaves at ${formatInstantUtc(genTime)}; signed by "${signer}", root "${root.name}" (SHA-256 ${root.sha256})`,
  )
}
