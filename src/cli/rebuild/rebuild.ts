import type { World } from '../../runtime/world.ts'
import { openPortionJudge } from '../../pipeline/judge/judge-blobs.ts'
import { catchUp, type Rebuilt } from '../../pipeline/judge/rebuild.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { task } from '../terminal/command.ts'
import { flag } from '../terminal/option.ts'
import { FINGERPRINTS, FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'
import { withFolder, type OpenFolder } from '../../app/folder/open.ts'
import { rebuildFolder, type RebuildOptions, type RebuiltFolder } from '../../app/folder/rebuild.ts'
import { openCountProgress } from '../terminal/count-progress.ts'
import { exclusively, folderDetection } from '../../app/folder/detection.ts'

export const command = task({
  about: `
Rebuild the warehouse from the archive by today's rules. Every measurement is judged again with today's tables.`,
  examples: ['--folder /var/lib/kuager'],
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    fingerprints: FINGERPRINTS,
    missing: flag('Keep what is there, and add only what is missing after a crash.'),
    drop: flag('Remove what an interrupted rebuild made, and make nothing.'),
    json: json('Print the counts as one JSON object: stored, erased, undecoded, broken.'),
  },
  notes: `
A server of the folder goes on: new rows are made next to those that are read, and take their place at the end. An
interrupted rebuild continues where it was. Incidents are detected again; published ones stay, with a revision if they
change. The archive is not changed.`,
  exit: { 3: 'our own code failed on a measurement' },
  run: ({ folder, ...values }, call) =>
    withFolder(call.world, { folder, mustExist: true, ...call }, async (open) => {
      const { world } = call
      if (values.drop) return drop(open, world)
      const progress = openCountProgress(world, 'measurements')
      const options = {
        fingerprintFiles: fingerprintFiles(values.fingerprints, world),
        onProgress: progress.show,
      }
      const work = values.missing ? addMissing : rebuildFolder
      const { rebuilt, revisions } = await work(open, world, options).finally(progress.end)
      if (!values.json) world.out.write(`${revisions} revisions of incidents\n`)
      return tell(rebuilt, values.json, world)
    }),
})

async function addMissing(
  open: OpenFolder,
  world: World,
  { fingerprintFiles: files, onProgress }: RebuildOptions,
): Promise<RebuiltFolder> {
  const [archive, warehouse, seen] = [await open.archive(), await open.warehouse(), await open.seenValues()]
  await using judge = openPortionJudge({ fingerprintFiles: files }, { isRead: true, seen })
  const { signal } = world
  const rebuilt = await exclusively(open, () => catchUp({ archive, warehouse, judge, onProgress, signal }))
  const { revisions } = await (await folderDetection(open, world)).run('changed', { signal })
  return { rebuilt, revisions: revisions.length }
}

async function drop(open: OpenFolder, world: World): Promise<number> {
  const warehouse = await open.warehouse()
  const { made } = await warehouse.rowBytes()
  using remaking = await warehouse.remake('dropped')
  await remaking.drop()
  world.out.write(made === 0 ? 'There was nothing to remove\n' : `Removed ${Math.ceil(made / 1e6)} MB of rows\n`)
  return 0
}

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
