import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import type { OutsideEvent } from '../../core/model/tables/record.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import type { Log } from '../../runtime/log.ts'
import {
  BUNDLED_RECORD,
  parseRecord,
  readRecordFiles,
  RECORD_FILES,
  type OutsideRecord,
  type ParsedRecord,
  type RecordBytes,
  type RecordFile,
  type RecordProblem,
} from '../../runtime/tables/record.ts'

/** How often a server looks whether the files of the record have changed. */
const LOOK_MS = 5000
/** In the data folder: the last version without a problem, for a start at which the files have one. */
const KEPT = 'record-in-force.json'
const FORMAT = 'kuager-record/1'

/** The record as it is in force now: each member is that of one version, which changes as a whole. */
export interface LiveRecord extends AsyncDisposable {
  readonly record: OutsideRecord
  readonly events: readonly OutsideEvent[]
  /** Folder of its files. */
  readonly path: string
  /** Whether its files have a problem, so that an earlier version is in force. */
  readonly isDamaged: boolean
  /** Takes in what has changed; a server does so by itself. */
  look(): Promise<void>
}

export interface LiveRecordOptions {
  /** Whether a simulated record is refused. */
  readonly isPublic: boolean
  /** Whether changes are taken in from now on, at an interval. */
  readonly follows: boolean
  /** Whether the version in force is stored in the folder for the next start. */
  readonly keeps: boolean
  readonly log: Pick<Log, 'warn' | 'error' | 'info'>
}

/**
 * Folder of the record of a data folder: its own (`record/`, as a demonstration has it) where that holds any file of a
 * record, else the bundled one. A file that is missing from its own is a problem and never brings the bundled one back.
 */
export function recordFolder(folder: string): string {
  const own = ['record', 'simulated-evening/record'].map((place) => join(folder, place))
  return own.find((place) => RECORD_FILES.some((name) => existsSync(join(place, name)))) ?? BUNDLED_RECORD
}

type Whole = Extract<ParsedRecord, { readonly kind: 'whole' }>

/** What is in force where the files have a problem and no earlier version is stored. */
const NOTHING: Whole = {
  kind: 'whole',
  record: { simulated: false, statements: [], chronicle: [], orders: [], demands: [], digest: '' },
  events: [],
}

/**
 * Opens the record of a data folder. A damaged file never keeps it from opening: the version that was in force before
 * stays, and file, line and column are logged. Throws InputError in public for a simulated record at the start.
 */
export async function openLiveRecord(folder: string, options: LiveRecordOptions): Promise<LiveRecord> {
  const live = new Live(folder, options)
  await live.open()
  return live
}

class Live implements LiveRecord {
  readonly #folder: string
  readonly #options: LiveRecordOptions
  #inForce = NOTHING
  #path: string
  #stamp = ''
  #damaged = false
  #looking: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  readonly record: OutsideRecord

  constructor(folder: string, options: LiveRecordOptions) {
    this.#folder = folder
    this.#options = options
    this.#path = recordFolder(folder)
    const current = (): OutsideRecord => this.#inForce.record
    this.record = {
      get simulated() {
        return current().simulated
      },
      get statements() {
        return current().statements
      },
      get chronicle() {
        return current().chronicle
      },
      get orders() {
        return current().orders
      },
      get demands() {
        return current().demands
      },
      get digest() {
        return current().digest
      },
    }
  }

  get events(): readonly OutsideEvent[] {
    return this.#inForce.events
  }

  get path(): string {
    return this.#path
  }

  get isDamaged(): boolean {
    return this.#damaged
  }

  async open(): Promise<void> {
    const files = this.#read()
    const parsed = parseRecord(files)
    if (parsed.kind === 'whole') {
      if (this.#options.isPublic && parsed.record.simulated) throw simulatedRecord(this.#path)
      await this.#take(parsed, files)
    } else {
      this.#refuse(parsed.problems)
      this.#inForce = (await this.#kept()) ?? NOTHING
    }
    if (!this.#options.follows) return
    this.#timer = setInterval(() => {
      this.look().catch((error: unknown) => this.#options.log.error({ error }, 'the record could not be read again'))
    }, LOOK_MS)
    this.#timer.unref()
  }

  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined))
    return this.#looking
  }

  async #look(): Promise<void> {
    const path = recordFolder(this.#folder)
    const stamp = stampOf(path)
    if (path === this.#path && stamp === this.#stamp) return
    this.#path = path
    const files = this.#read()
    // Files that change while they are read are read again at the next look.
    if (this.#stamp !== stamp) {
      this.#stamp = ''
      return
    }
    const parsed = parseRecord(files)
    if (parsed.kind === 'damaged') this.#refuse(parsed.problems)
    else if (this.#options.isPublic && parsed.record.simulated)
      this.#refuse([
        { file: 'statements.json', path: '/simulated', found: 'a simulated record is not shown in public' },
      ])
    else await this.#take(parsed, files)
  }

  #read(): RecordBytes {
    const files = readRecordFiles(this.#path)
    this.#stamp = stampOf(this.#path)
    return files
  }

  async #take(parsed: Whole, files: RecordBytes): Promise<void> {
    if (this.#damaged) this.#options.log.info({ folder: this.#path }, 'the record has no problem any more')
    this.#inForce = parsed
    this.#damaged = false
    if (!this.#options.keeps) return
    try {
      await writeKept(join(this.#folder, KEPT), files)
    } catch (error) {
      this.#options.log.warn({ error }, 'the record in force could not be stored for the next start')
    }
  }

  #refuse(problems: readonly RecordProblem[]): void {
    this.#damaged = true
    for (const { file, path, place, found } of problems)
      this.#options.log.error(
        { file: join(this.#path, file), path, ...place, found },
        'a file of the record is damaged: the last version without a problem stays in force',
      )
  }

  async #kept(): Promise<Whole | undefined> {
    const parsed = await readKept(join(this.#folder, KEPT)).catch(() => undefined)
    if (parsed?.kind !== 'whole') return undefined
    return this.#options.isPublic && parsed.record.simulated ? undefined : parsed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking?.catch(() => undefined)
  }
}

const simulatedRecord = (path: string): InputError =>
  new InputError(`Cannot show "${path}" in public: it is simulated`, {
    code: 'record.simulated',
    path,
    expected: 'a record of the real world, or no --public',
  })

/** Size, time and number of each file: what differs after every change. */
const stampOf = (folder: string): string =>
  RECORD_FILES.map((name) => {
    try {
      const { size, mtimeMs, ino } = statSync(join(folder, name))
      return `${size} ${mtimeMs} ${ino}`
    } catch (error) {
      return isMissing(error) ? '-' : 'unread'
    }
  }).join('\n')

const keptSchema = z.strictObject({
  format: z.literal(FORMAT),
  files: z.partialRecord(z.enum(RECORD_FILES), z.string()),
})

async function writeKept(path: string, files: RecordBytes): Promise<void> {
  const texts = [...files].flatMap(([name, bytes]) =>
    'unread' in bytes ? [] : [[name, Buffer.from(bytes).toString('utf8')] as const],
  )
  const bytes = Buffer.from(JSON.stringify({ format: FORMAT, files: Object.fromEntries(texts) }))
  if ((await readWhole(path))?.equals(bytes) !== true) await writeDurable(path, bytes)
}

/** Undefined where nothing is stored. Throws for what is not of the form. */
async function readKept(path: string): Promise<ParsedRecord | undefined> {
  const bytes = await readWhole(path)
  if (bytes === undefined) return undefined
  const { files } = keptSchema.parse(JSON.parse(bytes.toString('utf8')))
  const given = new Map<RecordFile, Uint8Array>()
  for (const name of RECORD_FILES) {
    const text = files[name]
    if (text !== undefined) given.set(name, Buffer.from(text))
  }
  return parseRecord(given)
}
