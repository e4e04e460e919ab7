import { join } from 'node:path'
import { z } from 'zod'
import { instant, type Instant } from '../../core/model/units.ts'
import { isMissing, REAL_DISK, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

/**
 * `known`: published before there was this receiver. `sent`: it said that it has it. `given-up`: it did not for days.
 * `failing`: the first time that it did not take this revision; that settles nothing.
 */
const STATES = ['known', 'sent', 'given-up', 'failing'] as const
const lineSchema = z.strictObject({
  id: z.string().min(1).max(400),
  revision: z.int().min(1),
  state: z.enum(STATES),
  at: z.number(),
})
export interface AlertLine {
  readonly id: string
  readonly revision: number
  readonly state: (typeof STATES)[number]
  readonly at: Instant
}

/**
 * What was sent to one receiver. The journal of incidents is the queue, this is how far it has come in it: what is
 * there and not here is still to be sent, after anything that happened in between.
 */
export interface AlertJournal extends AsyncDisposable {
  /** Highest revision of an incident that is settled; 0 where none is. */
  settled(id: string): number
  /** When this revision first failed. */
  failingSince(id: string, revision: number): Instant | undefined
  /** Since when nothing has been taken. */
  readonly silentSince: Instant | undefined
  /** Durable when resolved. One at a time. */
  note(line: AlertLine): Promise<void>
}

const encode = (lines: readonly AlertLine[]): Buffer =>
  Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))

/** Lines that hold. What a crash left of a last one, or what cannot be read, is sent again: twice rather than never. */
function decode(bytes: Buffer): readonly AlertLine[] {
  return bytes
    .toString()
    .split('\n')
    .slice(0, -1)
    .flatMap((text) => {
      const parsed = lineSchema.safeParse(valueOf(text))
      return parsed.success ? [{ ...parsed.data, at: instant(parsed.data.at) }] : []
    })
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Opens the journal of a receiver in a folder, which is made where it is missing. A receiver that was never sent
 * anything begins with what comes: `known` are the revisions that exist already. One process a folder.
 */
export async function openAlertJournal(
  { folder, receiver, disk = REAL_DISK }: { readonly folder: string; readonly receiver: string; readonly disk?: Disk },
  known: () => Promise<readonly AlertLine[]>,
): Promise<AlertJournal> {
  await disk.makeFolder(folder)
  const path = join(folder, `${receiver}.jsonl`)
  const bytes = await readWhole(path, disk)
  const lines = bytes === undefined ? await known() : decode(bytes)
  const journal = new Journal(lines)
  // Rewritten with what still counts: no line grows old here, and a torn one is gone.
  const kept = encode(journal.lines())
  await writeDurable(path, kept, disk)
  journal.open(await openFile(path, disk), kept.length)
  return journal
}

async function openFile(path: string, disk: Disk): Promise<DiskFile> {
  try {
    return await disk.open(path, 'write')
  } catch (error) {
    if (isMissing(error)) return await disk.open(path, 'create')
    throw error
  }
}

class Journal implements AlertJournal {
  readonly #settled = new Map<string, AlertLine>()
  readonly #failing = new Map<string, AlertLine>()
  #silentSince: Instant | undefined
  #file: DiskFile | undefined
  #end = 0

  constructor(lines: readonly AlertLine[]) {
    for (const line of lines) this.#remember(line)
  }

  open(file: DiskFile, end: number): void {
    this.#file = file
    this.#end = end
  }

  lines(): readonly AlertLine[] {
    return [...this.#settled.values(), ...this.#failing.values()].toSorted((a, b) => a.at - b.at)
  }

  #remember(line: AlertLine): void {
    if (line.state === 'failing') {
      this.#failing.set(keyOf(line), line)
      this.#silentSince ??= line.at
      return
    }
    this.#failing.delete(keyOf(line))
    if (line.state === 'sent') this.#silentSince = undefined
    if (line.revision > this.settled(line.id)) this.#settled.set(line.id, line)
  }

  settled(id: string): number {
    return this.#settled.get(id)?.revision ?? 0
  }

  failingSince(id: string, revision: number): Instant | undefined {
    return this.#failing.get(keyOf({ id, revision }))?.at
  }

  get silentSince(): Instant | undefined {
    return this.#silentSince
  }

  async note(line: AlertLine): Promise<void> {
    const bytes = encode([line])
    await this.#file?.write(bytes, this.#end)
    await this.#file?.sync()
    this.#end += bytes.length
    this.#remember(line)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close()
  }
}

const keyOf = ({ id, revision }: Pick<AlertLine, 'id' | 'revision'>): string => `${revision} ${id}`
