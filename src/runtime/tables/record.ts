import { hash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { demandsSchema, type Demand } from '../../core/model/incident/demand.ts'
import { InputError } from '../../core/model/errors.ts'
import {
  chronicleSchema,
  eventsSchema,
  ordersSchema,
  statementsSchema,
  type Course,
  type Order,
  type OutsideEvent,
  type Reported,
  type Statement,
} from '../../core/model/tables/record.ts'
import { momentBounds } from '../../core/model/moment.ts'
import { isMissing } from '../files/disk.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'
import { offsetOf, placeAt, syntaxErrorAt, type JsonPlace } from './json-place.ts'

/** What was said and done outside, as the folder of the record holds it. Events are separate (method: coincidence). */
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

/** Files of a record; only the last may be missing. */
export const RECORD_FILES = ['statements.json', 'chronicle.json', 'orders.json', 'events.json', 'demands.json'] as const
export type RecordFile = (typeof RECORD_FILES)[number]
const OPTIONAL: RecordFile = 'demands.json'

/** Bytes of the files of a record by name, or why a file was not read; without a file that is not there. */
export type RecordBytes = ReadonlyMap<RecordFile, Uint8Array | { readonly unread: string }>

/** What is wrong with a record, and where. */
export interface RecordProblem {
  readonly file: RecordFile
  /** Path inside the JSON, `/rows/3/onset`; empty for the whole file. */
  readonly path: string
  /** Absent where the file was not read. */
  readonly place?: JsonPlace
  readonly found: string
}

export type ParsedRecord =
  | { readonly kind: 'whole'; readonly record: OutsideRecord; readonly events: readonly OutsideEvent[] }
  | { readonly kind: 'damaged'; readonly problems: readonly [RecordProblem, ...RecordProblem[]] }

/** A file of more than this many bytes is refused. */
const MAX_BYTES = 16 * 1024 * 1024
/** Problems of one file that are named. */
const MOST_PROBLEMS = 20

export const BUNDLED_RECORD = join(PACKAGE_ROOT, 'data', 'record')

/** Reads the files of a record from a folder. */
export function readRecordFiles(folder: string): RecordBytes {
  const files = new Map<RecordFile, Uint8Array | { readonly unread: string }>()
  for (const name of RECORD_FILES)
    try {
      const file = join(folder, name)
      const { size } = statSync(file)
      files.set(
        name,
        size > MAX_BYTES ? { unread: `${size} bytes, at most ${MAX_BYTES} are read` } : readFileSync(file),
      )
    } catch (error) {
      if (!isMissing(error)) files.set(name, { unread: error instanceof Error ? error.message : String(error) })
    }
  return files
}

/**
 * Loads statements, chronicle, orders and demands of a folder, by default the bundled `data/record`.
 * Throws InputError with file, path, line and column for the first problem of `parseRecord`.
 */
export function loadRecord(folder: string = BUNDLED_RECORD): OutsideRecord {
  const parsed = parseRecord(readRecordFiles(folder))
  if (parsed.kind === 'whole') return parsed.record
  const [problem] = parsed.problems
  throw new InputError(`Cannot read record ${describeProblem(problem)}`, {
    code: 'record.invalid',
    path: `${join(folder, problem.file)}${problem.path}`,
    expected: 'the form of docs/formats/record.md',
  })
}

/** `"orders.json", /orders/3/answeredOn, line 41, column 7: what was found`. */
export const describeProblem = ({ file, path, place, found }: RecordProblem): string =>
  [
    `"${file}"`,
    ...(path === '' ? [] : [path]),
    ...(place === undefined ? [] : [`line ${place.line}, column ${place.column}`]),
  ].join(', ') + `: ${found}`

/** Reads a record, or names what is wrong with each of its files: form, ids that appear twice, times out of order. */
export function parseRecord(files: RecordBytes): ParsedRecord {
  const reading = new Reading(files)
  const said = reading.file('statements.json', statementsSchema)
  const chronicle = reading.file('chronicle.json', chronicleSchema)
  const acts = reading.file('orders.json', ordersSchema)
  const outside = reading.file('events.json', eventsSchema)
  const asked = files.has(OPTIONAL) ? reading.file(OPTIONAL, demandsSchema) : undefined
  if (said !== undefined) checkStatements(said.statements, reading.in('statements.json'))
  if (chronicle !== undefined) checkChronicle(chronicle.rows, reading.in('chronicle.json'))
  if (acts !== undefined) checkOrders(acts.orders, reading.in('orders.json'))
  if (outside !== undefined) checkUnique('events', outside.events, reading.in('events.json'))
  if (asked !== undefined) checkUnique('demands', asked.demands, reading.in(OPTIONAL))
  if (asked !== undefined && said !== undefined && asked.simulated !== said.simulated)
    reading.in(OPTIONAL)(['simulated'], `${asked.simulated}, the statements say otherwise`)
  const [problem, ...others] = reading.problems
  if (
    problem !== undefined ||
    said === undefined ||
    chronicle === undefined ||
    acts === undefined ||
    outside === undefined
  )
    return { kind: 'damaged', problems: [problem ?? reading.unknown, ...others] }
  const byDate = (a: { readonly at: string }, b: { readonly at: string }): number =>
    momentBounds(a.at).from - momentBounds(b.at).from
  return {
    kind: 'whole',
    record: {
      simulated: said.simulated,
      statements: said.statements.toSorted(byDate),
      chronicle: chronicle.rows,
      orders: acts.orders,
      demands: (asked?.demands ?? []).toSorted(byDate),
      digest: reading.digest(),
    },
    // Events of another world than the statements are not shown next to them.
    events: outside.simulated === said.simulated ? outside.events : [],
  }
}

/** Reports a problem at a path of one file. */
type Find = (path: readonly PropertyKey[], found: string) => void

/** The files of one record while they are read, and what was found wrong with them. */
class Reading {
  readonly problems: RecordProblem[] = []
  readonly unknown: RecordProblem = { file: 'statements.json', path: '', found: 'it was not read' }
  readonly #files: RecordBytes
  readonly #texts = new Map<RecordFile, string>()

  constructor(files: RecordBytes) {
    this.#files = files
  }

  in(file: RecordFile): Find {
    const text = this.#texts.get(file) ?? ''
    return (path, found) => {
      const place = placeAt(text, offsetOf(text, path))
      this.problems.push({ file, path: `/${path.map(String).join('/')}`, place, found })
    }
  }

  file<S extends z.ZodType>(file: RecordFile, schema: S): z.infer<S> | undefined {
    const bytes = this.#files.get(file)
    if (bytes === undefined || 'unread' in bytes) {
      this.problems.push({ file, path: '', found: bytes?.unread ?? 'there is no such file' })
      return undefined
    }
    const text = Buffer.from(bytes).toString('utf8')
    this.#texts.set(file, text)
    const bad = utf8Problem(bytes, text)
    if (bad !== undefined) {
      this.problems.push({ file, path: '', place: bad, found: 'a byte that is not UTF-8' })
      return undefined
    }
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error)
      this.problems.push({ file, path: '', place: placeAt(text, syntaxErrorAt(text) ?? 0), found })
      return undefined
    }
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    for (const { path, message } of parsed.error.issues.slice(0, MOST_PROBLEMS)) this.in(file)(path, message)
    return undefined
  }

  digest(): string {
    const names = RECORD_FILES.filter((name) => name !== 'events.json' && this.#texts.has(name))
    return hash('sha256', names.map((name) => hash('sha256', this.#bytes(name))).join('\n'))
  }

  #bytes(name: RecordFile): Uint8Array {
    const bytes = this.#files.get(name)
    return bytes === undefined || 'unread' in bytes ? new Uint8Array() : bytes
  }
}

const REPLACEMENT = '\ufffd'

/** Where bytes that are not UTF-8 begin, by the character that stands for them in the decoded text. */
function utf8Problem(bytes: Uint8Array, text: string): JsonPlace | undefined {
  if (!text.includes(REPLACEMENT)) return undefined
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return undefined // the text has the character itself
  } catch {
    return placeAt(text, text.indexOf(REPLACEMENT))
  }
}

function checkUnique(list: string, rows: readonly { readonly id: string }[], find: Find): void {
  const seen = new Map<string, number>()
  for (const [index, { id }] of rows.entries()) {
    const before = seen.get(id)
    if (before !== undefined) find([list, index, 'id'], `"${id}" is at /${list}/${before} already`)
    seen.set(id, index)
  }
}

function checkStatements(statements: readonly Statement[], find: Find): void {
  checkUnique('statements', statements, find)
  const seen = new Set<string>()
  for (const [index, { claims }] of statements.entries())
    for (const [at, { id, since, until, test, hours }] of claims.entries()) {
      const path = ['statements', index, 'claims', at]
      if (seen.has(id)) find([...path, 'id'], `"${id}" is the id of a claim before it`)
      seen.add(id)
      if (since !== undefined && until !== undefined && until < since)
        find([...path, 'until'], `${until} is before ${since}`)
      if ((test === 'evening-window') !== (hours !== undefined))
        find([...path, 'hours'], 'hours belong to an evening-window claim, and it needs them')
    }
}

function checkChronicle(rows: readonly Reported[], find: Find): void {
  checkUnique('rows', rows, find)
  for (const [index, { onset, end, course }] of rows.entries()) {
    for (const [name, pair] of Object.entries({ onset, end: end ?? [null, null] })) {
      const [first, last] = pair
      if (first !== null && last !== null && momentBounds(last).until < momentBounds(first).from)
        find(['rows', index, name], `${last} is before ${first}`)
    }
    if (course !== undefined) checkCourse(course, (path, found) => find(['rows', index, 'course', ...path], found))
  }
}

/** Windows follow each other, after some start and before some end. */
function checkCourse({ starts, ends, windows }: Course, find: Find): void {
  let before = Math.min(...starts.map(({ at }) => Date.parse(at)))
  const last = Math.max(...ends.map(({ at }) => Date.parse(at)))
  for (const [index, [from, until]] of windows.entries()) {
    if (Date.parse(from) < before) find(['windows', index, 0], `${from} is before the start or inside another window`)
    if (Date.parse(until) <= Date.parse(from)) find(['windows', index, 1], `${until} is not after ${from}`)
    before = Date.parse(until)
  }
  if (before > last) find(['ends'], 'no end is after the last window')
}

function checkOrders(orders: readonly Order[], find: Find): void {
  checkUnique('orders', orders, find)
  for (const [index, { requestedOn, answeredOn, answer }] of orders.entries()) {
    const path = ['orders', index, 'answeredOn']
    if (answeredOn !== undefined && (requestedOn === undefined || answeredOn < requestedOn))
      find(path, 'an answer without a request before it')
    if (answer !== undefined && answeredOn === undefined) find(path, 'an answer without its day')
  }
}
