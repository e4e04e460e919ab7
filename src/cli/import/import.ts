import { join, resolve } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { importMeasurements } from '../../pipeline/import/import.ts'
import type { ImportResult, ImportStores } from '../../pipeline/import/import.ts'
import { addTally, emptyTally } from '../../pipeline/import/tally.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { watchCollected } from './collected.ts'
import { task } from '../terminal/command.ts'
import { optional, wholeNumber } from '../terminal/option.ts'
import { FINGERPRINTS, FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'
import { withFolder } from '../../app/folder/open.ts'
import { openProgress, reasonsLine, tallySentence } from './import-lines.ts'
import { withImportStores } from '../../app/folder/import-stores.ts'

export const command = task({
  about: `
Store and judge measurements in OONI's format. Their bytes go into the archive of a data folder, the verdicts into its
warehouse.`,
  examples: ['measurements.jsonl.gz --folder /var/lib/kuager'],
  words: {
    'PATH|URL…': `A file, or a folder with everything below it: JSON, JSONL, gzip, zstd and tar in any nesting,
      recognised by their content. A URL is fetched and read the same way.`,
  },
  options: {
    folder: { ...FOLDER, about: 'Data folder; it is made if it does not exist.' },
    warehouse: WAREHOUSE,
    fingerprints: FINGERPRINTS,
    threads: optional('N', 'Threads that judge.', { read: wholeNumber(1, 64), byDefault: 'one per core, at most 8' }),
    json: json('Print the counts as one line of JSON.'),
  },
  notes: `
What was imported before is not imported again; an interrupted import continues when it is started again. A value that
cannot be read is skipped: its position and the reason are written to a file below "rejects" in the data folder.`,
  exit: { 0: 'everything was imported, or known already', 3: 'something was rejected' },
  async run({ folder: path, fingerprints, threads, json }, call) {
    const { world, words } = call
    const options = {
      fingerprintFiles: fingerprintFiles(fingerprints, world),
      ...defined({ threads }),
    }
    return withFolder(world, { folder: path, ...call }, async (folder) => {
      await using collected = await watchCollected(folder, 'import')
      const result = await withImportStores(world, folder, options, (stores) => importAll(words, stores, world))
      await collected.note(result.tally.added)
      if (json) world.out.write(`${JSON.stringify({ ...result.tally, rejects: result.rejects })}\n`)
      else world.out.write(report(result, folder.path))
      return result.tally.rejected > 0 ? 3 : 0
    })
  },
})

async function importAll(named: readonly string[], stores: ImportStores, world: World): Promise<ImportResult> {
  const tally = emptyTally()
  const rejects: string[] = []
  let rowsLost = false
  const progress = openProgress(world)
  try {
    for (const name of named) {
      const path = /^https?:\/\//i.test(name) ? name : resolve(world.cwd, name)
      const { signal } = world
      const result = await importMeasurements(path, stores, { signal, channel: 'file', onProgress: progress.show })
      addTally(tally, result.tally)
      rejects.push(...result.rejects)
      rowsLost ||= result.rowsLost
    }
  } catch (error) {
    if (world.signal.aborted) world.err.write('\nInterrupted: the same command goes on from here\n')
    throw error
  } finally {
    progress.end()
  }
  return { tally, rejects, rowsLost }
}

function report({ tally, rejects }: ImportResult, folder: string): string {
  const lines = [tallySentence(tally)]
  if (Object.keys(tally.reasons).length > 0) lines.push(`Not taken: ${reasonsLine(tally)}`)
  for (const file of rejects) lines.push(`Where and why: ${join(folder, file)}`)
  return `${lines.join('\n')}\n`
}
