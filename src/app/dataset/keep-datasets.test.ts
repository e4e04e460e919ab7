import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { idOf, judged } from '../../../test/kit/measured/judged.ts'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { formatSubmittedBy } from '../../core/model/standing.ts'
import { instant, millis, parseInstant, type Instant } from '../../core/model/units.ts'
import type { SpaceLevel } from '../../runtime/files/free-space.ts'
import type { Column, Table, Value } from '../../site/dataset/columns.ts'
import { COLUMNS } from '../../site/dataset/columns.ts'
import { filesOf, type DatasetMonth, type DatasetShelf } from '../../site/dataset/contract.ts'
import { checksums } from '../../site/dataset/metadata.ts'
import type { Judged, Warehouse } from '../../store/warehouse/contract.ts'
import { openWarehouse } from '../../store/warehouse/open.ts'
import { openDatasetKeeper, type DatasetKeeper, type KeeperParts } from './keep-datasets.ts'
import { folderDatasets, monthFolder } from './shelf.ts'

const stranger = formatSubmittedBy({ standing: 'new', pseudonym: '0123456789abcdef' })
const from = (one: Judged, origin: string): Judged => ({
  ...one,
  provenance: { ...one.provenance, channel: 'collector', origin },
})
const named = (one: Judged, input: string, probe: string): Judged => ({ ...one, head: { ...one.head, input, probe } })

// Astana is five hours before UTC: its December begins at 19:00 UTC on 30 November.
const ROWS: readonly Judged[] = [
  judged({
    leafIndex: 0,
    at: parseInstant('2024-11-30T18:59:59Z'),
    verdict: { kind: 'interfered', mechanism: 'tls.reset.sni', layer: 'tls' },
  }),
  named(judged({ leafIndex: 1, at: parseInstant('2024-11-30T19:00:00Z') }), '=cmd(), "quoted"\nline', 'p-1'),
  judged({
    leafIndex: 2,
    at: parseInstant('2024-12-10T08:00:00.123Z'),
    service: 'web:пример.қаз',
    asn: 'AS4294967295',
  }),
  judged({ leafIndex: 3, at: parseInstant('2024-12-31T18:59:59Z'), asn: 'AS64500', verdict: { log10Lr: 0.1 + 0.2 } }),
  judged({ leafIndex: 4, at: parseInstant('2024-12-31T19:00:00Z') }),
  // Not published among the measured ones: an unknown sender, and what is simulated.
  from(judged({ leafIndex: 5, at: parseInstant('2024-12-11T08:00:00Z') }), stranger),
  judged({ leafIndex: 6, at: parseInstant('2024-12-11T08:00:00Z'), simulated: true }),
]
const DECEMBER = [1, 2, 3]

/** Moves an incident to a time; whether it is simulated. */
const incidentAt = (at: string, simulated: boolean): Incident => {
  const base = sampleIncident({ simulated, id: `youtube-as9198-${at.slice(0, 10).replaceAll('-', '')}T0000Z` })
  const shift = parseInstant(at) - (anchor(base) ?? 0)
  const { median, lo95, hi95 } = base.start
  const moved = (one: Instant | undefined): Instant => instant((one ?? 0) + shift)
  return { ...base, start: { ...base.start, median: moved(median), lo95: moved(lo95), hi95: moved(hi95) } }
}

interface World {
  readonly keeper: DatasetKeeper
  readonly shelf: DatasetShelf
  readonly at: {
    now: Instant
    level: SpaceLevel
    incidents: readonly Incident[]
  }
}

describe('files for researchers', () => {
  let data: string
  let warehouse: Warehouse
  let world: World
  const open = (change: Partial<KeeperParts> = {}): World => {
    const at: World['at'] = {
      now: parseInstant('2025-01-10T00:00:00Z'),
      level: 'ample',
      incidents: [incidentAt('2024-12-05T12:00:00Z', false)],
    }
    const clock = { now: () => at.now, monotonic: () => millis(at.now) }
    const shelf = folderDatasets(data, { isPublic: false, clock })
    const keeper = openDatasetKeeper({
      ...{ data, isPublic: false, published: warehouse.published, clock, shelf },
      incidents: async () => at.incidents,
      reviewOf: () => ({ standing: 'none', acts: [] }),
      space: { level: () => at.level },
      log: { error: () => undefined },
      ...change,
    })
    return { keeper, shelf, at }
  }
  const monthOf = async (month: string, simulated = false): Promise<DatasetMonth> => {
    const found = (await world.shelf.months()).find((one) => one.month === month && one.simulated === simulated)
    assert.ok(found, month)
    return found
  }
  const bytesOf = (month: DatasetMonth, table: Table, form: 'parquet' | 'csv' | 'jsonl'): Buffer => {
    const file = filesOf(month).find((one) => one.table === table && one.form === form)
    assert.ok(file)
    return readFileSync(join(monthFolder(data, month), file.name))
  }
  const linesOf = (month: DatasetMonth, table: Table): readonly Record<string, Value>[] =>
    gunzipSync(bytesOf(month, table, 'jsonl'))
      .toString()
      .split('\n')
      .filter(Boolean)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- compared below
      .map((line) => JSON.parse(line) as Record<string, Value>)

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'kuager-datasets-'))
    warehouse = await openWarehouse(data)
    await warehouse.insert(ROWS)
    world = open()
    await world.keeper.look()
  })
  after(async () => {
    await world.keeper[Symbol.asyncDispose]()
    await warehouse[Symbol.asyncDispose]()
    await rm(data, { recursive: true, force: true })
  })

  it('are of months of Astana, measured and simulated ones separately, of counted senders only', async () => {
    const months = await world.shelf.months()
    assert.deepEqual(
      months.map(({ month, simulated }) => [month, simulated]),
      [
        ['2025-01', false],
        ['2024-12', false],
        ['2024-11', false],
        ['2024-12', true],
      ],
    )
    const rows = linesOf(await monthOf('2024-12'), 'measurements')
    assert.deepEqual(
      rows.map((row) => row['measurement_id']),
      DECEMBER.toSorted((a, b) => order(a) - order(b)).map(idOf),
    )
    assert.ok(rows.every((row) => row['simulated'] === false))
    assert.deepEqual(
      linesOf(await monthOf('2024-12', true), 'measurements').map((row) => row['leaf_index']),
      [6],
    )
  })

  it('say in their names when they are simulated, in each row and in the Parquet file itself', async () => {
    const month = await monthOf('2024-12', true)
    assert.ok(filesOf(month).every(({ name }) => name.startsWith('kuager-simulated-')))
    for (const table of ['measurements', 'observations'] as const)
      assert.ok(linesOf(month, table).every((row) => row['simulated'] === true))
    assert.match(bytesOf(month, 'measurements', 'parquet').toString('latin1'), /simulated.{1,4}true/s)
    assert.ok(filesOf(await monthOf('2024-12')).every(({ name }) => !name.includes('simulated')))
  })

  it('have the same rows as Parquet, read by ClickHouse, as CSV and as JSONL', async () => {
    for (const table of ['measurements', 'observations', 'incidents'] as const) {
      const month = await monthOf('2024-12')
      const columns: readonly Column[] = COLUMNS[table]
      const lines = linesOf(month, table)
      assert.ok(lines.length > 0, table)
      for (const { name, values, nullable } of columns)
        for (const line of lines) {
          if (line[name] === null) assert.equal(nullable, true, name)
          else if (values !== undefined) assert.ok(values.includes(String(line[name])), `${name} ${String(line[name])}`)
        }
      assert.deepEqual(
        Object.keys(lines[0] ?? {}),
        columns.map(({ name }) => name),
      )
      const csv = parseCsv(gunzipSync(bytesOf(month, table, 'csv')).toString())
      assert.deepEqual(
        csv[0],
        columns.map(({ name }) => name),
      )
      assert.deepEqual(
        csv.slice(1),
        lines.map((line) => columns.map(({ name }) => csvText(line[name] ?? null))),
      )
      const path = join(data, `${table}.parquet`)
      writeFileSync(path, bytesOf(month, table, 'parquet'))
      assert.deepEqual(readParquet(path, columns), lines)
    }
  })

  it('hold no more of a device than its pseudonym, and no address of one', async () => {
    for (const table of ['measurements', 'observations', 'incidents'] as const)
      assert.ok(
        COLUMNS[table].every(
          ({ name }) => !['device', 'origin', 'received_at_utc', 'resolver_address'].some((one) => one === name),
        ),
      )
    const all = linesOf(await monthOf('2024-12'), 'measurements')
    assert.ok(!JSON.stringify(all).includes('made.jsonl'))
  })

  it('have checksums that sha256sum takes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-sums-'))
    try {
      for (const month of await world.shelf.months())
        for (const { name } of filesOf(month))
          writeFileSync(join(folder, name), readFileSync(join(monthFolder(data, month), name)))
      writeFileSync(join(folder, 'SHA256SUMS'), checksums(await world.shelf.months()))
      const out = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })
      assert.equal(out.match(/: OK$/gm)?.length, 4 * 9)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('are made once: another look, and another server, change no byte of a finished month', async () => {
    const before = await monthOf('2024-12')
    const other = open()
    await other.keeper.look()
    await other.keeper[Symbol.asyncDispose]()
    world.shelf.again()
    assert.deepEqual(await monthOf('2024-12'), before)
    // The same rows written again are the same bytes.
    await rm(monthFolder(data, before), { recursive: true })
    const again = open()
    await again.keeper.look()
    await again.keeper[Symbol.asyncDispose]()
    world.shelf.again()
    assert.deepEqual(filesOf(await monthOf('2024-12')), filesOf(before))
  })

  it('of the running month say as of when, and are made again after a day', async () => {
    const { running, versions } = await monthOf('2025-01')
    assert.deepEqual([running?.asOf, versions], [parseInstant('2025-01-10T00:00:00Z'), []])
    await warehouse.insert([judged({ leafIndex: 7, at: parseInstant('2025-01-09T08:00:00Z') })])
    world.at.now = instant(parseInstant('2025-01-10T00:00:00Z') + DAY_MS / 2)
    await world.keeper.look()
    assert.deepEqual((await monthOf('2025-01')).running, running)
    world.at.now = instant(parseInstant('2025-01-10T00:00:00Z') + DAY_MS)
    await world.keeper.look()
    const later = await monthOf('2025-01')
    assert.equal(later.running?.asOf, world.at.now)
    assert.equal(linesOf(later, 'measurements').length, 2)
    // What was replaced is gone.
    assert.equal(readdirSync(monthFolder(data, later)).length, 9 + 1)
  })

  it('of a month to which rows came late, or that was judged again, get a version with the reason', async () => {
    const before = await monthOf('2024-12')
    await warehouse.insert([
      judged({ leafIndex: 8, at: parseInstant('2024-12-12T08:00:00Z') }),
      judged({
        leafIndex: 3,
        at: parseInstant('2024-12-31T18:59:59Z'),
        asn: 'AS64500',
        verdict: { kind: 'unreachable' },
      }),
    ])
    world.at.incidents = world.at.incidents.map((one) => ({ ...one, revision: one.revision + 1 }))
    world.at.now = instant(world.at.now + DAY_MS)
    await world.keeper.look()
    const { versions } = await monthOf('2024-12')
    assert.deepEqual(
      versions.map(({ version }) => version),
      [1, 2],
    )
    assert.deepEqual(versions[0], before.versions[0])
    assert.deepEqual(versions[1]?.reason, {
      kind: 'changed',
      measurements: { added: 1, removed: 0, changed: 1 },
      incidents: { added: 0, removed: 0, changed: 1 },
    })
    const old = before.versions[0]?.files[0]
    assert.ok(old)
    assert.equal(await world.shelf.find(old.name), undefined)
    assert.ok(!existsSync(join(monthFolder(data, before), old.name)))
  })

  it('of a month that is judged again with the same rows stay', async () => {
    const before = await monthOf('2024-12')
    await warehouse.insert([judged({ leafIndex: 8, at: parseInstant('2024-12-12T08:00:00Z') })])
    world.at.now = instant(world.at.now + 2 * DAY_MS)
    await world.keeper.look()
    const now = await monthOf('2024-12')
    assert.deepEqual(now.versions, before.versions)
  })

  it('lose an erased measurement at the next look, without waiting a day', async () => {
    const before = await monthOf('2024-12')
    await warehouse.remove(idOf(2))
    world.at.level = 'reserved'
    await world.keeper.look()
    // Without space for new files the old ones are gone all the same.
    const withdrawn = await monthOf('2024-12')
    assert.deepEqual([withdrawn.isWithdrawn, filesOf(withdrawn)], [true, []])
    const left = readdirSync(monthFolder(data, withdrawn)).map((name) =>
      readFileSync(join(monthFolder(data, withdrawn), name)),
    )
    assert.ok(left.every((bytes) => !bytes.includes(idOf(2))))
    world.at.level = 'ample'
    await world.keeper.look()
    const now = await monthOf('2024-12')
    assert.deepEqual(now.versions.at(-1)?.reason, {
      kind: 'changed',
      measurements: { added: 0, removed: 1, changed: 0 },
      incidents: { added: 0, removed: 0, changed: 0 },
    })
    assert.equal(now.versions.length, before.versions.length + 1)
    assert.ok(!JSON.stringify(linesOf(now, 'measurements')).includes(idOf(2)))
  })

  it('are streamed by parts, to each part of the network some at once', async () => {
    const [file] = filesOf(await monthOf('2024-12'))
    assert.ok(file)
    const whole = { first: 0, last: file.bytes - 1 }
    const read = await world.shelf.open(file.name, whole, '198.51.100.0/24')
    assert.ok(read !== undefined && read !== 'busy')
    const hash = createHash('sha256')
    for await (const piece of read.stream) hash.update(piece)
    assert.equal(hash.digest('hex'), file.sha256)
    const held: Awaited<ReturnType<DatasetShelf['open']>>[] = []
    for (let i = 0; i < 4; i++) held.push(await world.shelf.open(file.name, whole, '198.51.100.0/24'))
    assert.equal(await world.shelf.open(file.name, whole, '198.51.100.0/24'), 'busy')
    const other = await world.shelf.open(file.name, whole, '203.0.113.0/24')
    assert.ok(other !== undefined && other !== 'busy')
    for (const one of [...held, other]) if (one !== undefined && one !== 'busy') await one.stream.cancel()
    const again = await world.shelf.open(file.name, { first: 0, last: 3 }, '198.51.100.0/24')
    assert.ok(again !== undefined && again !== 'busy')
    for await (const piece of again.stream) assert.equal(Buffer.from(piece).toString(), 'PAR1')
    for (const name of ['../month.json', 'month.json', 'measurements.index'])
      assert.equal(await world.shelf.open(name, whole), undefined)
  })

  it('are left to no crash: what a killed server wrote is removed by the next look', async () => {
    const month = await monthOf('2024-11')
    const left = join(monthFolder(data, month), 'kuager-measurements-2024-11-v2.parquet.unfinished')
    writeFileSync(left, 'half')
    await warehouse.insert([judged({ leafIndex: 9, at: parseInstant('2024-11-20T08:00:00Z') })])
    world.at.now = instant(world.at.now + 2 * DAY_MS)
    await world.keeper.look()
    assert.ok(!existsSync(left))
    assert.equal((await monthOf('2024-11')).versions.at(-1)?.version, 2)
  })

  it('of simulated data are not shown by a public server', async () => {
    const shelf = folderDatasets(data, { isPublic: true, clock: { monotonic: () => millis(0) } })
    assert.ok((await shelf.months()).every(({ simulated }) => !simulated))
    const [file] = filesOf(await monthOf('2024-12', true))
    assert.ok(file)
    assert.equal(await shelf.find(file.name), undefined)
  })
})

/** Order of the rows of a file: by service, network, time, leaf. */
const order = (leaf: number): number => [2, 1, 3].indexOf(leaf)

/** A cell as CSV has it: what a spreadsheet would run has an apostrophe before it. */
const csvText = (value: Value): string => {
  const text = value === null ? '' : String(value)
  return typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text
}

/** RFC 4180, written here again: the reader of a test is not the writer. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]]
  const cell = /"((?:[^"]|"")*)"(,|\r\n)|([^,\r\n]*)(,|\r\n)/gy
  for (let found = cell.exec(text); found !== null; found = cell.exec(text)) {
    rows.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[3] ?? '')
    if ((found[2] ?? found[4]) === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

/** Rows of a Parquet file, read by ClickHouse in another process: the warehouse of this one is open. */
function readParquet(path: string, columns: readonly Column[]): readonly Record<string, Value>[] {
  const select = columns
    .map(({ name, type }) => (type === 'time' ? `toUnixTimestamp64Milli(${name}) AS ${name}` : name))
    .join(', ')
  const sql = `SELECT ${select} FROM file('${path}', 'Parquet') SETTINGS output_format_json_quote_64bit_integers=0`
  const program = `import { query } from 'chdb'; process.stdout.write(query(${JSON.stringify(sql)}, 'JSONEachRow'))`
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: PACKAGE_ROOT,
    encoding: 'utf8',
  })
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- compared by its caller
      const row = JSON.parse(line) as Record<string, Value>
      return Object.fromEntries(
        columns.map(({ name, type }) => {
          const value = row[name] ?? null
          return [name, type === 'time' && value !== null ? isoOf(Number(value)) : value]
        }),
      )
    })
}

const isoOf = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')
