import { resolve } from 'node:path'
import { checkup } from '../../app/operator/checkup.ts'
import { checkReader } from '../../app/operator/reader-checkup.ts'
import { archiveStoreOf } from '../../app/shipping/archive-store.ts'
import { TOPIC_CODES, type CheckupFinding } from '../../app/operator/checkup-finding.ts'
import { defined } from '../../core/model/defined.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { World } from '../../runtime/world.ts'
import { task } from '../terminal/command.ts'
import { writeHanging } from '../terminal/hanging.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { flag, optional } from '../terminal/option.ts'
import { FOLDER, json, LANG, WAREHOUSE } from '../terminal/shared-options.ts'
import { ABOUT, SITE_ORIGIN } from '../terminal/site-options.ts'
import { centreUrl, STALE_AFTER } from '../serve/reader-options.ts'

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
    'read-only': flag('Check a reader: the folder that it shows, how old that is, and the centre.'),
    centre: optional('URL', 'Of a reader: the URL to which submissions are forwarded. It is contacted.', {
      read: centreUrl,
    }),
    'stale-after': STALE_AFTER,
    origin: optional(
      'URL',
      'Public address of the site: it is contacted, and its certificate is checked.',
      SITE_ORIGIN,
    ),
    lang: LANG,
    json: json('Print one JSON object, in English.'),
  },
  notes: `
Nothing is changed. Only the site of --origin, the object storage, and
the server of --centre are contacted.`,
  run: async (values, call) => {
    const { world } = call
    const { json, centre, lang } = values
    const options = { signal: world.signal, ...defined({ origin: values.origin, about: values.about }) }
    const tell = (findings: readonly CheckupFinding[]): number => {
      const bad = findings.filter(({ state }) => state === 'bad').length
      if (json) world.out.write(`${JSON.stringify({ bad, findings: findings.map(encodeFinding) })}\n`)
      else writeFindings(world, lang, findings)
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
export function writeFindings(
  world: Pick<World, 'out' | 'outColumns'>,
  lang: Lang,
  findings: readonly CheckupFinding[],
): void {
  const longest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length))
  const markWidth = longest((['good', 'look', 'bad'] as const).map((state) => say(lang, `doctor.state.${state}`))) + 2
  const label = ({ about }: CheckupFinding): string => say(lang, `doctor.about.${about}`)
  const margin = markWidth + longest(findings.map(label)) + 2
  for (const finding of findings) {
    const mark = say(lang, `doctor.state.${finding.state}`).padEnd(markWidth)
    writeHanging(world, `${mark}${label(finding)}`.padEnd(margin), finding.found(lang))
    if (finding.todo !== undefined) writeHanging(world, ''.padEnd(margin), `→ ${finding.todo(lang)}`)
  }
}

const encodeFinding = ({ about, state, found, todo }: CheckupFinding): Record<string, string> => ({
  ...{ about: TOPIC_CODES[about], state, found: found('en') },
  ...defined({ todo: todo?.('en') }),
})
