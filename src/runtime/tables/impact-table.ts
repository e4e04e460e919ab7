import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import { parseCsv, type CsvRow } from '../../core/model/csv.ts'
import { impactTableSchema, type ImpactTable } from '../../core/model/tables/impact-table.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'
import { MAX_TABLE_BYTES, readTable } from './table-file.ts'

/** Loads the figures behind the number of people, by default data/impact.json. Throws InputError with file and path. */
export const loadImpactTable = (file: string = join(PACKAGE_ROOT, 'data', 'impact.json')): ImpactTable =>
  readTable(file, impactTableSchema, {
    what: 'figures of impact',
    code: 'impact.invalid',
    form: 'the form of docs/methods/impact.md',
  })

/** File of a data folder with an operator's own estimates of the users of each network. */
export const NETWORK_USERS = 'network-users.csv'
const COLUMNS = ['asn', 'users', 'source', 'as_of'] as const

/**
 * The table with the estimates of `network-users.csv` in a data folder, where there is one: columns asn, users, source
 * and as_of, in any order. A network of the file replaces the same network of the table. A row of wrong form is set
 * aside and told to `warn` with file, line and column; so is a file that cannot be read. Nothing here ends a start.
 */
export function withNetworkUsers(table: ImpactTable, folder: string, warn: (problem: string) => void): ImpactTable {
  const file = join(folder, NETWORK_USERS)
  if (!existsSync(file)) return table
  try {
    if (statSync(file).size > MAX_TABLE_BYTES) throw new Error(`more than ${MAX_TABLE_BYTES} bytes`)
    const own = readRows(parseCsv(readFileSync(file, 'utf8')), (problem) => warn(`${basename(file)}, ${problem}`))
    const replaced = new Set(own.map(({ asn }) => asn))
    const kept = table.networks.filter(({ asn, simulated }) => simulated || !replaced.has(asn))
    return { ...table, networks: [...kept, ...own] }
  } catch (error) {
    warn(`${basename(file)}: ${error instanceof Error ? error.message : String(error)}; the file is not used`)
    return table
  }
}

type UsersRow = ImpactTable['networks'][number]
const rowSchema = impactTableSchema.shape.networks.element

function readRows([head, ...rows]: readonly CsvRow[], warn: (problem: string) => void): readonly UsersRow[] {
  const missing = COLUMNS.filter((name) => head?.cells.includes(name) !== true)
  if (head === undefined || missing.length > 0)
    throw new InputError(`no column ${missing.join(', ')}`, {
      code: 'impact.users',
      path: NETWORK_USERS,
      expected: `a first line ${COLUMNS.join(',')}`,
    })
  const found = new Map<number, UsersRow>()
  for (const { line, cells } of rows) {
    const cell = (name: (typeof COLUMNS)[number]): string => (cells[head.cells.indexOf(name)] ?? '').trim()
    const parsed = rowSchema.safeParse({
      asn: Number(cell('asn').replace(/^AS/i, '')),
      users: Number(cell('users').replaceAll(/[\s_]/g, '')),
      source: cell('source'),
      as_of: cell('as_of'),
      simulated: false,
    })
    const issue = parsed.error?.issues[0]
    if (!parsed.success) warn(`line ${line}, column ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}; set aside`)
    else if (found.has(parsed.data.asn)) warn(`line ${line}: AS${parsed.data.asn} a second time; set aside`)
    else found.set(parsed.data.asn, parsed.data)
  }
  return [...found.values()]
}
