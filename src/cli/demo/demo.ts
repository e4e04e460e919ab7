import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import type { HistoryOptions } from '../../../lab/history/simulate.ts'
import { writeHistory } from '../../../lab/history/write-history.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import { importMeasurements } from '../../pipeline/import/import.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { fillChecks } from '../../app/demo/checks.ts'
import { fillReports } from '../../app/demo/reports.ts'
import { openFolder } from '../../app/folder/open.ts'
import type { OpenFolder } from '../../app/folder/open.ts'
import { withImportStores } from '../../app/folder/import-stores.ts'
import { openLiveDetection } from '../../app/folder/live-detection.ts'
import { openLiveLog } from '../../app/folder/live-log.ts'
import { loadNames } from '../../app/observatory/serve.ts'
import { serveFolder } from '../../app/folder/start.ts'
import { wholeNumber } from '../terminal/option.ts'

const HELP = `Opens the observatory with a simulated month, to look around; its last two evenings are measured
closely, with incidents, an event and statements; on the last one restrictions go on. Everything it
shows is simulated.

Usage: kuager demo [options]

  --folder DIR     data folder of the demonstration (default .kuager-demo); a folder with real data
                   is refused
  --port N         port on this machine (default 8420)
  --days N         days to simulate, 1 to 120 (default 30); an existing folder keeps its own

It contacts nothing outside and measures nothing. A second start uses the folder again; delete it to
begin anew.
`

const MARKER = 'demo.json'
/** The month but its last two days. Pairs would make it half as large again and show no further incident. */
const MONTH = { seed: 1, networks: 6, probesPerNetwork: 4, intervalMinutes: 120 } as const
/** The last day but one, measured closely enough to date what happens on its evening (lab/history/article.ts). */
const EVENING = {
  seed: 2,
  networks: 5,
  probesPerNetwork: 4,
  intervalMinutes: 15,
  story: 'article-evening',
  pairs: true,
  services: ['youtube', 'facebook', 'instagram', 'telegram', 'wikipedia', 'google'],
} as const
const EVENING_FOLDER = 'simulated-evening'
/** The evening after it, cut off while its restrictions go on, at 21:10 in Almaty: what the first screen is for. */
const TONIGHT = { ...EVENING, seed: 3 } as const
const TONIGHT_ENDS = 16 * HOUR_MS + 10 * MINUTE_MS
/** What holding a folder leaves in it: a start that was cut short before the marker. */
const TRACES: ReadonlySet<string> = new Set(['lock.sqlite', 'lock.sqlite-journal', 'holder.json', 'kuager.sock'])

const markerSchema = z.strictObject({
  simulated: z.literal(true),
  state: z.enum(['loading', 'ready']),
  /** First day, milliseconds since 1970, and number of days. */
  since: z.int(),
  days: z.int().min(1).max(120),
})
type Marker = z.infer<typeof markerSchema>

export const command: Command = {
  help: HELP,
  async run(args, world) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        folder: { type: 'string', default: '.kuager-demo' },
        port: { type: 'string', default: '8420' },
        days: { type: 'string', default: '30' },
      },
    })
    const path = resolve(world.cwd, values.folder)
    const days = wholeNumber(1, 120)(values.days, { name: 'days', world })
    const port = wholeNumber(0, 65_535)(values.port, { name: 'port', world })
    const found = await readMarker(path)
    await using folder = await openFolder(world, path, 'demo')
    await prepare(folder, found ?? { simulated: true, state: 'loading', since: firstDay(days), days }, world)
    await folder.listen(runAside(world.runCommand))
    await using live = openLiveDetection(folder, world)
    const { revisions } = await live.caughtUp
    if (revisions.length > 0) sayProgress(world)(`found ${revisions.length} simulated incidents`, true)
    await logAll(folder)
    await fillChecks(folder, world.env)
    await fillReports(folder, world.env)
    await using _log = openLiveLog(folder, world)
    const names = await loadNames()
    const served = { host: '127.0.0.1', port, names, isPublic: false, signal: world.signal, env: world.env }
    await serveFolder(folder, served, (url) =>
      world.out.write(
        `Kuager's demonstration is open at ${url}\n` +
          'Everything on it is simulated: invented networks, invented evenings, nothing measured. Ctrl-C ends it.\n',
      ),
    )
    return 0
  },
}

/** Everything is in the log, whose name says that it is simulated, before the first page: receipts and bundles can be tried. */
async function logAll(folder: OpenFolder): Promise<void> {
  const log = await folder.log()
  await folder.logRevisions()
  await log.sequence()
}

/** First of a number of days that end with yesterday, UTC. */
const firstDay = (days: number): number => Math.floor(systemClock.now() / DAY_MS) * DAY_MS - days * DAY_MS

/** Commands of other processes on this folder: reading is welcome, real measurements are not. */
const runAside =
  (run: World['runCommand']): World['runCommand'] =>
  async (argv, world) => {
    if (argv[0] !== 'import' && argv[0] !== 'follow') return run(argv, world)
    world.err.write(`kuager: Cannot ${argv[0]} into this folder: it belongs to the demonstration\n`)
    return 2
  }

/** Fills the folder unless it is filled; afterwards it holds simulated measurements alone. */
async function prepare(folder: OpenFolder, marker: Marker, world: World): Promise<void> {
  if (marker.state === 'loading') {
    await saveMarker(folder.path, marker)
    await load(folder, marker, world)
  }
  await refuseRealRows(folder)
  if (marker.state === 'loading') await saveMarker(folder.path, { ...marker, state: 'ready' })
  // Only now: a start that was cut short before reads them again.
  for (const { name } of partsOf(marker))
    await rm(join(folder.path, name, 'measurements'), { recursive: true, force: true })
}

/** The marker of a folder that a demonstration made; throws InputError for a folder that is anything else. */
async function readMarker(path: string): Promise<Marker | undefined> {
  const text = await orMissing(readFile(join(path, MARKER), 'utf8'))
  if (text !== undefined) {
    const parsed = markerSchema.safeParse(parseText(text))
    if (parsed.success) return parsed.data
    throw foreign(path, `its ${MARKER} cannot be read`)
  }
  const others = ((await orMissing(readdir(path))) ?? []).filter((name) => !TRACES.has(name))
  if (others.length > 0) throw foreign(path, `it holds other things (${others.slice(0, 3).join(', ')})`)
  return undefined
}

const saveMarker = (path: string, marker: Marker): Promise<void> =>
  writeDurable(join(path, MARKER), Buffer.from(`${JSON.stringify(marker)}\n`))

const foreign = (path: string, why: string): InputError =>
  new InputError(`Cannot show the demonstration from "${path}": ${why}; name another folder with --folder`, {
    code: 'folder.not-simulated',
    path: '--folder',
    expected: 'an empty folder, a new one, or one that a demonstration made',
  })

/** A history of the demonstration and the folder in which it is made. */
interface Part {
  readonly name: string
  readonly options: HistoryOptions
}

/** The month, the article's evening on its last day but one, and an evening that goes on; of less than three days the evening alone comes last. */
function partsOf({ since, days }: Marker): readonly Part[] {
  const evenings = days < 3 ? 1 : 2
  const eveningOn = since + (days - evenings) * DAY_MS
  const evening = { name: EVENING_FOLDER, options: { ...EVENING, since: eveningOn, days: 1 } }
  const month = { name: 'simulated', options: { ...MONTH, since, days: days - evenings } }
  const tonight = {
    name: 'simulated-tonight',
    options: { ...TONIGHT, since: eveningOn + DAY_MS, days: 1, until: eveningOn + DAY_MS + TONIGHT_ENDS },
  }
  return [...(days > evenings ? [month] : []), evening, ...(evenings > 1 ? [tonight] : [])]
}

/** Simulates into the folder and imports; what an interrupted start left is used or made anew. */
async function load(folder: OpenFolder, marker: Marker, world: World): Promise<void> {
  const { signal } = world
  const say = sayProgress(world)
  let stored = 0
  for (const { name, options } of partsOf(marker)) {
    const source = join(folder.path, name)
    const expected = (await readCount(source)) ?? (await simulate(source, options, { signal, say }))
    const before = stored
    const { tally } = await withImportStores(world, folder, { fingerprintFiles: [] }, (stores) =>
      importMeasurements(join(source, 'measurements'), stores, {
        signal,
        channel: 'simulator',
        onProgress: ({ tally: now }) => say(`judging and storing: ${before + now.added + now.known} measurements`),
      }),
    )
    signal.throwIfAborted()
    const here = tally.added + tally.known
    if (here !== expected)
      throw new Fault(`Cannot load what was simulated: ${expected} measurements written, ${here} stored`)
    stored += here
  }
  // What was said and done on that evening, where the pages look for it. Again after a start that was cut short here.
  await cp(join(folder.path, EVENING_FOLDER, 'record'), join(folder.path, 'record'), { recursive: true })
  say(`judged and stored ${stored} simulated measurements`, true)
}

type Say = (text: string, last?: boolean) => void

/** Number of measurements of a finished history; undefined where there is none. */
async function readCount(source: string): Promise<number | undefined> {
  const text = await orMissing(readFile(join(source, 'truth.json'), 'utf8'))
  return text === undefined ? undefined : z.object({ measurements: z.int() }).parse(parseText(text)).measurements
}

async function simulate(
  source: string,
  options: HistoryOptions,
  run: { signal: AbortSignal; say: Say },
): Promise<number> {
  await rm(source, { recursive: true, force: true })
  const { count } = await writeHistory(options, source, {
    signal: run.signal,
    onProgress: (done, all) =>
      run.say(
        `simulating ${options.days === 1 ? 'an evening' : `${options.days} days`}: ${done} of about ${all} measurements`,
      ),
  })
  return count
}

/** Somebody may have imported real measurements into the folder since: they are not shown among simulated ones. */
async function refuseRealRows(folder: OpenFolder): Promise<void> {
  const warehouse = await folder.warehouse()
  const cells = await warehouse.matrix({ since: instant(0), until: instant(Date.UTC(2100, 0, 1)) })
  if (cells.some((cell) => !cell.simulated)) throw foreign(folder.path, 'it holds measurements that are not simulated')
}

/** One line that is written over on a terminal; elsewhere a line each five seconds at most, and the last. */
function sayProgress(world: World): Say {
  let quietUntil = 0
  return (text, last = false) => {
    if (world.terminal) return void world.err.write(`\r\u001b[K${text}${last ? '\n' : ''}`)
    const now = systemClock.monotonic()
    if (!last && now < quietUntil) return
    quietUntil = now + 5000
    world.err.write(`${text}\n`)
  }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function orMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
