import type { World } from '../../runtime/world.ts'
import type { Detected } from '../../pipeline/detect/detection.ts'
import { encodeIncident } from '../../core/model/incident/incident-wire.ts'
import { task } from '../terminal/command.ts'
import { flag } from '../terminal/option.ts'
import { FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'
import { withFolder } from '../../app/folder/open.ts'
import { folderDetection } from '../../app/folder/detection.ts'

const SHOWN_EVERY_MS = 200

/** One line over and over, for a person who watches; nothing elsewhere. */
function progressTo(world: World): (done: number, total: number) => void {
  let shown = 0
  return (done, total) => {
    const now = Date.now()
    if (!world.terminal || (now - shown < SHOWN_EVERY_MS && done < total)) return
    shown = now
    world.err.write(`\r${done} / ${total} series${done >= total ? '\n' : ''}`)
  }
}

function tellJson({ revisions, series, shown, reasons }: Detected, world: World): void {
  for (const revision of revisions) world.out.write(`${JSON.stringify(encodeIncident(revision))}\n`)
  world.out.write(`${JSON.stringify({ series, incidents: shown, revisions: revisions.length, reasons })}\n`)
}

/** What a detection did, in one line and one line for each revision. */
function detectedSentence({ series, shown, revisions, reasons }: Detected): string {
  const why = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`)
  const changed = revisions.length === 0 ? 'nothing has changed' : `${revisions.length} revisions (${why.join(', ')})`
  const lines = revisions.slice(0, 20).map(({ id, reason, revision }) => `  ${id}  ${reason}, revision ${revision}\n`)
  const more = revisions.length > 20 ? `  and ${revisions.length - 20} more\n` : ''
  return `${series} series looked at, ${shown} incidents in them; ${changed}\n${lines.join('')}${more}`
}

export const command = task({
  about: `
Find and revise incidents in a data folder. An incident is an interval in which a service was restricted on a network.`,
  examples: ['--folder /var/lib/kuager', '--all --json'],
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    all: flag('Check every series again. Without it: only those with new or erased measurements.'),
    json: json(
      'Print one JSON object per line: each incident that was published, revised or withdrawn, then the counts.',
    ),
  },
  notes: `
The same measurements give the same incidents and ids. A published incident is never silently changed: it gets
a revision with a reason. "kuager incidents" lists them; "kuager serve" detects automatically.`,
  run: ({ folder, all, json }, call) =>
    withFolder(call.world, { folder, mustExist: true, ...call }, async (open) => {
      const { world } = call
      const detection = await folderDetection(open, world)
      const { signal } = world
      const detected = await detection.run(all ? 'all' : 'changed', { signal, onProgress: progressTo(world) })
      if (json) tellJson(detected, world)
      else world.out.write(detectedSentence(detected))
      return 0
    }),
})
