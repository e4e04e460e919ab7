import { createHash } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/model/duration.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { asReviewed, type IncidentReview } from '../../core/model/incident/review.ts'
import { formatInstantUtc, instant, type Instant } from '../../core/model/units.ts'
import { homeDay, homeMidnight } from '../../core/text/home-day.ts'
import type { Clock } from '../../runtime/clock.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import type { FreeSpace } from '../../runtime/files/free-space.ts'
import type { Log } from '../../runtime/log.ts'
import { openWorkerPool, type WorkerPool } from '../../runtime/worker-pool.ts'
import { filesOf, type DatasetShelf, type DatasetVersion, type RowChanges } from '../../site/dataset/contract.ts'
import type { PublishedPrint, PublishedRows } from '../../store/warehouse/contract.ts'
import { incidentRow } from './incident-row.ts'
import { encodeMonthRecord, type MonthPrint, type MonthRecord } from './month-record.ts'
import { MONTH_RECORD, monthFolder, namesIn, readMonths } from './shelf.ts'
import { indexFile, UNFINISHED, writeMonth, type WrittenMonth } from './write-month.ts'

/** How long after its end a month is still open for measurements that come late. */
const LATE_MS = 2 * DAY_MS
/** How often the running month is made again, and a finished one to which rows came late. Erasures do not wait. */
const AGAIN_MS = DAY_MS
const FIRST_LOOK_MS = 20 * SECOND_MS
const LOOK_MS = 5 * MINUTE_MS
/** Between two questions to the warehouse, so that those of readers come between. */
const PAUSE_MS = 10
/** Heap of the thread: one group of rows of a Parquet file, and the index of a month. */
const HEAP_MEGABYTES = 384
const YOUNG_MEGABYTES = 16
/** Some thousand rows are a quarter of a second; a group of a Parquet file is one. */
const BUDGET = { baseMs: 120_000, perMegabyteMs: 0 }

export interface KeeperParts {
  /** The data folder. */
  readonly data: string
  /** Whether simulated measurements have files too. */
  readonly isPublic: boolean
  readonly published: PublishedRows
  /** The journal; those on hold are left out here. */
  readonly incidents: () => Promise<readonly Incident[]>
  /** What people did with an incident. */
  readonly reviewOf: (id: string) => IncidentReview
  readonly shelf: Pick<DatasetShelf, 'again'>
  readonly space: Pick<FreeSpace, 'level'>
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly log: Pick<Log, 'error'>
}

export interface DatasetKeeper extends AsyncDisposable {
  /** Makes what is missing or has changed; one look at a time. */
  look(): Promise<void>
  /** Looks again and again, until it is disposed. */
  begin(): void
}

/**
 * Makes the files for researchers of a data folder: each month once, in a thread that gives way to everything else, and
 * again when what it holds has changed. One keeper a folder. Disposing ends the month that is being made; what was
 * written of it is removed by the next look.
 */
export function openDatasetKeeper(parts: KeeperParts): DatasetKeeper {
  const stop = new AbortController()
  const { log } = parts
  let looking: Promise<void> = Promise.resolve()
  let seen = ''
  const look = async (): Promise<void> => {
    const now = parts.clock.now()
    const state = await parts.published.state()
    // As lists have them: nothing is passed on of an incident that people hold.
    const incidents = (await parts.incidents()).flatMap((one) => asReviewed(one, parts.reviewOf(one.id)) ?? [])
    const key = `${state.insertion} ${state.erased} ${printOf(incidents, parts)} ${homeDay(now)}`
    if (key === seen) return
    await using round = new Round(parts, { now, erased: state.erased, incidents, signal: stop.signal })
    for (const simulated of parts.isPublic ? [false] : [false, true]) await round.lookAtAll(simulated)
    seen = round.isComplete ? key : ''
  }
  const next = (): Promise<void> => (looking = looking.then(look, look))
  const again = async (): Promise<void> => {
    for (let wait = FIRST_LOOK_MS; !stop.signal.aborted; wait = LOOK_MS) {
      await sleep(wait, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
      if (stop.signal.aborted) return
      await next().catch((error: unknown) => {
        if (!stop.signal.aborted) log.error({ error }, 'files for researchers could not be made')
      })
    }
  }
  let running: Promise<void> = Promise.resolve()
  return {
    look: next,
    begin: () => void (running = again()),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the server ends'))
      await Promise.allSettled([looking, running])
    },
  }
}

/** Incidents with their revisions and what people did with them, as one hash. */
const printOf = (incidents: readonly Incident[], { reviewOf }: Pick<KeeperParts, 'reviewOf'>): string => {
  const lines = incidents.map(({ id, revision }) => `${id} ${revision} ${reviewOf(id).standing}\n`).toSorted()
  return createHash('sha256').update(lines.join('')).digest('hex')
}

/** Month of Astana that an incident is filed under. */
const monthOf = (incident: Incident): string => homeDay(anchor(incident) ?? incident.revisedAt).slice(0, 7)

/** First instant of a month of Astana, and of the month after it. */
function boundsOf(month: string): { readonly since: Instant; readonly until: Instant } {
  const [year = 0, number = 0] = month.split('-').map(Number)
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
  return { since: homeMidnight(`${month}-01`), until: homeMidnight(`${next}-01`) }
}

/** One month with what it holds now. */
interface MonthNow {
  readonly month: string
  readonly simulated: boolean
  readonly since: Instant
  readonly until: Instant
  readonly incidents: readonly Incident[]
  readonly print: MonthPrint
}

interface RoundParts {
  readonly now: Instant
  /** Leaves erased so far. */
  readonly erased: number
  readonly incidents: readonly Incident[]
  readonly signal: AbortSignal
}

/** One look at all months. */
class Round implements AsyncDisposable {
  readonly #parts: KeeperParts
  readonly #now: RoundParts
  #pool: WorkerPool | undefined
  /** Whether nothing waits for a later look. */
  isComplete = true

  constructor(parts: KeeperParts, now: RoundParts) {
    this.#parts = parts
    this.#now = now
  }

  async lookAtAll(simulated: boolean): Promise<void> {
    const { data, published } = this.#parts
    const { now, signal } = this.#now
    const records = new Map((await readMonths(data, simulated)).map((one) => [one.month, one]))
    const held = await published.months({ simulated, until: now })
    // The newest first: what most ask for.
    const ofIncidents = this.#now.incidents.filter((one) => one.simulated === simulated).map(monthOf)
    for (const month of [...new Set([...held, ...records.keys(), ...ofIncidents])].toSorted().toReversed()) {
      signal.throwIfAborted()
      await this.#lookAt(await this.#read(month, simulated), records.get(month))
    }
  }

  async #read(month: string, simulated: boolean): Promise<MonthNow> {
    const bounds = boundsOf(month)
    const incidents = this.#now.incidents
      .filter((one) => one.simulated === simulated && monthOf(one) === month)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const print = await this.#parts.published.print({ ...bounds, simulated })
    return { month, simulated, ...bounds, incidents, print: { ...print, ...this.#printOf(incidents) } }
  }

  #printOf(incidents: readonly Incident[]): Pick<MonthPrint, 'incidents' | 'erased'> {
    return { incidents: printOf(incidents, this.#parts), erased: this.#now.erased }
  }

  async #lookAt(found: MonthNow, record: MonthRecord | undefined): Promise<void> {
    const { now } = this.#now
    const isFinished = now >= found.until + LATE_MS
    if (record === undefined) {
      if (found.print.measurements > 0 || found.incidents.length > 0) await this.#make(found, isFinished)
      return
    }
    const isRunning = record.running !== undefined
    const isSame = isSamePrint(record.print, found.print) && !record.isWithdrawn
    if (isSame && isRunning !== isFinished) return
    if (!isSame && (hasFewer(record.print, found.print) || found.incidents.length < incidentsIn(record))) {
      const withdrawn = { ...record, isWithdrawn: true }
      await this.#publish(withdrawn)
      return this.#make(found, isFinished, withdrawn)
    }
    if (record.isWithdrawn || (isRunning && isFinished) || now - record.madeAt >= AGAIN_MS)
      return this.#make(found, isFinished, record)
    this.isComplete = false
  }

  async #make(found: MonthNow, isFinished: boolean, before?: MonthRecord): Promise<void> {
    const { space, published } = this.#parts
    const { now, signal } = this.#now
    if (space.level() !== 'ample') {
      this.isComplete = false
      return
    }
    const folder = monthFolder(this.#parts.data, found)
    await mkdir(folder, { recursive: true })
    await removeOthers(folder, before)
    const version = isFinished ? (before?.versions.at(-1)?.version ?? 0) + 1 : undefined
    const written = await writeMonth(
      {
        ...{ folder, month: found.month, simulated: found.simulated, since: found.since, until: found.until },
        edition: version === undefined ? `until-${compact(now)}` : `v${version}`,
        hasBefore: (before?.versions.length ?? 0) > 0,
        incidents: found.incidents.map((one) => incidentRow(one, this.#parts.reviewOf(one.id).standing)),
      },
      {
        published,
        pool: (this.#pool ??= openWritePool()),
        pause: () => sleep(PAUSE_MS, undefined, { signal }),
      },
    )
    const after = await published.print({ ...found })
    if (isFinished && !isSamePrint(found.print, { ...found.print, ...after })) {
      // Rows came while it was written: the next look begins again with all of them.
      this.isComplete = false
      return removeOthers(folder, before)
    }
    // Judged again with the same rows: the files stay, and those that were just written go.
    if (before !== undefined && !before.isWithdrawn && version !== undefined && isSameRows(before, written))
      return this.#publish({ ...before, print: found.print, madeAt: now })
    await this.#publishWritten(folder, written, recordOf(found, { before, version, written, now }))
  }

  /** Files under their names, then the record that says that they are there, then what is no longer named goes. */
  async #publishWritten(folder: string, { files }: WrittenMonth, record: MonthRecord): Promise<void> {
    for (const { name } of files) await rename(join(folder, `${name}${UNFINISHED}`), join(folder, name))
    for (const table of ['measurements', 'incidents'] as const)
      await rename(join(folder, `${indexFile(table)}${UNFINISHED}`), join(folder, indexFile(table)))
    await REAL_DISK.syncFolder(folder)
    await this.#publish(record)
  }

  async #publish(record: MonthRecord): Promise<void> {
    const folder = monthFolder(this.#parts.data, record)
    await writeDurable(join(folder, MONTH_RECORD), new TextEncoder().encode(encodeMonthRecord(record)))
    this.#parts.shelf.again()
    await removeOthers(folder, record)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.[Symbol.asyncDispose]()
  }
}

const isSamePrint = (a: MonthPrint, b: MonthPrint): boolean =>
  a.measurements === b.measurements && a.ids === b.ids && a.judgements === b.judgements && a.incidents === b.incidents

/** Whether measurements may have gone: fewer are there, or others after some were erased. */
const hasFewer = (before: MonthPrint, now: PublishedPrint & Pick<MonthPrint, 'erased'>): boolean =>
  now.measurements < before.measurements || (now.ids !== before.ids && now.erased !== before.erased)

/** How many incidents the present files hold: fewer now means that people hold one. */
const incidentsIn = (record: MonthRecord): number =>
  filesOf(record).find(({ table }) => table === 'incidents')?.rows ?? 0

const isSameRows = (before: MonthRecord, { rows }: WrittenMonth): boolean =>
  before.versions.length > 0 && Object.entries(rows).every(([table, hash]) => before.rows[table] === hash)

const NONE: RowChanges = { added: 0, removed: 0, changed: 0 }

function recordOf(
  { month, simulated, print }: MonthNow,
  {
    before,
    version,
    written: { files, rows, changes },
    now,
  }: {
    readonly before: MonthRecord | undefined
    readonly version: number | undefined
    readonly written: WrittenMonth
    readonly now: Instant
  },
): MonthRecord {
  const base = { month, simulated, print, madeAt: now, rows, isWithdrawn: false }
  const versions = before?.versions ?? []
  if (version === undefined) return { ...base, versions, running: { asOf: now, files } }
  const { measurements = NONE, incidents = NONE } = changes
  const reason: DatasetVersion['reason'] =
    version === 1 ? { kind: 'first' } : { kind: 'changed', measurements, incidents }
  return { ...base, versions: [...versions, { version, madeAt: now, reason, files }] }
}

/** A time as a part of a name: `20261130T1807Z`. */
const compact = (at: Instant): string =>
  `${formatInstantUtc(instant(Math.floor(at / MINUTE_MS) * MINUTE_MS))
    .replaceAll(/[-:]/g, '')
    .slice(0, 13)}Z`

/** Removes every file of a folder that the record does not name: what a crash left, and what was replaced. */
async function removeOthers(folder: string, record: MonthRecord | undefined): Promise<void> {
  const named = new Set([
    MONTH_RECORD,
    ...(record === undefined ? [] : filesOf(record).map(({ name }) => name)),
    ...(record === undefined || record.versions.length === 0
      ? []
      : [indexFile('measurements'), indexFile('incidents')]),
  ])
  const others = (await namesIn(folder)).filter((name) => !named.has(name))
  for (const name of others) await rm(join(folder, name), { force: true })
  if (others.length > 0) await REAL_DISK.syncFolder(folder)
}

function openWritePool(): WorkerPool {
  const file = import.meta.url.endsWith('.ts') ? './write-worker.ts' : './write-worker.js'
  return openWorkerPool(new URL(file, import.meta.url), {
    size: 1,
    depth: 1,
    data: {},
    heapMegabytes: HEAP_MEGABYTES,
    youngMegabytes: YOUNG_MEGABYTES,
    budget: BUDGET,
  })
}
