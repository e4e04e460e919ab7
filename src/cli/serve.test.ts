import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { sampleRows } from '../../test/kit/site-sample.ts'
import { LEAF_CODEC } from '../evidence/leaf-record.ts'
import { parseSha256 } from '../model/units.ts'
import { openArchive } from '../store/archive/open.ts'
import type { Judged } from '../store/warehouse/contract.ts'
import { openWarehouse } from '../store/warehouse/open.ts'
import type { World } from './command.ts'
import { runCommand } from './main.ts'
import { testWorld } from '../../test/kit/world.ts'

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

/** Stands for the bytes of a measurement: log and warehouse must agree on which there are. */
const bytesOf = (n: number): Buffer => Buffer.from(`{"sample":${n}}`)

describe('kuager serve', () => {
  let folder: string
  let rows: readonly Judged[]
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-serve-'))
    rows = sampleRows(true).map((row, leafIndex) => {
      const id = parseSha256(hash('sha256', bytesOf(leafIndex)))
      return { ...row, leafIndex, provenance: { ...row.provenance, id } }
    })
    await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
    const publicSha256 = parseSha256(hash('sha256', ''))
    await archive.append(rows.map(({ provenance }, n) => ({ provenance, bytes: bytesOf(n), publicSha256 })))
    await using warehouse = await openWarehouse(folder)
    await warehouse.insert(rows)
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('serves pages from the stores of a folder until it is told to stop', async () => {
    const { world, stop, opened, said } = watchedWorld()
    const exit = runCommand(['serve', '--folder', folder, '--port', '0'], world)
    const url = await Promise.race([opened, exit.then(() => assert.fail(said()))])
    const page = await fetch(new URL('/en/?since=2026-02-27&until=2026-03-05', url))
    assert.equal(page.status, 200)
    assert.match(await page.text(), /Networks with interference: 3 of 6/)
    const id = rows[0]?.provenance.id
    const measurement = await (await fetch(new URL(`/kk/m/${id}`, url))).text()
    assert.match(measurement, /<b class="big">AS64496/)
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
