import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openChdb } from '../../../src/store/warehouse/chdb.ts'
import { openWarehouse } from '../../../src/store/warehouse/open.ts'
import type { Judged, Warehouse } from '../../../src/store/warehouse/contract.ts'
import { parseWarehouseAddress, type WarehouseAddress } from '../../../src/store/warehouse/server/address.ts'
import { openClickHouse } from '../../../src/store/warehouse/server/clickhouse.ts'

/** How a stand-in is begun. */
export interface StandIn {
  readonly users: readonly { readonly name: string; readonly password: string; readonly readonly?: boolean }[]
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** What a stand-in saw of its requests. */
export interface Seen {
  readonly longestAddress: number
  readonly longestField: number
  readonly gzipped: number
  readonly statements: number
  readonly times: readonly string[]
}

const CHILD = fileURLToPath(new URL('clickhouse-child.ts', import.meta.url))
/** A password with signs that an address has to quote. */
const PASSWORD = 'p:a/s@s %+w'
const USERS = [
  { name: 'kuager', password: PASSWORD },
  { name: 'reader', password: PASSWORD, readonly: true },
]

/** A process that answers like a ClickHouse server, over the embedded engine. */
export interface ClickHouseServer extends AsyncDisposable {
  /** Address of a database, for the user who writes or the one who reads. */
  address(database?: string, user?: 'kuager' | 'reader'): string
  seen(): Promise<Seen>
  /** The next so many statements that begin so run, and their answer is lost. */
  lose(left: number, begins: string): Promise<void>
  /** Ends the process at once, as a machine that loses its power. */
  kill(): Promise<void>
  /** Begins it again at the same port. */
  begin(): Promise<void>
  /** Folder with every file of its tables. */
  readonly files: string
}

export async function startClickHouse(tls?: StandIn['tls']): Promise<ClickHouseServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-clickhouse-'))
  let port = 0
  let end: () => Promise<void> = async () => undefined
  const begin = async (): Promise<void> => {
    const given: StandIn = { users: USERS, ...(tls === undefined ? {} : { tls }) }
    const child = spawn(process.execPath, [CHILD, folder, String(port), JSON.stringify(given)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    end = async () => {
      child.kill('SIGKILL')
      await ended
    }
    const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [unknown]
    if (typeof line !== 'string') throw new Error('the stand-in of a server does not start')
    port = Number(line)
  }
  await begin()
  const scheme = tls === undefined ? 'http' : 'https'
  const ask = async (body?: object): Promise<Seen> => {
    const how = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    return (await (await fetch(`http://127.0.0.1:${port}/stand-in`, how)).json()) as Seen
  }
  return {
    address: (database = `t${randomBytes(4).toString('hex')}`, user = 'kuager') =>
      `${scheme}://${user}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`,
    seen: () => ask(),
    lose: async (left, begins) => void (await ask({ left, begins })),
    kill: () => end(),
    begin,
    files: join(folder, 'db'),
    [Symbol.asyncDispose]: async () => {
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The engines on which every promise of a warehouse is tested. */
export const WAREHOUSE_KINDS = ['embedded', 'server'] as const
export type WarehouseKind = (typeof WAREHOUSE_KINDS)[number]

/** Warehouses of one kind. */
export interface Warehouses {
  /** Starts the stand-in of a server, where one is needed. */
  readonly begin: () => Promise<void>
  readonly end: () => Promise<void>
  /** Opens the warehouse of a folder, the same again if it was closed. */
  readonly open: (folder: string) => Promise<Warehouse>
  /** Runs a statement on the tables of a folder whose warehouse is closed. */
  readonly command: (folder: string, sql: string) => Promise<void>
  /** Where the files of its tables are. */
  readonly files: (folder: string) => string
  /** Does something to files while no engine has them open. */
  readonly whileClosed: (act: () => Promise<void>) => Promise<void>
  /** Removes all tables of a folder, as an operator would. */
  readonly drop: (folder: string) => Promise<void>
}

export const warehousesOf = (kind: WarehouseKind): Warehouses => (kind === 'embedded' ? EMBEDDED : onServer())

/** Gives the tests of the `describe` in which it is called a warehouse of one kind that holds these rows. */
export function warehouseOfRows(
  kind: WarehouseKind,
  rows: readonly Judged[],
  given: (warehouse: Warehouse) => void,
): void {
  const warehouses = warehousesOf(kind)
  let folder = ''
  let warehouse: Warehouse
  before(async () => {
    await warehouses.begin()
    folder = await mkdtemp(join(tmpdir(), 'kuager-rows-'))
    warehouse = await warehouses.open(folder)
    await warehouse.insert(rows)
    given(warehouse)
  })
  after(async () => {
    await warehouse[Symbol.asyncDispose]()
    await warehouses.end()
    await rm(folder, { recursive: true })
  })
}

const EMBEDDED: Warehouses = {
  begin: async () => undefined,
  end: async () => undefined,
  open: (folder) => openWarehouse(folder, { threads: 1 }),
  command: async (folder, sql) => {
    await using engine = await openChdb(folder, { memoryBytes: 2 ** 28, threads: 1 })
    await engine.command(sql, {})
  },
  files: (folder) => join(folder, 'warehouse'),
  whileClosed: (act) => act(),
  drop: (folder) => rm(join(folder, 'warehouse'), { recursive: true }),
}

function onServer(): Warehouses {
  let server: ClickHouseServer | undefined
  const started = (): ClickHouseServer => server ?? assert.fail('the stand-in of a server was not started')
  const databases = new Map<string, string>()
  const addressOf = (folder: string): WarehouseAddress => {
    const address = databases.get(folder) ?? started().address()
    databases.set(folder, address)
    return parseWarehouseAddress(address)
  }
  const command = async (folder: string, sql: string): Promise<void> => {
    await using engine = await openClickHouse(addressOf(folder), { readOnly: false, uses: new Map() })
    await engine.command(sql, {})
  }
  return {
    begin: async () => {
      server = await startClickHouse()
    },
    end: async () => server?.[Symbol.asyncDispose](),
    open: (folder) =>
      openWarehouse(folder, { server: { address: addressOf(folder), owner: { folder, holder: 'this machine' } } }),
    command,
    files: () => started().files,
    whileClosed: async (act) => {
      await started().kill()
      await act()
      await started().begin()
    },
    drop: (folder) => command(folder, `DROP DATABASE ${addressOf(folder).database}`),
  }
}
