import type { InsertObject, Kysely } from 'kysely'
import { CROWD_OUTCOMES } from '../../core/model/people/crowd-check.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { REGIONS } from '../../core/model/region.ts'
import { PROBLEMS, REPORT_STATES, type ReportState } from '../../core/model/people/report.ts'
import { parseAsn, type Instant } from '../../core/model/units.ts'
import { openDatabase, type RegistryDatabase, type RegistryPlace } from '../../store/registry/database.ts'
import { inParts, parseWord } from '../../store/registry/rows.ts'
import type {
  Between,
  CrowdCount,
  CrowdRow,
  NoteGroup,
  NoteRow,
  NotesAsked,
  ReportCount,
  ReportRow,
  ReportStore,
} from './contract.ts'
import { REPORTS, type ReportTables } from './tables.ts'
import { LANGS } from '../../core/model/tables/langs.ts'

const NOTE_STATES = ['waiting', 'read', 'published'] as const satisfies readonly NoteRow['state'][]
const NOTE_COLUMNS = ['id', 'day', 'service', 'lang', 'text', 'state', 'shown', 'simulated'] as const
const REGION_CELLS = [...REGIONS, ''] as const

/**
 * Opens what people told, and brings its tables to the newest version. Throws Fault where the database cannot be used, is
 * held by another process or is newer than this program.
 */
export async function openReportStore(where: RegistryPlace): Promise<ReportStore> {
  return new KyselyReportStore(await openDatabase<ReportTables>(where, REPORTS))
}

class KyselyReportStore implements ReportStore {
  readonly #database: RegistryDatabase<ReportTables>

  constructor(database: RegistryDatabase<ReportTables>) {
    this.#database = database
  }

  async add(rows: Parameters<ReportStore['add']>[0]): Promise<void> {
    const [reports, checks] = [(rows.reports ?? []).map(encodeReport), (rows.checks ?? []).map(encodeCheck)]
    const notes = (rows.notes ?? []).map(encodeNote)
    if (reports.length + checks.length + notes.length === 0) return
    await this.#database.calls.write(async (db) => {
      await addNew(db, 'reports', reports)
      await addNew(db, 'checks', checks)
      await addNew(db, 'notes', notes)
    })
  }

  async setState(ids: readonly string[], state: ReportState): Promise<void> {
    if (ids.length === 0) return
    await this.#database.calls.write(async (db) => {
      for (const some of inParts(ids)) {
        await db.updateTable('reports').set({ state }).where('id', 'in', some).execute()
        await db.updateTable('checks').set({ state }).where('id', 'in', some).execute()
      }
    })
  }

  async release(service: string, { since, until }: Between): Promise<number> {
    return this.#database.calls.write(async (db) => {
      const changed = await db
        .updateTable('reports')
        .set({ state: 'released' satisfies ReportState })
        .where('state', '=', 'held' satisfies ReportState)
        .where('service', '=', service)
        .where('slot', '>=', since)
        .where('slot', '<', until)
        .executeTakeFirst()
      return Number(changed.numUpdatedRows)
    })
  }

  async counts({ since, until }: Between, simulated: boolean): Promise<readonly ReportCount[]> {
    const rows = await this.#database.calls.read((db) => {
      const cells = db
        .selectFrom('reports')
        .select(['slot', 'service', 'asn', 'said', 'region', 'problem', 'state'])
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('slot', '>=', since)
        .where('slot', '<', until)
      return (simulated ? cells : cells.where('simulated', '=', 0))
        .groupBy(['slot', 'service', 'asn', 'said', 'region', 'problem', 'state'])
        .orderBy('slot')
        .orderBy('service')
        .orderBy('asn')
        .orderBy('said')
        .orderBy('region')
        .orderBy('problem')
        .orderBy('state')
        .execute()
    })
    return rows.map((row) => ({
      slot: row.slot,
      service: row.service,
      asn: parseAsn(row.asn),
      said: row.said === 1,
      region: parseWord(REGION_CELLS, row.region),
      problem: parseWord(PROBLEMS, row.problem),
      state: parseWord(REPORT_STATES, row.state),
      count: row.count,
    }))
  }

  async crowdCounts({ since, until }: Between, simulated: boolean): Promise<readonly CrowdCount[]> {
    const rows = await this.#database.calls.read((db) => {
      const cells = db
        .selectFrom('checks')
        .select(['slot', 'service', 'asn', 'outcome', 'state'])
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('slot', '>=', since)
        .where('slot', '<', until)
      return (simulated ? cells : cells.where('simulated', '=', 0))
        .groupBy(['slot', 'service', 'asn', 'outcome', 'state'])
        .orderBy('slot')
        .orderBy('service')
        .orderBy('asn')
        .orderBy('outcome')
        .orderBy('state')
        .execute()
    })
    return rows.map((row) => ({
      slot: row.slot,
      service: row.service,
      asn: parseAsn(row.asn),
      outcome: parseWord(CROWD_OUTCOMES, row.outcome),
      state: parseWord(REPORT_STATES, row.state),
      count: row.count,
    }))
  }

  async notes(state: NoteRow['state'], most: number): Promise<readonly NoteRow[]> {
    const rows = await this.#database.calls.read((db) =>
      db
        .selectFrom('notes')
        .select(NOTE_COLUMNS)
        .where('state', '=', state)
        .orderBy('day')
        .orderBy('id')
        .limit(most)
        .execute(),
    )
    return rows.map(decodeNote)
  }

  async noteGroups({ state, simulated }: NotesAsked, most: number): Promise<readonly NoteGroup[]> {
    const rows = await this.#database.calls.read((db) =>
      db
        .selectFrom('notes')
        .select(['service', 'lang', 'text'])
        .select(({ fn }) => [fn.min('id').as('id'), fn.min('day').as('day'), fn.countAll<number>().as('count')])
        .where('state', '=', state)
        .where('simulated', '=', Number(simulated))
        .groupBy(['service', 'lang', 'text'])
        .orderBy('day')
        .orderBy('id')
        .limit(most)
        .execute(),
    )
    return rows.map((row) => ({ ...row, lang: parseWord(LANGS, row.lang) }))
  }

  async countNotes({ state, simulated }: NotesAsked): Promise<number> {
    const row = await this.#database.calls.read((db) =>
      db
        .selectFrom('notes')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('state', '=', state)
        .where('simulated', '=', Number(simulated))
        .executeTakeFirstOrThrow(),
    )
    return row.count
  }

  async notesOf(start: string): Promise<readonly NoteRow[]> {
    const rows = await this.#database.calls.read((db) =>
      db
        .selectFrom('notes')
        .select(NOTE_COLUMNS)
        .where('id', '>=', start)
        // Behind every hexadecimal digit.
        .where('id', '<', `${start}g`)
        .orderBy('id')
        .limit(2)
        .execute(),
    )
    return rows.map(decodeNote)
  }

  async alike({ service, lang, text, simulated }: NoteRow): Promise<readonly string[]> {
    const rows = await this.#database.calls.read((db) =>
      db
        .selectFrom('notes')
        .select('id')
        .where('state', '=', 'waiting')
        .where('service', '=', service)
        .where('lang', '=', lang)
        .where('text', '=', text)
        .where('simulated', '=', Number(simulated))
        .orderBy('id')
        .execute(),
    )
    return rows.map(({ id }) => id)
  }

  async decideNote(id: string, state: 'read' | 'published', shown?: string): Promise<boolean> {
    return this.#database.calls.write(async (db) => {
      const changed = await db
        .updateTable('notes')
        .set({ state, shown: shown === undefined ? null : plain(shown) })
        .where('id', '=', id)
        .executeTakeFirst()
      return changed.numUpdatedRows > 0n
    })
  }

  async removeNote(id: string): Promise<boolean> {
    return this.#database.calls.write(
      async (db) => {
        const gone = await db.deleteFrom('notes').where('id', '=', id).executeTakeFirst()
        return gone.numDeletedRows > 0n
      },
      { erases: true },
    )
  }

  async hasSimulated(): Promise<boolean> {
    return this.#database.calls.read(async (db) => {
      for (const table of ['reports', 'checks', 'notes'] as const) {
        const row = await db.selectFrom(table).select('id').where('simulated', '=', 1).limit(1).executeTakeFirst()
        if (row !== undefined) return true
      }
      return false
    })
  }

  async forget(before: Instant, notesBefore: Instant): Promise<number> {
    return this.#database.calls.write(
      async (db) => {
        await db
          .updateTable('notes')
          .set({ text: '' })
          .where('state', '=', 'published')
          .where('day', '<', notesBefore)
          .where('text', '!=', '')
          .execute()
        const gone = [
          await db.deleteFrom('reports').where('slot', '<', before).executeTakeFirst(),
          await db.deleteFrom('checks').where('slot', '<', before).executeTakeFirst(),
          await db
            .deleteFrom('notes')
            .where('state', '!=', 'published')
            .where('day', '<', notesBefore)
            .executeTakeFirst(),
        ]
        return Number(gone.reduce((sum, { numDeletedRows }) => sum + numDeletedRows, 0n))
      },
      { erases: true },
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]()
  }
}

/** Adds rows of a table; one that is there already stays as it is. */
async function addNew<T extends keyof ReportTables>(
  db: Kysely<ReportTables>,
  table: T,
  rows: readonly InsertObject<ReportTables, T>[],
): Promise<void> {
  for (const some of inParts(rows))
    await db
      .insertInto(table)
      .values(some)
      .onConflict((row) => row.doNothing())
      .execute()
}

const encodeReport = (row: ReportRow): ReportTables['reports'] => ({
  id: row.id,
  slot: row.slot,
  service: row.service,
  problem: row.problem,
  since: row.since ?? null,
  asn: row.asn ?? 0,
  said: Number(row.said === true),
  region: row.region ?? '',
  state: row.state,
  simulated: Number(row.simulated),
})

const encodeCheck = (row: CrowdRow): ReportTables['checks'] => ({
  id: row.id,
  slot: row.slot,
  service: row.service,
  outcome: row.outcome,
  asn: row.asn ?? 0,
  region: row.region ?? '',
  state: row.state,
  simulated: Number(row.simulated),
})

const encodeNote = (row: NoteRow): ReportTables['notes'] => ({
  id: row.id,
  day: row.day,
  service: row.service,
  lang: row.lang,
  text: plain(row.text),
  state: row.state,
  shown: row.shown === undefined ? null : plain(row.shown),
  simulated: Number(row.simulated),
})

function decodeNote(row: ReportTables['notes']): NoteRow {
  if (row.simulated !== 0 && row.simulated !== 1) throw new Fault('Cannot read registry: a note is simulated or not')
  return {
    id: row.id,
    day: row.day,
    service: row.service,
    lang: parseWord(LANGS, row.lang),
    text: row.text,
    state: parseWord(NOTE_STATES, row.state),
    ...(row.shown === null ? {} : { shown: row.shown }),
    simulated: row.simulated === 1,
  }
}

/** PostgreSQL takes no zero byte in a text, SQLite would cut the text there. */
function plain(text: string): string {
  if (!text.includes('\0')) return text
  throw new InputError('Cannot keep note: it holds a zero byte', {
    code: 'note.text',
    path: 'note',
    expected: 'text without control characters',
  })
}
