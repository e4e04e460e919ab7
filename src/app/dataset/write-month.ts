import { join } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import type { Instant } from '../../core/model/units.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'
import { FORMS, TABLES, type FileForm, type Table } from '../../site/dataset/columns.ts'
import type { DatasetFile, RowChanges } from '../../site/dataset/contract.ts'
import type { PublishedPart, PublishedRow, PublishedRows } from '../../store/warehouse/contract.ts'
import { parseRows } from '../../store/warehouse/row-text.ts'
import type { BeginTable, FinishedTable } from './write-worker.ts'

/** Rows that are read at once: a question takes some ten milliseconds, and readers ask between two of them. */
const PART = { measurements: 2000, observations: 4000 }
/** Measurements whose operations are read together. */
const MEASUREMENTS = 300

/** What is written, and where. */
export interface MonthAsked {
  readonly folder: string
  readonly simulated: boolean
  readonly month: string
  readonly since: Instant
  readonly until: Instant
  /** Part of the names of the files: a version, or a time. */
  readonly edition: string
  /** Whether the index of the version before is there. */
  readonly hasBefore: boolean
  readonly incidents: readonly PublishedRow[]
}

export interface WrittenMonth {
  readonly files: readonly DatasetFile[]
  /** Hash of the rows of each table. */
  readonly rows: Readonly<Record<Table, string>>
  readonly changes: { readonly measurements?: RowChanges; readonly incidents?: RowChanges }
}

/** Endings of indexes: of the files that are there, and of those that are being written. */
export const indexFile = (table: Table): string => `${table}.index`
export const UNFINISHED = '.unfinished'

/**
 * Writes the files of a month from the warehouse, part after part, with a pause between two. Files are complete and on
 * the disk when it resolves, under names that end with `UNFINISHED`.
 */
export async function writeMonth(asked: MonthAsked, { published, pool, pause }: WriteParts): Promise<WrittenMonth> {
  return await pool.lease(async ({ call }) => {
    const written = new Map<Table, FinishedTable>()
    try {
      for (const table of TABLES) {
        await call('begin', beginning(asked, table))
        for await (const rows of rowsOf(table, asked, published)) {
          await call('add', rows)
          await pause()
        }
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- write-worker.ts answers with it
        written.set(table, (await call('finish', undefined)) as FinishedTable)
      }
    } catch (error) {
      await call('abandon', undefined).catch(() => undefined)
      throw error
    }
    const list = [...written]
    return {
      files: list.flatMap(([table, { rows, files }]) =>
        formsOf().map((form) => ({ name: fileName(asked, table, form), table, form, rows, ...files[form] })),
      ),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every table was written
      rows: Object.fromEntries(list.map(([table, { rowsSha256 }]) => [table, rowsSha256])) as Record<Table, string>,
      changes: Object.fromEntries(
        list.flatMap(([table, { changes }]) => (changes === undefined ? [] : [[table, changes]])),
      ),
    }
  })
}

export interface WriteParts {
  readonly published: Pick<PublishedRows, 'measurements' | 'observations'>
  /** One thread of write-worker.ts. */
  readonly pool: Pick<WorkerPool, 'lease'>
  /** Between two parts; throws when the work is to end. */
  readonly pause: () => Promise<void>
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the names of the table above
const formsOf = (): readonly FileForm[] => Object.keys(FORMS) as FileForm[]

/** Name of a file; it says by itself when anything in it is simulated. */
const fileName = ({ simulated, month, edition }: MonthAsked, table: Table, form: FileForm): string =>
  `kuager-${simulated ? 'simulated-' : ''}${table}-${month}-${edition}.${FORMS[form]}`

function beginning(asked: MonthAsked, table: Table): BeginTable {
  const { folder, month, simulated, edition, hasBefore } = asked
  const path = (form: FileForm): string => join(folder, `${fileName(asked, table, form)}${UNFINISHED}`)
  const index = join(folder, indexFile(table))
  return {
    table,
    paths: { parquet: path('parquet'), csv: path('csv'), jsonl: path('jsonl') },
    about: { table, month, edition, simulated: String(simulated), schema: '/data/schema.json' },
    index: `${index}${UNFINISHED}`,
    ...(hasBefore && table !== 'observations' ? { before: index } : {}),
  }
}

/** Rows of a table part by part: as text from the warehouse, which the other thread reads. */
async function* rowsOf(
  table: Table,
  asked: MonthAsked,
  published: WriteParts['published'],
): AsyncGenerator<string | readonly PublishedRow[]> {
  switch (table) {
    case 'measurements':
      yield* partsOf(
        (after) => measurementsAfter(asked, { published, after, most: PART.measurements }),
        PART.measurements,
      )
      return
    case 'observations':
      for await (const text of partsOf(
        (after) => measurementsAfter(asked, { published, after, most: MEASUREMENTS }),
        MEASUREMENTS,
      )) {
        const measurements = parseRows(text)
        const { since, until } = asked
        const most = PART.observations
        yield* partsOf(
          (after) => published.observations(measurements, { since, until, most, ...defined({ after }) }),
          most,
        )
      }
      return
    case 'incidents':
      yield asked.incidents
  }
}

const measurementsAfter = (
  { since, until, simulated }: MonthAsked,
  { published, after, most }: Pick<WriteParts, 'published'> & { after: PublishedRow | undefined; most: number },
): Promise<PublishedPart> => published.measurements({ since, until, simulated, most, ...defined({ after }) })

/** Texts of parts, each read after the last row of the one before, until one has fewer rows than asked for. */
async function* partsOf(
  read: (after: PublishedRow | undefined) => Promise<PublishedPart>,
  most: number,
): AsyncGenerator<string> {
  for (let after: PublishedRow | undefined; ;) {
    const { text, rows, last } = await read(after)
    if (rows > 0) yield text
    if (rows < most) return
    after = last
  }
}
