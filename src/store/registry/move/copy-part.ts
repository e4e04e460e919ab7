import { createHash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { Fault, InputError } from '../../../core/model/errors.ts'
import { memoryWhere, MOVED, openDatabase, type RegistryDatabase, type RegistryPart } from '../database.ts'
import type { GroupCommit } from '../group-commit.ts'

type Value = string | number | Uint8Array | null
/** Tables of any part. */
export type AnyTables = Record<string, Record<string, Value>>

/** A table as both databases have it. */
export interface TableShape {
  readonly name: string
  readonly columns: readonly string[]
  /** Columns by which its rows are named. */
  readonly key: readonly string[]
}

/** What a table holds: equal where the rows are. */
export interface TableSum {
  readonly table: string
  readonly rows: number
  readonly sha256: string
}

const PAGE = 1000
const INSERTED = 100

/** Tables of a part in the order in which rows may refer to one another, as its newest version makes them. */
export async function shapesOf(part: RegistryPart): Promise<readonly TableShape[]> {
  await using database = await openDatabase<AnyTables>(memoryWhere, part)
  return database.calls.read(async (db) => {
    const { rows } = await sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'
      AND name NOT IN ('registry_version', 'keys_holder') ORDER BY rowid`.execute(db)
    const shapes: TableShape[] = []
    for (const { name } of rows) {
      const info = await sql<{ name: string; pk: number }>`SELECT name, pk FROM pragma_table_info(${name})`.execute(db)
      const columns = info.rows.filter((column) => column.name !== 'spacer')
      const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
      shapes.push({ name, columns: columns.map((column) => column.name), key: key.map((column) => column.name) })
    }
    return shapes
  })
}

const refs = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)))

/** Pages of a table in the order of its names, which is the same in both databases. */
async function* pagesOf(
  read: <R>(work: (db: Kysely<AnyTables>) => Promise<R>) => Promise<R>,
  { name, columns, key }: TableShape,
): AsyncGenerator<readonly Record<string, Value>[]> {
  let last: Record<string, Value> | undefined
  for (;;) {
    const after =
      last === undefined ? sql`` : sql`WHERE (${refs(key)}) > (${sql.join(key.map((column) => last?.[column]))})`
    const page = await read(async (db) => {
      const asked = sql<Record<string, Value>>`SELECT ${refs(columns)} FROM ${sql.table(name)} ${after}
        ORDER BY ${refs(key)} LIMIT ${PAGE}`
      return (await asked.execute(db)).rows
    })
    if (page.length > 0) yield page
    if (page.length < PAGE) return
    last = page.at(-1)
  }
}

const plain = (value: Value | undefined): unknown =>
  value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('hex') } : value

class Sum {
  readonly #shape: TableShape
  readonly #hash = createHash('sha256')
  #rows = 0

  constructor(shape: TableShape) {
    this.#shape = shape
  }

  add(rows: readonly Record<string, Value>[]): void {
    for (const row of rows)
      this.#hash.update(`${JSON.stringify(this.#shape.columns.map((column) => plain(row[column])))}\n`)
    this.#rows += rows.length
  }

  end(): TableSum {
    return { table: this.#shape.name, rows: this.#rows, sha256: this.#hash.digest('hex') }
  }
}

/** Counts and hashes every table of a part. */
async function tableSums(
  read: <R>(work: (db: Kysely<AnyTables>) => Promise<R>) => Promise<R>,
  shapes: readonly TableShape[],
): Promise<readonly TableSum[]> {
  const sums: TableSum[] = []
  for (const shape of shapes) {
    const sum = new Sum(shape)
    for await (const page of pagesOf(read, shape)) sum.add(page)
    sums.push(sum.end())
  }
  return sums
}

const same = (a: readonly TableSum[], b: readonly TableSum[]): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Databases of one part, from which and into which its rows go. */
export interface CopyEnds {
  readonly from: Pick<GroupCommit<AnyTables>, 'read'>
  readonly to: Pick<GroupCommit<AnyTables>, 'read' | 'write'>
}

/**
 * Copies all rows of a part in one transaction, which ends only if the copy has the same counts and hashes. A copy that is
 * there already is left. Throws InputError where the target holds other rows.
 */
export async function copyPart({ from, to }: CopyEnds, shapes: readonly TableShape[]): Promise<readonly TableSum[]> {
  const known = await tableSums((work) => to.read(work), shapes)
  if (known.some(({ rows }) => rows > 0)) {
    if (same(known, await tableSums((work) => from.read(work), shapes))) return known
    throw new InputError('Cannot move the registry: the place to which it goes holds other rows', {
      code: 'registry.target',
      path: 'to',
      expected: 'an empty database, or a folder without these files',
    })
  }
  return to.write(async (db) => {
    const sums: TableSum[] = []
    for (const shape of shapes) {
      const sum = new Sum(shape)
      for await (const page of pagesOf((work) => from.read(work), shape)) {
        sum.add(page)
        for (let at = 0; at < page.length; at += INSERTED) await insert(db, shape, page.slice(at, at + INSERTED))
      }
      sums.push(sum.end())
    }
    if (!same(sums, await tableSums((work) => work(db), shapes)))
      throw new Fault('Cannot move the registry: the copy is not what was copied; nothing was changed')
    return sums
  })
}

async function insert(
  db: Kysely<AnyTables>,
  { name, columns }: TableShape,
  rows: readonly Record<string, Value>[],
): Promise<void> {
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column] ?? null))})`)
  await sql`INSERT INTO ${sql.table(name)} (${refs(columns)}) VALUES ${sql.join(values)}`.execute(db)
}

/** From now on no program opens this part there: it is newer than any that is known. */
export async function markMoved(
  { calls }: Pick<RegistryDatabase<AnyTables>, 'calls'>,
  part: RegistryPart,
): Promise<void> {
  await calls.write(async (db) => {
    await sql`UPDATE registry_version SET version = ${MOVED} WHERE part = ${part.name}`.execute(db)
  })
}
