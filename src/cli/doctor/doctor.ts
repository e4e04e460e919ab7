import { resolve } from 'node:path'
import { checkup } from '../../app/operator/checkup.ts'
import { checkReader } from '../../app/operator/reader-checkup.ts'
import { archiveStoreOf } from '../../app/shipping/archive-store.ts'
import type { CheckupFinding } from '../../app/operator/checkup-finding.ts'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { task } from '../terminal/command.ts'
import { writeHanging } from '../terminal/hanging.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { flag, optional } from '../terminal/option.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'
import { ABOUT, SITE_ORIGIN } from '../terminal/site-options.ts'
import { centreUrl, STALE_AFTER } from '../serve/reader-options.ts'

const MARK = { good: 'ok', look: 'look', bad: 'BAD' } as const
const MARK_WIDTH = 6

export const command = task({
  about: `
Check this server and list what to fix. Checked are write access, permissions, disk space, backups and drills,
shipping to KUAGER_ARCHIVE_STORE, the clock, the log with its time stamps and witnesses, networks and edges without
new data, and the certificate of the site. With --read-only: the folder that a reader shows, and its centre.`,
  examples: ['--folder /var/lib/kuager --origin https://kuager.example'],
  exit: { 0: 'nothing is bad', 1: 'something is bad, or internal error' },
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    about: ABOUT,
    'read-only': flag('Look at a reader: at the folder that it shows, how old that is, and the centre.'),
    centre: optional('URL', 'Of a reader: the URL to which submissions are forwarded. It is contacted.', {
      read: centreUrl,
    }),
    'stale-after': STALE_AFTER,
    origin: optional(
      'URL',
      'Public address of the site: it is contacted, and its certificate is looked at.',
      SITE_ORIGIN,
    ),
    json: json(),
  },
  notes: `
Exits with 0 where nothing is bad, else with 1. Nothing is changed. Only the site of --origin, the object storage, and
the server of --centre are contacted.`,
  run: async (values, call) => {
    const { world } = call
    const { json, centre } = values
    const options = { signal: world.signal, ...defined({ origin: values.origin, about: values.about }) }
    const tell = (findings: readonly CheckupFinding[]): number => {
      const bad = findings.filter(({ state }) => state === 'bad').length
      if (json) world.out.write(`${JSON.stringify({ bad, findings })}\n`)
      else writeFindings(world, findings)
      return bad === 0 ? 0 : 1
    }
    if (!values['read-only'])
      return onFolder(call, values.folder, async (folder) => tell(await checkup(folder, options)))
    await using away = archiveStoreOf(world.env)
    const path = resolve(world.cwd, values.folder)
    return tell(
      await checkReader({ ...options, path, staleSeconds: values['stale-after'], ...defined({ away, centre }) }),
    )
  },
})

/** One line for each finding, below it what to do, in a column that begins behind the longest label. */
export function writeFindings(world: Pick<World, 'out' | 'outColumns'>, findings: readonly CheckupFinding[]): void {
  const margin = MARK_WIDTH + Math.max(...findings.map(({ about }) => about.length)) + 2
  for (const { about, state, found, todo } of findings) {
    writeHanging(world, `${MARK[state].padEnd(MARK_WIDTH)}${about}`.padEnd(margin), found)
    if (todo !== undefined) writeHanging(world, ''.padEnd(margin), `→ ${todo}`)
  }
}
