import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { InputError } from '../../src/core/model/errors.ts'
import { articleOthers } from './article-others.ts'
import { articleRecord } from './article-record.ts'
import { simulateHistory, type HistoryOptions, type Label } from './simulate.ts'

/** Measurements of one file: about 2 MB compressed, 30 MB in memory while it is made. */
const PART = 2000

export interface WriteOptions {
  readonly signal: AbortSignal
  /** Measurements of one file; 2,000 where not given. */
  readonly part?: number
  onProgress?(written: number, expected: number): void
}

/** What stands in the folder afterwards. */
export interface WrittenHistory {
  /** Folder of `part-000.jsonl.zst` and so on, in the order of runs. */
  readonly measurements: string
  readonly count: number
}

/**
 * Writes a history into a folder that is empty or missing: `measurements/`, and beside it what judging never reads,
 * `truth.json` (the stories) and `labels.jsonl` (one line per measurement, in the same order). `truth.json` comes
 * last: a folder without it is unfinished. The article's evening has a `record/` of invented events and statements
 * too. Throws InputError for a folder that holds anything.
 */
export async function writeHistory(
  options: HistoryOptions,
  folder: string,
  run: WriteOptions,
): Promise<WrittenHistory> {
  const measurements = join(folder, 'measurements')
  await mkdir(folder, { recursive: true })
  const found = await readdir(folder)
  if (found.length > 0)
    throw new InputError(`Cannot write a history to "${folder}": the folder holds ${found.length} entries`, {
      code: 'folder.not-empty',
      path: '--out',
      expected: 'an empty folder, or one that is not there yet',
    })
  await mkdir(measurements)
  const history = simulateHistory(options)
  const labels: string[] = []
  let lines: string[] = []
  let part = 0
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return
    const bytes = await promisify(zstdCompress)(`${lines.join('\n')}\n`)
    await writeFile(join(measurements, `part-${String(part).padStart(3, '0')}.jsonl.zst`), bytes)
    part++
    lines = []
  }
  for (const { line, label, progress } of history.measurements()) {
    lines.push(line)
    labels.push(labelLine(label))
    if (lines.length < (run.part ?? PART)) continue
    run.signal.throwIfAborted()
    await flush()
    run.onProgress?.(labels.length, Math.round(labels.length / progress))
  }
  await flush()
  await writeFile(join(folder, 'labels.jsonl'), labels.join(''))
  if (history.article !== undefined) {
    await writeRecord(join(folder, 'record'), articleRecord(history.article))
    await writeFiles(join(folder, 'record', 'others'), articleOthers(history.article))
  }
  const truth = { simulated: true, options, measurements: labels.length, stories: history.stories }
  await writeFile(join(folder, 'truth.json.unfinished'), `${JSON.stringify(truth, null, 2)}\n`)
  await rename(join(folder, 'truth.json.unfinished'), join(folder, 'truth.json'))
  return { measurements, count: labels.length }
}

/** The record of a simulated evening, in the form of data/record. */
async function writeRecord(folder: string, record: ReturnType<typeof articleRecord>): Promise<void> {
  const files = {
    'events.json': record.events,
    'statements.json': record.statements,
    'demands.json': record.demands,
    'chronicle.json': record.chronicle,
    'orders.json': record.orders,
  }
  await writeFiles(folder, files)
}

async function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  await mkdir(folder)
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), `${JSON.stringify(content, null, 2)}\n`)
}

const labelLine = (label: Label): string => `${JSON.stringify({ simulated: true, ...label })}\n`
