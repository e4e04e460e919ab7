import type { World } from '../../runtime/world.ts'
import { openPortionJudge } from '../../pipeline/judge/judge-blobs.ts'
import { catchUp, rebuild } from '../../pipeline/judge/rebuild.ts'
import type { Rebuilt, Sources } from '../../pipeline/judge/rebuild.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { task } from '../terminal/command.ts'
import { flag } from '../terminal/option.ts'
import { FINGERPRINTS, FOLDER, json } from '../terminal/shared-options.ts'
import { withFolder } from '../../app/folder/open.ts'
import { exclusively, folderDetection } from '../../app/folder/detection.ts'

const JUDGING_SHOWN_EVERY_MS = 200

/** Says how far it is: one line over and over on a terminal, else one line for each tenth part. */
function progressTo(world: World): Sources['onProgress'] {
  let shown = 0
  let tenth = 0
  return ({ done, total }) => {
    if (world.terminal) {
      const now = Date.now()
      if (now - shown < JUDGING_SHOWN_EVERY_MS && done < total) return
      shown = now
      const filled = total === 0 ? 30 : Math.floor((30 * done) / total)
      const bar = `${'█'.repeat(filled)}${'·'.repeat(30 - filled)}`
      world.err.write(`\r${bar} ${done} / ${total}${done >= total ? '\n' : ''}`)
    } else if (Math.floor((10 * done) / total) > tenth) {
      tenth = Math.floor((10 * done) / total)
      world.err.write(`${done} of ${total} leaves\n`)
    }
  }
}

export const command = task({
  about: "Makes the warehouse again from the archive, judging every measurement by today's rules and tables.",
  options: {
    folder: FOLDER,
    fingerprints: FINGERPRINTS,
    missing: flag('Keep what is there, and add only what is missing after a crash.'),
    json: json('Print the counts as one JSON object: stored, erased, undecoded, broken.'),
  },
  notes: `
Incidents are detected again; published ones stay, with a revision if they change. The archive is not changed.`,
  exit: { 3: 'our own code failed on a measurement' },
  run: ({ folder, ...values }, call) =>
    withFolder(call.world, { folder, mustExist: true, ...call }, async (open) => {
      const { world } = call
      const seen = await open.seenValues()
      if (!values.missing) seen.clear()
      const judging = { fingerprintFiles: fingerprintFiles(values.fingerprints, world) }
      await using judge = openPortionJudge(judging, { isRead: true, seen })
      const sources = {
        archive: await open.archive(),
        warehouse: await open.warehouse(),
        judge,
        onProgress: progressTo(world),
        signal: world.signal,
      }
      const rebuilt = await exclusively(open, () => (values.missing ? catchUp(sources) : rebuild(sources)))
      const detection = await folderDetection(open, world)
      const { revisions } = await detection.run(values.missing ? 'changed' : 'all', { signal: world.signal })
      if (!values.json) world.out.write(`${revisions.length} revisions of incidents\n`)
      return tell(rebuilt, values.json, world)
    }),
})

function tell(result: Rebuilt, json: boolean, world: World): number {
  const { stored, erased, undecoded, broken } = result
  if (json) world.out.write(`${JSON.stringify({ stored, erased, undecoded, broken: broken.length })}\n`)
  else
    world.out.write(
      `${stored} measurements judged and stored; ${erased} erased; ${undecoded} say nothing we decode; ` +
        `${broken.length} on which our own code broke\n`,
    )
  for (const { leafIndex, why } of broken.slice(0, 10)) world.err.write(`kuager: leaf ${leafIndex}: ${why}\n`)
  return broken.length === 0 ? 0 : 3
}
