import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import { demandsSchema, type Demand } from '../../core/model/incident/demand.ts'
import { InputError } from '../../core/model/errors.ts'
import {
  chronicleSchema,
  ordersSchema,
  statementsSchema,
  type Order,
  type Reported,
  type Statement,
} from '../../core/model/tables/record.ts'
import { momentBounds } from '../../core/model/moment.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'

/** What was said and done outside, as the folder of the record holds it. Events are read apart (method: coincidence). */
export interface OutsideRecord {
  readonly simulated: boolean
  /** By date, the oldest first. */
  readonly statements: readonly Statement[]
  readonly chronicle: readonly Reported[]
  readonly orders: readonly Order[]
  /** By date, the oldest first; none where the folder has no `demands.json`. */
  readonly demands: readonly Demand[]
  /** SHA-256 over the digests of the files, in the order statements, chronicle, orders, and demands where there are any. */
  readonly digest: string
}

/** A file of more than this many bytes is refused. */
const MAX_BYTES = 16 * 1024 * 1024

/**
 * Loads statements, chronicle, orders and demands of a folder, by default the bundled `data/record`.
 * Throws InputError with file and path inside it for what cannot be read, for an id that stands twice,
 * and for a period that ends before it begins.
 */
export function loadRecord(folder: string = join(PACKAGE_ROOT, 'data', 'record')): OutsideRecord {
  const digests: string[] = []
  const load = <S extends z.ZodType>(name: string, schema: S): z.infer<S> => {
    const file = join(folder, name)
    const bytes = readBytes(file)
    digests.push(hash('sha256', bytes))
    return parseFile(file, bytes, schema)
  }
  const said = load('statements.json', statementsSchema)
  const { rows } = load('chronicle.json', chronicleSchema)
  const { orders } = load('orders.json', ordersSchema)
  const demands = existsSync(join(folder, 'demands.json'))
    ? load('demands.json', demandsSchema)
    : { simulated: said.simulated, demands: [] }
  checkStatements(join(folder, 'statements.json'), said.statements)
  checkUnique(join(folder, 'chronicle.json'), 'rows', rows)
  checkChronicle(join(folder, 'chronicle.json'), rows)
  checkUnique(join(folder, 'orders.json'), 'orders', orders)
  checkOrders(join(folder, 'orders.json'), orders)
  checkUnique(join(folder, 'demands.json'), 'demands', demands.demands)
  if (demands.simulated !== said.simulated)
    throw refuse(join(folder, 'demands.json'), '/simulated', `${demands.simulated}, the statements say otherwise`)
  return {
    simulated: said.simulated,
    statements: said.statements.toSorted((a, b) => momentBounds(a.at).from - momentBounds(b.at).from),
    chronicle: rows,
    orders,
    demands: demands.demands.toSorted((a, b) => momentBounds(a.at).from - momentBounds(b.at).from),
    digest: hash('sha256', digests.join('\n')),
  }
}

const refuse = (file: string, path: string, found: string): InputError =>
  new InputError(`Cannot read record "${basename(file)}", ${path}: ${found}`, {
    code: 'record.invalid',
    path: `${file}${path}`,
    expected: 'the form of docs/formats/record.md',
  })

function readBytes(file: string): Buffer {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw refuse(file, '', error instanceof Error ? error.message : String(error))
  }
  if (bytes.length > MAX_BYTES) throw refuse(file, '', `${bytes.length} bytes, at most ${MAX_BYTES}`)
  return bytes
}

function parseFile<S extends z.ZodType>(file: string, bytes: Buffer, schema: S): z.infer<S> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw refuse(file, '', error instanceof Error ? error.message : String(error))
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw refuse(file, `/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'wrong shape')
}

function checkUnique(file: string, list: string, rows: readonly { readonly id: string }[]): void {
  const seen = new Map<string, number>()
  for (const [index, { id }] of rows.entries()) {
    const before = seen.get(id)
    if (before !== undefined) throw refuse(file, `/${list}/${index}/id`, `"${id}" is at /${list}/${before} already`)
    seen.set(id, index)
  }
}

function checkStatements(file: string, statements: readonly Statement[]): void {
  checkUnique(file, 'statements', statements)
  const claims = statements.flatMap((statement) => statement.claims)
  checkUnique(file, 'claims', claims)
  for (const [index, { claims: own }] of statements.entries())
    for (const [at, { since, until, test, hours }] of own.entries()) {
      const path = `/statements/${index}/claims/${at}`
      if (since !== undefined && until !== undefined && until < since)
        throw refuse(file, `${path}/until`, `${until} is before ${since}`)
      if ((test === 'evening-window') !== (hours !== undefined))
        throw refuse(file, `${path}/hours`, 'hours belong to an evening-window claim, and it needs them')
    }
}

function checkChronicle(file: string, rows: readonly Reported[]): void {
  for (const [index, { onset, end }] of rows.entries())
    for (const [name, pair] of Object.entries({ onset, end: end ?? [null, null] })) {
      const [first, last] = pair
      if (first !== null && last !== null && momentBounds(last).until < momentBounds(first).from)
        throw refuse(file, `/rows/${index}/${name}`, `${last} is before ${first}`)
    }
}

function checkOrders(file: string, orders: readonly Order[]): void {
  for (const [index, { requestedOn, answeredOn, answer }] of orders.entries()) {
    const path = `/orders/${index}/answeredOn`
    if (answeredOn !== undefined && (requestedOn === undefined || answeredOn < requestedOn))
      throw refuse(file, path, 'an answer without a request before it')
    if (answer !== undefined && answeredOn === undefined) throw refuse(file, path, 'an answer without its day')
  }
}
