import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { openFolder } from '../../app/folder/open.ts'
import { FORMER, STORES, type StoreName } from '../../app/upgrade/formats.ts'
import { openChdb } from '../../store/warehouse/chdb.ts'
import { newestVersion } from '../../store/warehouse/schema.ts'
import { REGISTRY_FILES } from '../../app/registry/file.ts'
import { runCommand } from '../main.ts'

/** A folder that version 0.1.0 wrote: a measurement, its verdict, a log, an invitation. */
const FIXTURE = fileURLToPath(new URL('../../../test/golden/upgrade/folder-0.1.0.tar.xz', import.meta.url))

const MEASUREMENT = fileURLToPath(new URL('../../../test/golden/pack/measurement.json', import.meta.url))

const planSchema = z.object({
  way_back: z.boolean(),
  stores: z.array(
    z.object({
      name: z.enum(STORES),
      found: z.number().nullable(),
      writes: z.number(),
      step: z.string(),
      back: z.string(),
    }),
  ),
})
type Plan = z.infer<typeof planSchema>

describe('kuager upgrade', () => {
  let cwd = ''
  let said = ''
  const data = (...parts: readonly string[]): string => join(cwd, 'data', ...parts)
  const kuager = (...args: readonly string[]): Promise<number> => {
    said = ''
    return runCommand(
      args,
      testWorld(cwd, (text) => (said += text)),
    )
  }
  const check = async (expected = 0): Promise<Plan> => {
    assert.equal(await kuager('upgrade', '--check', '--folder', 'data', '--json'), expected, said)
    return planSchema.parse(JSON.parse(said))
  }
  const steps = ({ stores }: Plan): Readonly<Partial<Record<StoreName, string>>> =>
    Object.fromEntries(stores.map(({ name, step }) => [name, step]))
  const filesOf = (): ReadonlyMap<string, string> =>
    new Map(
      globSync('**/*', { cwd: data() })
        .filter((name) => statSync(data(name)).isFile())
        .sort()
        .map((name) => [
          name,
          createHash('sha256')
            .update(readFileSync(data(name)))
            .digest('hex'),
        ]),
    )
  const tables = (file: string, sql: string): void => {
    const db = new DatabaseSync(data('registry', file))
    db.exec(sql)
    db.close()
  }

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'kuager-upgrade-test-'))
    mkdirSync(data())
    execFileSync('tar', ['-xJf', FIXTURE, '-C', data()])
  })
  afterEach(() => rmSync(cwd, { recursive: true, force: true }))

  it('--check says the version of each store of a folder of 0.1.0, and changes no file', async () => {
    const before = filesOf()
    const { stores, way_back } = await check()
    assert.equal(way_back, true)
    assert.deepEqual(
      Object.fromEntries(stores.map(({ name, found }) => [name, found])),
      Object.fromEntries(
        stores.map(({ name }) => [name, (FORMER.versions as Partial<Record<StoreName, number>>)[name]]),
      ),
      'what 0.1.0 wrote is what the table says of it',
    )
    assert.deepEqual(
      stores.map(({ name }) => name),
      ['archive', 'log', 'incidents', 'warehouse', 'keys', 'reports'],
    )
    assert.deepEqual(filesOf(), before)
  })

  it('leads from 0.1.0 to this program and back: what 0.1.0 wrote is still there, byte for byte', async () => {
    const kept = ['archive/segments/00000001.segment', 'archive/leaves/00000001.leaves', 'incidents/revisions.jsonl']
    const before = new Map([...kept, 'log/log.json'].map((name) => [name, readFileSync(data(name))]))
    assert.equal(await kuager('upgrade', '--folder', 'data'), 0, said)
    const another = readFileSync(MEASUREMENT, 'utf8').replace('"probe_cc"', '"another":true,"probe_cc"')
    writeFileSync(join(cwd, 'more.jsonl'), another)
    assert.equal(await kuager('import', 'more.jsonl', '--folder', 'data'), 0, said)
    assert.equal(await kuager('detect', '--folder', 'data'), 0, said)
    assert.equal(await kuager('log', 'sequence', '--folder', 'data'), 0, said)
    writeFileSync(data('archive/segments/00000001.ids'), 'derived')
    assert.equal(await kuager('upgrade', '--back', '--folder', 'data'), 0, said)
    assert.match(said, /deleted: archive\/segments\/00000001\.ids/)
    assert.match(said, /ready for 0\.1\.0/)
    for (const [name, bytes] of before)
      assert.ok(readFileSync(data(name)).subarray(0, bytes.length).equals(bytes), `${name} only grows`)
    for (const { name, found } of (await check()).stores)
      assert.ok((found ?? 0) <= ((FORMER.versions as Partial<Record<StoreName, number>>)[name] ?? Infinity), name)
  })

  it('changes tables that are older, and says so before', async () => {
    tables('keys.sqlite', 'DROP TABLE revocations; PRAGMA user_version = 2')
    {
      await using engine = await openChdb(data(), { memoryBytes: 2 ** 28, threads: 1 })
      await engine.command('ALTER TABLE migrations DELETE WHERE version >= 6 SETTINGS mutations_sync = 2', {})
    }
    const before = await check()
    assert.deepEqual(
      [steps(before).keys, steps(before).warehouse, steps(before).archive],
      ['tables', 'tables', 'nothing'],
    )
    assert.equal(await kuager('upgrade', '--folder', 'data'), 0, said)
    assert.match(said, /^Done\./m)
    assert.ok((await check()).stores.every(({ step, found, writes }) => step === 'nothing' && found === writes))
    tables('keys.sqlite', 'SELECT count(*) FROM revocations')
  })

  it('refuses a folder of a newer program, and changes nothing in it', async () => {
    tables('keys.sqlite', 'PRAGMA user_version = 99')
    const before = filesOf()
    assert.equal(steps(await check(3)).keys, 'newer')
    assert.equal(await kuager('upgrade', '--folder', 'data'), 2)
    assert.match(said, /registry\/keys\.sqlite is of version 99/)
    assert.equal((await check(3)).way_back, false)
    assert.equal(await kuager('upgrade', '--back', '--folder', 'data'), 2)
    assert.match(said, /does not read version 99 of registry\/keys\.sqlite/)
    assert.deepEqual(filesOf(), before)
  })

  it('has no way back while keys are in a database, where the program before would begin with none', async () => {
    writeFileSync(data('registry/places.json'), JSON.stringify({ keys: 'postgres://database/kuager' }))
    const before = filesOf()
    assert.equal((await check()).stores.find(({ name }) => name === 'keys')?.back, 'closed')
    assert.equal(await kuager('upgrade', '--back', '--folder', 'data'), 2)
    assert.match(said, /0\.1\.0 does not find keys in a database/)
    assert.deepEqual(filesOf(), before)
  })

  it('has no way back while a segment of the archive is on object storage alone', async () => {
    writeFileSync(data('archive/segments/00000000.index'), '')
    const before = filesOf()
    assert.equal((await check()).way_back, false)
    assert.equal(await kuager('upgrade', '--back', '--folder', 'data'), 2)
    assert.match(said, /0\.1\.0 does not find segments of the archive on object storage/)
    assert.deepEqual(filesOf(), before)
  })

  it('asks no warehouse on a server, and says that the program before makes its own again', async () => {
    const place = { folder: '6b1f3e3c-1b1d-4c59-9a6c-2f9f0d1c8a11', server: 'https://clickhouse.example:8443/kuager' }
    writeFileSync(data('places.json'), JSON.stringify(place))
    const { stores } = planSchema.parse(JSON.parse((await check(), said)))
    const { found, step, back } = stores.find(({ name }) => name === 'warehouse') ?? {}
    assert.deepEqual({ found, step, back }, { found: null, step: 'elsewhere', back: 'rebuild' })
    assert.ok(said.includes(place.server))
  })

  it('refuses a folder that a server holds, except for --check', async () => {
    await using _open = await openFolder(
      testWorld(cwd, () => 0),
      'data',
      'test',
    )
    assert.equal(await kuager('upgrade', '--folder', 'data'), 1)
    assert.match(said, /test/)
    assert.ok((await check()).stores.length > 0)
  })

  it('refuses a folder without data, and both ways at once', async () => {
    assert.equal(await kuager('upgrade', '--folder', 'nowhere'), 2)
    assert.equal(existsSync(join(cwd, 'nowhere')), false)
    assert.equal(await kuager('upgrade', '--folder', 'data', '--check', '--back'), 2)
  })

  it('has a way back for every format that is newer than that of the program before', async () => {
    const now = { archive: 1, log: 1, incidents: 1, warehouse: await newestVersion() }
    for (const [name, { version }] of Object.entries(REGISTRY_FILES)) Object.assign(now, { [name]: version })
    const former: Readonly<Record<string, number>> = FORMER.versions
    for (const [name, version] of Object.entries(now))
      assert.ok(
        former[name] === undefined || version <= former[name] || name === 'warehouse',
        `${name}: ${FORMER.program} would refuse version ${version}; write a way back into src/app/upgrade/`,
      )
  })
})
