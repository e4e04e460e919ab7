import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { World } from '../../runtime/world.ts'
import { sampleRows } from '../../../test/kit/site/site-sample.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { openArchive } from '../../store/archive/open.ts'
import type { Judged } from '../../store/warehouse/contract.ts'
import { openWarehouse } from '../../store/warehouse/open.ts'
import { callHolder } from '../../runtime/files/folder-socket.ts'
import { OPERATOR_EXAMPLE } from '../../runtime/tables/operator.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { runCommand } from '../main.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'

/** A world whose texts are kept, with a promise of the address that the server says it is open at. */
function watchedWorld(): { world: World; stop: () => void; opened: Promise<string>; said: () => string } {
  const controller = new AbortController()
  const { promise, resolve } = Promise.withResolvers<string>()
  let said = ''
  const write = (text: string): void => {
    said += text
    const url = /http:\/\/\S+/.exec(text)?.[0]
    if (url !== undefined) resolve(url)
  }
  const world = { ...testWorld(tmpdir(), write), signal: controller.signal }
  return { world, stop: () => controller.abort(new Error('SIGTERM')), opened: promise, said: () => said }
}

/** The smallest measurement that is judged, on a real network unless the annotations say otherwise. */
const vanillaTor = (annotations: Readonly<Record<string, string>>): object => ({
  annotations,
  test_name: 'vanilla_tor',
  test_version: '0.2.0',
  measurement_start_time: '2026-03-05 12:00:00',
  probe_asn: 'AS9198',
  probe_cc: 'KZ',
  software_name: 'ooniprobe',
  software_version: '3.20.0',
  test_keys: { success: true, error: null, bootstrap_time: 8.5 },
})

/** Stands for the bytes of a measurement: log and warehouse must agree on which there are. */
const bytesOf = (n: number): Buffer => Buffer.from(`{"sample":${n}}`)

/** Says who runs the server: a public one refuses to start without. */
const sayWhoRuns = (folder: string): Promise<void> =>
  writeFile(join(folder, 'about.json'), OPERATOR_EXAMPLE.replaceAll('…', 'x'))

/** Fills a new data folder with the rows of the sample and gives them. */
async function fillFolder(folder: string, simulated: boolean): Promise<readonly Judged[]> {
  const rows = sampleRows(simulated).map((row, leafIndex) => {
    const id = parseSha256(hash('sha256', bytesOf(leafIndex)))
    return { ...row, leafIndex, provenance: { ...row.provenance, id } }
  })
  await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  const publicSha256 = parseSha256(hash('sha256', ''))
  await archive.append(rows.map(({ provenance }, n) => ({ provenance, bytes: bytesOf(n), publicSha256 })))
  await using warehouse = await openWarehouse(folder)
  await warehouse.insert(rows)
  return rows
}

/** Runs a command on a folder in the process that holds it, as another process would. */
async function callServer(folder: string, command: string, args: readonly string[]): Promise<number | undefined> {
  const holder: unknown = JSON.parse(await readFile(join(folder, 'holder.json'), 'utf8'))
  const socket = typeof holder === 'object' && holder !== null && 'socket' in holder ? String(holder.socket) : ''
  const { out, err, signal } = testWorld(folder)
  return callHolder(socket, { command, args, cwd: folder, terminal: false, env: {} }, { out, err, signal })
}

describe('kuager serve', () => {
  let folder: string
  let rows: readonly Judged[]
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-serve-'))
    rows = await fillFolder(folder, true)
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('serves pages from the stores of a folder until it is stopped', async () => {
    const { world, stop, opened, said } = watchedWorld()
    const exit = runCommand(['serve', '--folder', folder, '--port', '0'], world)
    const url = await Promise.race([opened, exit.then(() => assert.fail(said()))])
    const page = await fetch(new URL('/en/matrix?since=2026-02-27&until=2026-03-05', url))
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<h1 id="answer">No restriction seen/)
    const id = rows[0]?.provenance.id
    const measurement = await (await fetch(new URL(`/kk/m/${id}`, url))).text()
    assert.match(measurement, /<b class="big"><a [^>]+>AS64496/)
    assert.match(measurement, /class="chart broad"/)
    assert.match(measurement, /Example Issuing Authority/)
    stop()
    assert.equal(await exit, 0)
    assert.doesNotMatch(said().replaceAll(url, ''), /127\.0\.0\.1/)
  })

  it('refuses in public a folder that holds a simulated measurement', async () => {
    const { world, said } = watchedWorld()
    assert.equal(await runCommand(['serve', '--folder', folder, '--port', '0', '--public'], world), 2)
    assert.match(said(), /Cannot serve folder ".*" in public: it holds simulated measurements/)
  })

  it('shows nothing simulated in public, and ends when a command brings something simulated into the folder', async () => {
    const open = await mkdtemp(join(tmpdir(), 'kuager-serve-public-'))
    try {
      await (await openArchive(join(open, 'archive'), { leaves: LEAF_CODEC }))[Symbol.asyncDispose]()
      await sayWhoRuns(open)
      const { world, opened, said } = watchedWorld()
      const exit = runCommand(['serve', '--folder', open, '--port', '0', '--public'], world)
      await Promise.race([opened, exit.then(() => assert.fail(said()))])
      await writeFile(join(open, 'simulated.json'), JSON.stringify(vanillaTor({ simulated: 'true' })))
      assert.equal(await callServer(open, 'import', ['simulated.json', '--folder', open]), 0)
      assert.equal(await exit, 2)
      assert.match(said(), /Cannot serve folder ".*" in public: it holds simulated measurements/)
    } finally {
      await rm(open, { recursive: true, force: true })
    }
  })

  it('goes on in public where the log is of real measurements: nothing simulated comes into the folder then', async () => {
    const open = await mkdtemp(join(tmpdir(), 'kuager-serve-public-'))
    try {
      await fillFolder(open, false)
      await sayWhoRuns(open)
      const { world, stop, opened, said } = watchedWorld()
      const exit = runCommand(['serve', '--folder', open, '--port', '0', '--public'], world)
      const url = await Promise.race([opened, exit.then(() => assert.fail(said()))])
      assert.match(said(), /^No one outside cosigns this log: a second history could be shown/m)
      assert.match(said(), /^There is no security\.txt/m)
      assert.equal((await fetch(new URL('/.well-known/security.txt', url))).status, 404)
      assert.equal(await callServer(open, 'log', ['sequence', '--folder', open]), 0)
      assert.match(await (await fetch(new URL('/log/policy', url))).text(), /^log log\.invalid\/.*\nquorum none\n$/)
      assert.match(await (await fetch(new URL('/en/verify', url))).text(), /No one outside this server has cosigned/)
      await writeFile(join(open, 'simulated.json'), JSON.stringify(vanillaTor({ simulated: 'true' })))
      assert.equal(await callServer(open, 'import', ['simulated.json', '--folder', open]), 3)
      assert.equal((await fetch(new URL('/en/', url))).status, 200)
      stop()
      assert.equal(await exit, 0)
    } finally {
      await rm(open, { recursive: true, force: true })
    }
  })

  it('refuses in public a record, and what others saw, of a simulated world', async () => {
    const open = await mkdtemp(join(tmpdir(), 'kuager-serve-public-'))
    try {
      await fillFolder(open, false)
      await sayWhoRuns(open)
      const { world, said } = watchedWorld()
      const serve = (): Promise<number> => runCommand(['serve', '--folder', open, '--port', '0', '--public'], world)
      await mkdir(join(open, 'others'))
      await writeFile(join(open, 'others', 'others.json'), JSON.stringify({ simulated: true, files: [] }))
      assert.equal(await serve(), 2)
      assert.match(said(), /Cannot show "others" in public: it is simulated/)
      await rm(join(open, 'others'), { recursive: true })
      await cp(join(PACKAGE_ROOT, 'data', 'record'), join(open, 'record'), { recursive: true })
      await writeFile(join(open, 'record', 'statements.json'), JSON.stringify({ simulated: true, statements: [] }))
      assert.equal(await serve(), 2)
      assert.match(said(), /Cannot show ".*record" in public: it is simulated/)
    } finally {
      await rm(open, { recursive: true, force: true })
    }
  })

  it('starts with a damaged record, says so at /health, and shows the version that was in force', async () => {
    const open = await mkdtemp(join(tmpdir(), 'kuager-serve-record-'))
    try {
      await fillFolder(open, false)
      await sayWhoRuns(open)
      await cp(join(PACKAGE_ROOT, 'data', 'record'), join(open, 'record'), { recursive: true })
      const serve = async (look: (url: string) => Promise<void>): Promise<void> => {
        const { world, stop, opened, said } = watchedWorld()
        const exit = runCommand(['serve', '--folder', open, '--port', '0', '--public'], world)
        await look(await Promise.race([opened, exit.then(() => assert.fail(said()))]))
        stop()
        assert.equal(await exit, 0)
      }
      const read = async (url: string, path: string): Promise<string> => (await fetch(new URL(path, url))).text()
      await serve(async (url) => assert.match(await read(url, '/en/chronicle'), /id="r-kz-2022-01"/))
      const file = join(open, 'record', 'chronicle.json')
      await writeFile(file, (await readFile(file, 'utf8')).replace('"kz-2022-01"', '"kz-2022-01'))
      await serve(async (url) => {
        assert.match(await read(url, '/health'), /record_damaged/)
        assert.match(await read(url, '/en/chronicle'), /id="r-kz-2022-01"/)
      })
    } finally {
      await rm(open, { recursive: true, force: true })
    }
  })

  it('goes on in public after a command that brings real measurements', async () => {
    const open = await mkdtemp(join(tmpdir(), 'kuager-serve-public-'))
    try {
      await fillFolder(open, false)
      await sayWhoRuns(open)
      const { world, stop, opened, said } = watchedWorld()
      const exit = runCommand(['serve', '--folder', open, '--port', '0', '--public'], world)
      const url = await Promise.race([opened, exit.then(() => assert.fail(said()))])
      await writeFile(join(open, 'real.json'), JSON.stringify(vanillaTor({})))
      assert.equal(await callServer(open, 'import', ['real.json', '--folder', open]), 0)
      assert.equal((await fetch(new URL('/en/', url))).status, 200)
      stop()
      assert.equal(await exit, 0)
    } finally {
      await rm(open, { recursive: true, force: true })
    }
  })

  it('refuses in public to start without a word on who runs it, and shows what to write', async () => {
    const open = await mkdtemp(join(tmpdir(), 'kuager-serve-public-'))
    try {
      await fillFolder(open, false)
      const { world, said } = watchedWorld()
      assert.equal(await runCommand(['serve', '--folder', open, '--port', '0', '--public'], world), 2)
      assert.match(said(), /Cannot serve in public: there is no .*about\.json/)
      assert.match(said(), /"funders"/)
      await writeFile(join(open, 'about.json'), '{"name": "an operator"}')
      assert.equal(await runCommand(['serve', '--folder', open, '--port', '0', '--public'], world), 2)
      assert.match(said(), /Cannot read who runs this server from .*about\.json: "name"/)
    } finally {
      await rm(open, { recursive: true, force: true })
    }
  })

  it('names the port when another program has it', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const bound = other.address()
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0
    const { world, said } = watchedWorld()
    assert.equal(await runCommand(['serve', '--folder', folder, '--port', String(port)], world), 1)
    assert.match(said(), new RegExp(`Cannot listen on 127\\.0\\.0\\.1, port ${port}: another program uses this port`))
    await new Promise((resolve) => other.close(resolve))
  })

  it('refuses a port that is none', async () => {
    const { world, said } = watchedWorld()
    assert.equal(await runCommand(['serve', '--port', '99999'], world), 2)
    assert.match(said(), /--port: found "99999"/)
  })
})
