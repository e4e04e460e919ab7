import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Hono } from 'hono'
import { LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { instant } from '../../core/model/units.ts'
import type { TransparencyLog } from '../../pipeline/log/contract.ts'
import { openTransparencyLog } from '../../pipeline/log/open-log.ts'
import { addLogRoutes } from '../../web/answer/log-routes.ts'
import { checkDay, type AskLogFile } from './check-day.ts'

describe('the check of a day in the log', () => {
  let root = ''
  let log: TransparencyLog
  const site = new Hono()
  addLogRoutes(site, async () => log)
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-day-'))
    const archive = new LeafArchive()
    archive.growTo(1510)
    log = await openTransparencyLog(root, { archive, begin: { simulated: false, at: instant(1_772_700_000_000) } })
    await log.sequence()
  })
  after(async () => {
    await log[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  const get: AskLogFile = async (path) => {
    const answer = await site.request(`/log/${path}`)
    return answer.status === 404 ? undefined : new Uint8Array(await answer.arrayBuffer())
  }
  /** The same with one byte of a file changed. */
  const forged =
    (file: string, at: number): AskLogFile =>
    async (path) => {
      const bytes = await get(path)
      if (bytes !== undefined && path === file) bytes[at] = (bytes[at] ?? 0) ^ 1
      return bytes
    }
  const bundles = new Set([0, 2, 5])
  const places = [0, 255, 513, 1280, 1509]

  it('finds each measurement in the tree that is signed', async () => {
    const checked = await checkDay([...places, 1510], { bundles, get })
    assert.ok(checked.kind === 'checked')
    assert.deepEqual([checked.good, checked.later, checked.bad, checked.size], [places, [1510], [], 1510])
    assert.equal(checked.keys.length, 1)
  })

  it('asks for the same files for anyone’s measurements, and for none', async () => {
    const asked = async (own: readonly number[]): Promise<readonly string[]> => {
      const paths: string[] = []
      const noted: AskLogFile = (path) => {
        paths.push(path)
        return get(path)
      }
      await checkDay(own, { bundles, get: noted })
      return paths
    }
    const usual = await asked([])
    assert.ok(usual.length >= 8)
    for (const own of [[0], places, [1509], [300], [600, 601]]) assert.deepEqual(await asked(own), usual)
  })

  it('finds an entry or a hash that was changed, and a place without an entry of the day', async () => {
    const entry = await checkDay(places, { bundles, get: forged('tile/entries/002', 300) })
    assert.ok(entry.kind === 'checked')
    assert.deepEqual(entry.bad, [513])
    const tile = await checkDay(places, { bundles, get: forged('tile/0/005.p/230', 3) })
    assert.ok(tile.kind === 'checked' && tile.bad.includes(1509))
    const elsewhere = await checkDay([300], { bundles, get })
    assert.ok(elsewhere.kind === 'checked')
    assert.deepEqual(elsewhere.bad, [300])
  })

  it('says nothing where the state is not signed, and fails where files are withheld', async () => {
    assert.equal((await checkDay(places, { bundles, get: forged('checkpoint', 50) })).kind, 'unsigned')
    const without: AskLogFile = async (path) => (path.startsWith('tile/entries') ? undefined : get(path))
    await assert.rejects(checkDay(places, { bundles, get: without }), /does not serve/)
  })
})
