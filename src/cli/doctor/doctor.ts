import { checkup } from '../../app/operator/checkup.ts'
import type { CheckupFinding } from '../../app/operator/checkup-finding.ts'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { task } from '../terminal/command.ts'
import { writeHanging } from '../terminal/hanging.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { optional } from '../terminal/option.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'
import { SITE_ORIGIN } from '../terminal/site-options.ts'

const MARK = { good: 'ok', look: 'look', bad: 'BAD' } as const
const MARK_WIDTH = 6

export const command = task({
  about: `
Looks at what an operator must keep in order: whether the folder can be written, who may read it, the disk and how long it
lasts, backups and whether one was proved, what is shipped to KUAGER_ARCHIVE_STORE, the clock, the log with its time
stamps and witnesses, networks and edges that fell silent, and the certificate of the site.
For each it says what to do.`,
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    origin: optional(
      'URL',
      'Public address of the site: it is contacted, and its certificate is looked at.',
      SITE_ORIGIN,
    ),
    json: json(),
  },
  notes: `
Exits with 0 where nothing is bad, else with 1. Nothing is changed. Only the site of --origin and the object storage are
contacted.`,
  run: ({ folder: path, origin, json }, call) =>
    onFolder(call, path, async (folder) => {
      const { world } = call
      const findings = await checkup(folder, { signal: world.signal, ...defined({ origin }) })
      const bad = findings.filter(({ state }) => state === 'bad').length
      if (json) world.out.write(`${JSON.stringify({ bad, findings })}\n`)
      else writeFindings(world, findings)
      return bad === 0 ? 0 : 1
    }),
})

/** One line for each finding, below it what to do, in a column that begins behind the longest label. */
export function writeFindings(world: Pick<World, 'out' | 'outColumns'>, findings: readonly CheckupFinding[]): void {
  const margin = MARK_WIDTH + Math.max(...findings.map(({ about }) => about.length)) + 2
  for (const { about, state, found, todo } of findings) {
    writeHanging(world, `${MARK[state].padEnd(MARK_WIDTH)}${about}`.padEnd(margin), found)
    if (todo !== undefined) writeHanging(world, ''.padEnd(margin), `→ ${todo}`)
  }
}
