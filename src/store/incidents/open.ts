import { join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import { namedMeasurements } from '../../core/model/measured/named-measurements.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { REAL_DISK, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
import { UNFINISHED, readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { IncidentStore } from './contract.ts'
import { decodeRevision, encodeLine, readIncidentJournal } from './journal-line.ts'

const JOURNAL = 'revisions.jsonl'
const EPISODES = 'episodes.json'
/** How many bytes of the journal were acknowledged: less than that is damage in every case. */
const ACKNOWLEDGED = 'acknowledged.json'
/** Replaces the id of an erased measurement in a piece of evidence. */
const ERASED_SOURCE = 'erased'

export interface IncidentStoreOptions {
  readonly disk?: Disk
  /** Told where revisions that were never acknowledged were cut off. */
  readonly onRecovered?: (word: string) => void
}

/**
 * Opens the published incidents in a folder, which is made where it is missing. One process a folder.
 * Throws Fault where a revision that was acknowledged cannot be read: with the line where whole ones follow it.
 */
export async function openIncidents(folder: string, options: IncidentStoreOptions = {}): Promise<IncidentStore> {
  const disk = options.disk ?? REAL_DISK
  await disk.makeFolder(folder)
  const names = await disk.list(folder)
  for (const name of names) if (name.endsWith(UNFINISHED)) await disk.remove(join(folder, name))
  const path = join(folder, JOURNAL)
  if (!names.includes(JOURNAL)) await writeDurable(path, Buffer.alloc(0), disk)
  const bytes = (await readWhole(path, disk)) ?? Buffer.alloc(0)
  const acknowledged = decodeAcknowledged(await readWhole(join(folder, ACKNOWLEDGED), disk))
  const { lines, end } = readIncidentJournal(bytes, path)
  if (end < acknowledged)
    throw new Fault(
      `Cannot read the journal of incidents: ${acknowledged} bytes of "${path}" were published, ${end} of them hold; ` +
        'restore the folder "incidents" from a copy',
    )
  const file = await disk.open(path, 'write')
  if (end < bytes.length) {
    await file.truncate(end)
    await file.sync()
    options.onRecovered?.(
      `The journal of incidents ended in ${bytes.length - end} bytes of an interrupted publication; they were cut off`,
    )
  }
  const journal = new Journal({ disk, folder, file, end })
  try {
    // Whole lines behind it are shown from now on.
    if (end > acknowledged) await journal.acknowledge(end)
    for (const { text, offset, length } of lines) journal.remember(decodeRevision(text), { offset, length })
    journal.recallEpisodes(await readWhole(join(folder, EPISODES), disk))
    return journal
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Where the line of a revision lies. */
interface Place {
  readonly offset: number
  readonly length: number
}

/**
 * The journal and what is remembered of it: every latest revision whole, of the others where they lie. The episode of an
 * incident is read from the list of the latest detection: it changes with other incidents, which revises none of them.
 */
class Journal implements IncidentStore {
  readonly #disk: Disk
  readonly #folder: string
  #file: DiskFile
  #end: number
  readonly #latest = new Map<string, Incident>()
  readonly #places = new Map<string, Place[]>()
  #episodes: readonly Episode[] = []
  /** Writes run one after another; a reader of the file waits for those before it. */
  readonly #work = new Mutex()
  /** What the disk refused: an append is tried again by the next one, a rewriting needs an opening. */
  #broken: 'append' | 'rewrite' | undefined
  /** How often the journal or the list of episodes was written. */
  #written = 0
  /** How often ids were taken out of it. */
  #forgotten = 0

  constructor(parts: { disk: Disk; folder: string; file: DiskFile; end: number }) {
    this.#disk = parts.disk
    this.#folder = parts.folder
    this.#file = parts.file
    this.#end = parts.end
  }

  remember(incident: Incident, place: Place): void {
    const places = this.#places.get(incident.id) ?? []
    this.#expectNext(incident, places.length)
    places.push(place)
    this.#places.set(incident.id, places)
    this.#latest.set(incident.id, incident)
  }

  /** From now on the journal must hold so many bytes. */
  acknowledge(bytes: number): Promise<void> {
    return writeDurable(join(this.#folder, ACKNOWLEDGED), Buffer.from(JSON.stringify({ bytes })), this.#disk)
  }

  /** The list is derived: what cannot be read counts as none until the next detection. */
  recallEpisodes(bytes: Buffer | undefined): void {
    if (bytes === undefined) return
    try {
      const value: unknown = JSON.parse(bytes.toString())
      if (Array.isArray(value)) this.#episodes = value.map(decodeEpisode)
    } catch {
      this.#episodes = []
    }
  }

  async current(): Promise<readonly Incident[]> {
    const episodes = new Map(this.#episodes.flatMap(({ id, incidents }) => incidents.map((one) => [one, id])))
    const placed = [...this.#latest.values()].map((one): Incident => {
      const { episode: _, ...rest } = one
      const episode = episodes.get(one.id)
      return episode === undefined ? rest : { ...rest, episode }
    })
    return placed.toSorted((a, b) => startOf(b) - startOf(a) || (a.id < b.id ? -1 : 1))
  }

  revisions(id: string): Promise<readonly Incident[]> {
    return this.#work.run(() => this.#read(this.#places.get(id) ?? []))
  }

  async corrections(): Promise<readonly Incident[]> {
    const found = await this.#work.run(() =>
      this.#read([...this.#places.values()].flatMap((places) => places.slice(1))),
    )
    return found.toSorted((a, b) => b.revisedAt - a.revisedAt || (a.id < b.id ? -1 : 1))
  }

  async episodes(): Promise<readonly Episode[]> {
    return this.#episodes
  }

  published(id?: string): number {
    return this.#forgotten + (id === undefined ? this.#written : (this.#places.get(id)?.length ?? 0))
  }

  publish(revisions: readonly Incident[], episodes: readonly Episode[]): Promise<void> {
    return this.#work.run(async () => {
      await this.#makeWhole()
      await this.#append(revisions)
      if (revisions.length > 0) this.#written++
      const text = JSON.stringify(episodes)
      if (text === JSON.stringify(this.#episodes)) return
      await writeDurable(join(this.#folder, EPISODES), Buffer.from(text), this.#disk)
      this.#episodes = episodes
      this.#written++
    })
  }

  async #append(revisions: readonly Incident[]): Promise<void> {
    if (revisions.length === 0) return
    const next = new Map<string, number>()
    for (const revision of revisions) {
      const known = next.get(revision.id) ?? this.#places.get(revision.id)?.length ?? 0
      this.#expectNext(revision, known)
      next.set(revision.id, known + 1)
    }
    const lines = revisions.map((revision) => encodeLine(revision, this.#end))
    this.#broken = 'append' // until it is on the disk: what an error leaves behind the end is cut off before the next
    await this.#file.write(Buffer.concat(lines), this.#end)
    await this.#file.sync()
    await this.acknowledge(this.#end + lines.reduce((sum, { length }) => sum + length, 0))
    this.#broken = undefined
    for (const [i, revision] of revisions.entries()) {
      const { length } = lines[i]! // one for each
      this.remember(revision, { offset: this.#end, length })
      this.#end += length
    }
  }

  forget(ids: readonly Sha256[]): Promise<number> {
    return this.#work.run(async () => {
      await this.#makeWhole()
      const gone: ReadonlySet<string> = new Set(ids)
      const all = await this.#readAll()
      const named = all.filter((one) => namedMeasurements(one).some((id) => gone.has(id)))
      if (named.length > 0) await this.#rewrite(all.map((one) => (named.includes(one) ? without(one, gone) : one)))
      // What was made from the measurement itself is void too, whether or not an incident rested on it.
      this.#forgotten++
      return named.length
    })
  }

  async #readAll(): Promise<readonly Incident[]> {
    const places = [...this.#places.values()].flat().toSorted((a, b) => a.offset - b.offset)
    return this.#read(places)
  }

  /** The old file is replaced as a whole, so that its bytes are gone and no crash leaves half of it. */
  async #rewrite(revisions: readonly Incident[]): Promise<void> {
    const path = join(this.#folder, JOURNAL)
    const lines: Buffer[] = []
    let end = 0
    this.#places.clear()
    this.#latest.clear()
    this.#broken = 'rewrite' // what is remembered stands for the file again when it is replaced
    for (const revision of revisions) {
      const line = encodeLine(revision, end)
      this.remember(revision, { offset: end, length: line.length })
      lines.push(line)
      end += line.length
    }
    await this.acknowledge(0) // for as long as it may be the old file or the new one
    await writeDurable(path, Buffer.concat(lines), this.#disk)
    await this.acknowledge(end)
    const file = await this.#disk.open(path, 'write')
    await this.#file.close()
    this.#file = file
    this.#end = end
    this.#broken = undefined
  }

  async #read(places: readonly Place[]): Promise<readonly Incident[]> {
    const found: Incident[] = []
    for (const { offset, length } of places) {
      const bytes = Buffer.alloc(length)
      await this.#file.read(bytes, offset)
      const [line] = readIncidentJournal(bytes, join(this.#folder, JOURNAL)).lines
      if (line === undefined) throw new Fault('Cannot read the journal of incidents: it was changed from outside')
      found.push(decodeRevision(line.text))
    }
    return found
  }

  #expectNext({ id, revision }: Incident, known: number): void {
    if (revision !== known + 1)
      throw new Fault(`Cannot publish revision ${revision} of ${id}: the journal holds ${known}`)
  }

  /** Takes back what a failed append left: first the count of what is published, so that a crash here loses nothing. */
  async #makeWhole(): Promise<void> {
    if (this.#broken === undefined) return
    if (this.#broken === 'rewrite') throw new Fault('Cannot publish: an erasure failed; open the folder again')
    await this.acknowledge(this.#end)
    await this.#file.truncate(this.#end)
    await this.#file.sync()
    this.#broken = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#work.settled()
    await this.#file.close()
  }
}

const startOf = ({ start }: Incident): number => start.median ?? start.bracket[1] ?? start.bracket[0] ?? 0

/** 0 where nothing was acknowledged yet, or by a version that kept no count. Throws Fault where it cannot be read. */
function decodeAcknowledged(bytes: Buffer | undefined): number {
  if (bytes === undefined) return 0
  const found = /^\{"bytes":(\d{1,15})\}$/.exec(bytes.toString('latin1'))
  if (found !== null) return Number(found[1])
  throw new Fault(
    `Cannot read the journal of incidents: "${ACKNOWLEDGED}" holds no number of bytes; restore the folder "incidents" ` +
      'from a copy, or remove that file if the journal is known to be whole',
  )
}

/** A revision that names measurements nowhere any more; what it said about them stays. */
const without = (incident: Incident, gone: ReadonlySet<string>): Incident => ({
  ...incident,
  measurements: incident.measurements.filter((id) => !gone.has(id)),
  cause: {
    ...incident.cause,
    items: incident.cause.items.map((item) => (gone.has(item.source) ? { ...item, source: ERASED_SOURCE } : item)),
  },
})

const decodeEpisode = (value: Episode): Episode => ({
  ...value,
  start: { ...value.start, bracket: [value.start.bracket[0] ?? undefined, value.start.bracket[1] ?? undefined] },
  end: { ...value.end, bracket: [value.end.bracket[0] ?? undefined, value.end.bracket[1] ?? undefined] },
})
