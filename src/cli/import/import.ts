import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import { importMeasurements } from '../../pipeline/import/import.ts'
import type { ImportResult, ImportStores } from '../../pipeline/import/import.ts'
import { addTally, emptyTally } from '../../pipeline/import/tally.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { watchCollected } from './collected.ts'
import type { Command } from '../terminal/command.ts'
import { defaultFolder, withFolder } from '../../app/folder/open.ts'
import { openProgress, reasonsLine, tallySentence } from './import-lines.ts'
import { withImportStores } from '../../app/folder/import-stores.ts'

const help = `Usage: kuager import PATH|URL… [--folder DIR] [--fingerprints FILE]… [--threads N] [--json]

Reads measurements in OONI's format, keeps their bytes in the archive of a data folder, judges each
and stores the verdicts. PATH is a file or a folder with all below it: JSON, JSONL, gzip, zstd and
tar in any nesting, told apart by content. A URL is fetched and read the same way.

What was imported before is not taken twice; an interrupted import goes on when started again. A
value that cannot be read is passed over: its position and the reason stand in a file below
"rejects" in the data folder.

  --folder DIR         data folder; made where it is missing (default: KUAGER_FOLDER, else
                       kuager-data)
  --fingerprints FILE  block-page fingerprints in the form of OONI's blocking-fingerprints (CSV)
                       (default: those KUAGER_FINGERPRINTS lists)
  --threads N          threads that judge (default: one a core, at most 8)
  --json               counts as one line of JSON

Exit code: 0 all was taken or known, 3 something was rejected, 2 wrong use, 1 it broke.
`

export const command: Command = {
  help,
  run: runImport,
}

async function runImport(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      folder: { type: 'string' },
      fingerprints: { type: 'string', multiple: true, default: [] },
      threads: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  if (positionals.length === 0) throw wrong('nothing to import', 'path', 'a file, a folder or a URL')
  const threads = values.threads === undefined ? undefined : parseThreads(values.threads)
  const options = {
    fingerprintFiles: fingerprintFiles(values.fingerprints, world),
    ...(threads === undefined ? {} : { threads }),
  }
  const task = { folder: values.folder ?? defaultFolder(world), name: 'import', args }
  return withFolder(world, task, async (folder) => {
    await using collected = await watchCollected(folder, 'import')
    const result = await withImportStores(world, folder, options, (stores) => importAll(positionals, stores, world))
    await collected.note(result.tally.added)
    if (values.json) world.out.write(`${JSON.stringify({ ...result.tally, rejects: result.rejects })}\n`)
    else world.out.write(report(result, folder.path))
    return result.tally.rejected > 0 ? 3 : 0
  })
}

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

function parseThreads(text: string): number {
  const threads = Number(text)
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) throw wrong(`"${text}" threads`, 'threads', '1 to 64')
  return threads
}

const wrong = (found: string, path: string, expected: string): InputError =>
  new InputError(`Cannot import: found ${found}, expected ${expected}`, { code: 'import.usage', path, expected })
