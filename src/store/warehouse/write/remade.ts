import { Fault } from '../../../core/model/errors.ts'
import type { Engine } from '../engine.ts'
import { RowWriter, writeAgain, type RowTables, type WrittenTo } from './row-writer.ts'
import type { Queries } from '../schema.ts'

/** The tables of rows; that of leaves is made and exchanged last, so that it tells how far these acts came. */
const ROW_TABLES = ['observations', 'verdicts', 'leaves'] as const
/** Before the name of a table of rows that are made again. */
const NEXT = 'next_'

/**
 * Rows that are made again get insertion numbers above all that are read: after the exchange no series looks as it did
 * before. A number of the next multiple is safe in a double for two million rebuilds.
 */
const NUMBERS = 2 ** 32

/** What the comment of a table of rows that are made again says. Comments go with their tables in an exchange. */
export interface Made {
  /** Insertion number below the first one. */
  readonly remade: number
  /** Of the rules, and what else the rows depend on: rows of another one begin again. */
  readonly version: string
  /** Of the tables. */
  readonly schema: number
  /** Whether they are complete, and take their place. */
  readonly swap?: true
}

/**
 * The queries that write and count rows, over the tables that are made again. All in one database: an engine may not let
 * us make another one, and exchanges tables of one database only.
 */
export function nextQueries(queries: Queries): Queries {
  const tables = ROW_TABLES.join('|')
  const one = (sql: string): string =>
    sql
      .replaceAll(new RegExp(`\\b(FROM|INTO|TABLE)(\\s+)(${tables})\\b`, 'g'), `$1$2${NEXT}$3`)
      .replaceAll(new RegExp(`\\b(${tables})\\.`, 'g'), `${NEXT}$1.`)
      .replaceAll(new RegExp(`'(${tables})'`, 'g'), `'${NEXT}$1'`)
  return Object.fromEntries(
    Object.entries(queries).map(([name, sql]) => {
      if (name === 'carry-rows') return [name, sql] // from the ones into the others
      return [name, typeof sql === 'string' ? one(sql) : sql.map(one)]
    }),
  ) as Queries
}

/** The tables that are made again, as what writes rows needs them. */
export const nextTables = (engine: Engine, queries: Queries): RowTables => ({
  engine,
  queries: nextQueries(queries),
  tableName: (table) => `${NEXT}${table}`,
})

const VERSION = /^[\w.+ -]{1,200}$/

/** Makes empty tables for rows that are made again. Crash before the last is there: what is there is dropped at opening. */
export async function createNext(
  engine: Engine,
  { judged, ...about }: { readonly judged: number } & Pick<Made, 'version' | 'schema'>,
): Promise<void> {
  if (!VERSION.test(about.version)) throw new Fault(`Cannot make rows again: found version "${about.version}"`)
  const made: Made = { remade: (Math.floor(judged / NUMBERS) + 1) * NUMBERS, ...about }
  for (const table of ROW_TABLES) await engine.command(`CREATE TABLE ${NEXT}${table} AS ${table} ${comment(made)}`, {})
}

/** Removes tables of rows that are made again, and of rows that these replaced: that of leaves first. */
export async function dropNext(engine: Engine): Promise<void> {
  for (const table of ROW_TABLES.toReversed()) await engine.command(`DROP TABLE IF EXISTS ${NEXT}${table} SYNC`, {})
}

const comment = (made: Made): string => `COMMENT '${JSON.stringify(made)}'`

/** Writes on where rows that are made again end; undefined where a table of them is damaged, and they are dropped. */
export async function openNext(tables: RowTables, { remade }: Made): Promise<RowWriter | undefined> {
  const { engine, queries } = tables
  const [damaged] = await engine.query(queries['damaged-parts'], {})
  if (damaged !== undefined) {
    await dropNext(engine)
    return undefined
  }
  await engine.command(queries['reconcile-leaves'], { from: remade })
  const [state] = await engine.query(queries['state'], { from: remade })
  return new RowWriter(tables, {
    judged: Math.max(remade, Number(state?.['judged'] ?? 0)),
    leaves: Number(state?.['leaves'] ?? 0),
  })
}

/** Comments of the tables of rows, by their names; a table that is not there has none. */
async function commentsOf(engine: Engine, queries: Queries): Promise<ReadonlyMap<string, Made | undefined>> {
  const rows = await engine.query(queries['table-comments'], {})
  return new Map(rows.map((row) => [String(row['name']), decodeMade(String(row['comment']))]))
}

function decodeMade(text: string): Made | undefined {
  if (!text.startsWith('{')) return undefined
  const { remade, version, schema, swap } = JSON.parse(text) as Readonly<Record<string, unknown>> // our own text
  const made = { remade: Number(remade), version: String(version), schema: Number(schema) }
  return swap === true ? { ...made, swap } : made
}

/**
 * Rows that are being made again, after what an interrupted act left is finished: an exchange that was begun, or the
 * removal of tables. Undefined where there are none, or they are of tables of another version.
 */
export async function recoverNext(engine: Engine, queries: Queries, schema: number): Promise<Made | undefined> {
  const comments = await commentsOf(engine, queries)
  const made = comments.get(`${NEXT}leaves`)
  const isLeft = ROW_TABLES.some((table) => comments.has(`${NEXT}${table}`))
  if (made !== undefined && made.remade > (comments.get('leaves')?.remade ?? 0)) {
    if (made.swap === true) await exchange(engine, queries, made)
    else if (made.schema === schema) return made
  }
  if (isLeft) await dropNext(engine)
  return undefined
}

/**
 * Has the rows that were made again take the place of those that are read: from then on they are read, with the same
 * names. Each step says what a crash right after it leaves. Gives how far the rows are written that are read now.
 */
export async function swapNext(engine: Engine, queries: Queries, writer: RowWriter): Promise<WrittenTo> {
  const comments = await commentsOf(engine, queries)
  const made = comments.get(`${NEXT}leaves`)
  if (made === undefined) throw new Fault('Cannot exchange the rows of the warehouse: those made again are not there')
  // 1. It is noted that they are complete. Crash: opening does the rest.
  const complete = comment({ ...made, swap: true })
  await writeAgain(() => engine.command(`ALTER TABLE ${NEXT}leaves MODIFY ${complete}`, {}))
  // 2. to 4. One table after another. Crash: by the comments opening knows which are exchanged, and does the others.
  await exchange(engine, queries, made)
  return writer.written
}

/** Where the answer to an exchange is lost it is looked whether it was made: a second one would undo it. */
async function exchange(engine: Engine, queries: Queries, made: Made): Promise<void> {
  for (const table of ROW_TABLES) {
    const isDone = async (): Promise<boolean> => (await commentsOf(engine, queries)).get(table)?.remade === made.remade
    await writeAgain(async () => {
      if (!(await isDone())) await engine.command(`EXCHANGE TABLES ${table} AND ${NEXT}${table}`, {})
    })
    if (!(await isDone()))
      throw new Fault(`Cannot exchange the rows of the warehouse: ${table} was exchanged twice; the next start does it`)
  }
}
