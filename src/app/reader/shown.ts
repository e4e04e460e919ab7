import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usualHours, USUAL_DAYS } from '../../core/detect/reports/usual-hours.ts'
import { defined } from '../../core/model/defined.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { CrowdSignal } from '../../core/model/people/crowd-check.ts'
import type { PlacedSignal, PublishedCell, PublishedNote, ReportPlace } from '../../core/model/people/report-cell.ts'
import { formatInstantUtc, instant, parseInstant, type Instant } from '../../core/model/units.ts'
import type { ShownReports } from '../../reports/shown-reports.ts'
import { systemClock } from '../../runtime/clock.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { UNFINISHED } from '../../runtime/files/durable-file.ts'
import type { Log } from '../../runtime/log.ts'
import type { OpenFolder } from '../folder/open.ts'
import type { PeopleReports } from '../../site/place/people-reports.ts'

/**
 * Folder within a data folder in which the centre tells readers what its pages show of parts that readers do not get:
 * the registry, the keys. Nothing in it is secret, and all of it is made again within minutes.
 */
const SHOWN_FOLDER = 'shown'
const NOW = 'now.json'
const PEOPLE = 'people.json'
/** Days of which cells are given: those from which it is learnt what is usual. */
const TOLD_DAYS = USUAL_DAYS + 2

/** What is true of the centre at a moment. */
export interface ShownNow {
  readonly at: Instant
  /** The line of the key that signs copies. */
  readonly mirrorKey?: string
}

/** What is shown of people's reports and checks; every number in it is on a page. */
interface ShownPeople {
  readonly settled: number
  readonly taken_since: number | null
  readonly cells: readonly PublishedCell[]
  readonly signals: readonly PlacedSignal[]
  readonly notes: Readonly<Record<string, readonly PublishedNote[]>>
  readonly checks: readonly CrowdSignal[]
}

/** Not fsynced: it is of this moment, and made again. */
async function write(folder: string, name: string, value: unknown): Promise<void> {
  const path = join(folder, SHOWN_FOLDER, name)
  await mkdir(join(folder, SHOWN_FOLDER), { recursive: true, mode: 0o700 })
  await writeFile(`${path}${UNFINISHED}`, JSON.stringify(value), { mode: 0o600 })
  await rename(`${path}${UNFINISHED}`, path)
}

/** Tells readers that the centre is there, and what its pages show now. */
const tellNow = (folder: string, { at, mirrorKey }: ShownNow): Promise<void> =>
  write(folder, NOW, { format: 'kuager-shown/1', at_utc: formatInstantUtc(at), ...defined({ mirror_key: mirrorKey }) })

/** Tells readers what may be shown of people's reports and checks. */
async function tellPeople(
  folder: string,
  { people, checks, services }: { people: ShownReports; checks: readonly CrowdSignal[]; services: readonly string[] },
): Promise<void> {
  const settled = people.settled()
  const since = await people.takenSince()
  const notes: Record<string, readonly PublishedNote[]> = {}
  for (const service of services) notes[service] = await people.notes(service)
  await write(folder, PEOPLE, {
    ...{ settled, checks, notes, taken_since: Number.isFinite(since) ? since : null },
    cells: await people.cells({ since: instant(settled - TOLD_DAYS * DAY_MS), until: settled }),
    signals: await people.signals(),
  } satisfies ShownPeople)
}

async function read(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, SHOWN_FOLDER, name), 'utf8'))
  } catch (error) {
    // A copy may have half of it: the next look finds all.
    if (isMissing(error) || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** What the centre told last; undefined where it told nothing. */
export async function readNow(folder: string): Promise<ShownNow | undefined> {
  const value = await read(folder, NOW)
  if (typeof value !== 'object' || value === null || !('at_utc' in value)) return undefined
  const mirrorKey = 'mirror_key' in value && typeof value.mirror_key === 'string' ? value.mirror_key : undefined
  return { at: parseInstant(value.at_utc), ...defined({ mirrorKey }) }
}

const NOTHING_TOLD: ShownPeople = { settled: 0, taken_since: null, cells: [], signals: [], notes: {}, checks: [] }

/** What people reported and checked, as the centre told it. */
export class ToldPeople implements PeopleReports {
  readonly #folder: string
  #told = NOTHING_TOLD

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Takes over what the centre told since. */
  async follow(): Promise<void> {
    const value = await read(this.#folder, PEOPLE)
    // The centre's own bytes.
    if (value !== undefined) this.#told = { ...NOTHING_TOLD, ...(value as ShownPeople) }
  }

  get checks(): readonly CrowdSignal[] {
    return this.#told.checks
  }

  settled(): Instant {
    return instant(this.#told.settled)
  }

  async cells({
    since,
    until,
  }: {
    readonly since: Instant
    readonly until: Instant
  }): Promise<readonly PublishedCell[]> {
    const [from, before] = [Math.floor(since / HOUR_MS) * HOUR_MS, Math.ceil(until / HOUR_MS) * HOUR_MS]
    return this.#told.cells.filter((cell) => cell.from >= from && cell.until <= before)
  }

  async signals(): Promise<readonly PlacedSignal[]> {
    return this.#told.signals
  }

  async notes(service: string): Promise<readonly PublishedNote[]> {
    return this.#told.notes[service] ?? []
  }

  async usual(place: ReportPlace, until: Instant): ReturnType<PeopleReports['usual']> {
    const hours = new Map<number, number>()
    for (const { service, asn, said, from, count } of this.#told.cells) {
      const isAbout = 'service' in place ? service === place.service : asn === place.asn && said !== true
      const hour = Math.floor(from / HOUR_MS) * HOUR_MS
      if (isAbout) hours.set(hour, (hours.get(hour) ?? 0) + count)
    }
    return usualHours(hours, { until, since: this.#told.taken_since ?? Infinity })
  }
}

/** How often a centre says that it is there. */
const NOW_MS = 2_000
/** What people said changes when a slot of 15 minutes is settled, or a moderator did something. */
const PEOPLE_MS = MINUTE_MS

/** What a centre shows of people. */
export interface ToldParts {
  readonly people: ShownReports
  readonly checks: () => Promise<readonly CrowdSignal[]>
  readonly services: readonly string[]
  readonly log: Pick<Log, 'error'>
}

/** Tells readers of a folder what its pages show of parts that they do not get, at once and until disposed. */
export async function openTelling(
  folder: Pick<OpenFolder, 'path' | 'mirrorKeyLine'>,
  { people, checks, services, log }: ToldParts,
): Promise<AsyncDisposable> {
  let toldPeople = -Infinity
  let isOver = false
  let failed = false
  const tell = async (): Promise<void> => {
    try {
      const now = systemClock.monotonic()
      if (now - toldPeople >= PEOPLE_MS) {
        await tellPeople(folder.path, { people, checks: await checks(), services })
        toldPeople = now
      }
      const mirrorKey = await folder.mirrorKeyLine()
      await tellNow(folder.path, { at: systemClock.now(), ...defined({ mirrorKey }) })
      failed = false
    } catch (error) {
      if (!failed) log.error({ error }, 'what readers show could not be written for them: their pages get old')
      failed = true
    }
    if (!isOver) timer = setTimeout(begin, NOW_MS).unref()
  }
  let last = Promise.resolve()
  const begin = (): void => void (last = tell())
  let timer: NodeJS.Timeout | undefined
  await tell()
  return {
    async [Symbol.asyncDispose]() {
      isOver = true
      clearTimeout(timer)
      await last
    },
  }
}
