import { join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import type { DiskFile } from '../../runtime/files/disk.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { ReadIncidents } from './contract.ts'
import { decodeRevision, readIncidentJournal } from './journal-line.ts'

/** Names of the files in the folder of incidents. */
export const JOURNAL = 'revisions.jsonl'
export const EPISODES = 'episodes.json'
/** How many bytes of the journal were acknowledged: less than that is damage in every case. */
export const ACKNOWLEDGED = 'acknowledged.json'

/** Where the line of a revision lies. */
export interface Place {
  readonly offset: number
  readonly length: number
}

/**
 * The journal and what is remembered of it: every latest revision whole, of the others where they lie. The episode of an
 * incident is read from the list of the latest detection: it changes with other incidents, which revises none of them.
 */
export class ReadingJournal implements ReadIncidents {
  protected readonly folder: string
  protected file: DiskFile
  protected readonly latest = new Map<string, Incident>()
  protected readonly places = new Map<string, Place[]>()
  protected episodeList: readonly Episode[] = []
  /** Writes run one after another; a reader of the file waits for those before it. */
  protected readonly work = new Mutex()
  /** How often the journal or the list of episodes was written. */
  protected written = 0
  /** How often ids were taken out of it. */
  protected forgotten = 0

  constructor(parts: { folder: string; file: DiskFile }) {
    this.folder = parts.folder
    this.file = parts.file
  }

  remember(incident: Incident, place: Place): void {
    const places = this.places.get(incident.id) ?? []
    this.expectNext(incident, places.length)
    places.push(place)
    this.places.set(incident.id, places)
    this.latest.set(incident.id, incident)
  }

  /** The list is derived: what cannot be read counts as none until the next detection. */
  recallEpisodes(bytes: Buffer | undefined): void {
    if (bytes === undefined) return
    try {
      const value: unknown = JSON.parse(bytes.toString())
      if (Array.isArray(value)) this.episodeList = value.map(decodeEpisode)
    } catch {
      this.episodeList = []
    }
  }

  async current(): Promise<readonly Incident[]> {
    const episodes = new Map(this.episodeList.flatMap(({ id, incidents }) => incidents.map((one) => [one, id])))
    const placed = [...this.latest.values()].map((one): Incident => {
      const { episode: _, ...rest } = one
      const episode = episodes.get(one.id)
      return episode === undefined ? rest : { ...rest, episode }
    })
    return placed.toSorted((a, b) => startOf(b) - startOf(a) || (a.id < b.id ? -1 : 1))
  }

  revisions(id: string): Promise<readonly Incident[]> {
    return this.work.run(() => this.read(this.places.get(id) ?? []))
  }

  async corrections(): Promise<readonly Incident[]> {
    const found = await this.work.run(() => this.read([...this.places.values()].flatMap((places) => places.slice(1))))
    return found.toSorted((a, b) => b.revisedAt - a.revisedAt || (a.id < b.id ? -1 : 1))
  }

  async episodes(): Promise<readonly Episode[]> {
    return this.episodeList
  }

  published(id?: string): number {
    return this.forgotten + (id === undefined ? this.written : (this.places.get(id)?.length ?? 0))
  }

  protected async read(places: readonly Place[]): Promise<readonly Incident[]> {
    const found: Incident[] = []
    for (const { offset, length } of places) {
      const bytes = Buffer.alloc(length)
      await this.file.read(bytes, offset)
      const [line] = readIncidentJournal(bytes, join(this.folder, JOURNAL)).lines
      if (line === undefined) throw new Fault('Cannot read the journal of incidents: it was changed from outside')
      found.push(decodeRevision(line.text))
    }
    return found
  }

  protected expectNext({ id, revision }: Incident, known: number): void {
    if (revision !== known + 1)
      throw new Fault(`Cannot publish revision ${revision} of ${id}: the journal holds ${known}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.work.settled()
    await this.file.close()
  }
}

const startOf = ({ start }: Incident): number => start.median ?? start.bracket[1] ?? start.bracket[0] ?? 0

/** 0 where nothing was acknowledged yet, or by a version that kept no count. Throws Fault where it cannot be read. */
export function decodeAcknowledged(bytes: Buffer | undefined): number {
  if (bytes === undefined) return 0
  const found = /^\{"bytes":(\d{1,15})\}$/.exec(bytes.toString('latin1'))
  if (found !== null) return Number(found[1])
  throw new Fault(
    `Cannot read the journal of incidents: "${ACKNOWLEDGED}" holds no number of bytes; restore the folder "incidents" ` +
      'from a copy, or remove that file if the journal is known to be whole',
  )
}

const decodeEpisode = (value: Episode): Episode => ({
  ...value,
  start: { ...value.start, bracket: [value.start.bracket[0] ?? undefined, value.start.bracket[1] ?? undefined] },
  end: { ...value.end, bracket: [value.end.bracket[0] ?? undefined, value.end.bracket[1] ?? undefined] },
})
