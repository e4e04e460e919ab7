import { join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import { namedMeasurements } from '../../core/model/measured/named-measurements.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { REAL_DISK, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
import { UNFINISHED, readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { IncidentStore } from './contract.ts'
import { decodeRevision, encodeLine, readIncidentJournal } from './journal-line.ts'
import { ACKNOWLEDGED, decodeAcknowledged, EPISODES, JOURNAL, ReadingJournal } from './reading-journal.ts'

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

/** The journal as its one writer has it. */
class Journal extends ReadingJournal implements IncidentStore {
  readonly #disk: Disk
  #end: number
  /** What the disk refused: an append is tried again by the next one, a rewriting needs an opening. */
  #broken: 'append' | 'rewrite' | undefined

  constructor(parts: { disk: Disk; folder: string; file: DiskFile; end: number }) {
    super(parts)
    this.#disk = parts.disk
    this.#end = parts.end
  }

  /** From now on the journal must hold so many bytes. */
  acknowledge(bytes: number): Promise<void> {
    return writeDurable(join(this.folder, ACKNOWLEDGED), Buffer.from(JSON.stringify({ bytes })), this.#disk)
  }

  publish(revisions: readonly Incident[], episodes: readonly Episode[]): Promise<void> {
    return this.work.run(async () => {
      await this.#makeWhole()
      await this.#append(revisions)
      if (revisions.length > 0) this.written++
      const text = JSON.stringify(episodes)
      if (text === JSON.stringify(this.episodeList)) return
      await writeDurable(join(this.folder, EPISODES), Buffer.from(text), this.#disk)
      this.episodeList = episodes
      this.written++
    })
  }

  async #append(revisions: readonly Incident[]): Promise<void> {
    if (revisions.length === 0) return
    const next = new Map<string, number>()
    for (const revision of revisions) {
      const known = next.get(revision.id) ?? this.places.get(revision.id)?.length ?? 0
      this.expectNext(revision, known)
      next.set(revision.id, known + 1)
    }
    const lines = revisions.map((revision) => encodeLine(revision, this.#end))
    this.#broken = 'append' // until it is on the disk: what an error leaves behind the end is cut off before the next
    await this.file.write(Buffer.concat(lines), this.#end)
    await this.file.sync()
    await this.acknowledge(this.#end + lines.reduce((sum, { length }) => sum + length, 0))
    this.#broken = undefined
    for (const [i, revision] of revisions.entries()) {
      const { length } = lines[i]! // one for each
      this.remember(revision, { offset: this.#end, length })
      this.#end += length
    }
  }

  forget(ids: readonly Sha256[]): Promise<number> {
    return this.work.run(async () => {
      await this.#makeWhole()
      const gone: ReadonlySet<string> = new Set(ids)
      const all = await this.#readAll()
      const named = all.filter((one) => namedMeasurements(one).some((id) => gone.has(id)))
      if (named.length > 0) await this.#rewrite(all.map((one) => (named.includes(one) ? without(one, gone) : one)))
      // What was made from the measurement itself is void too, whether or not an incident rested on it.
      this.forgotten++
      return named.length
    })
  }

  async #readAll(): Promise<readonly Incident[]> {
    const places = [...this.places.values()].flat().toSorted((a, b) => a.offset - b.offset)
    return this.read(places)
  }

  /** The old file is replaced as a whole, so that its bytes are gone and no crash leaves half of it. */
  async #rewrite(revisions: readonly Incident[]): Promise<void> {
    const path = join(this.folder, JOURNAL)
    const lines: Buffer[] = []
    let end = 0
    this.places.clear()
    this.latest.clear()
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
    await this.file.close()
    this.file = file
    this.#end = end
    this.#broken = undefined
  }

  /** Takes back what a failed append left: first the count of what is published, so that a crash here loses nothing. */
  async #makeWhole(): Promise<void> {
    if (this.#broken === undefined) return
    if (this.#broken === 'rewrite') throw new Fault('Cannot publish: an erasure failed; open the folder again')
    await this.acknowledge(this.#end)
    await this.file.truncate(this.#end)
    await this.file.sync()
    this.#broken = undefined
  }
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
