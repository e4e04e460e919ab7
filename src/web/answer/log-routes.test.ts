import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Hono } from 'hono'
import { inventedLeaf, LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { checkpointSigners, parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { hashLeaf, verifyInclusion } from '../../core/evidence/log/merkle.ts'
import { parseVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { tilesBetween } from '../../../test/kit/proof/tiles-between.ts'
import { tilePath } from '../../core/evidence/log/tile.ts'
import { parseTlogProof } from '../../core/evidence/log/tlog-proof.ts'
import { instant } from '../../core/model/units.ts'
import type { TransparencyLog } from '../../pipeline/log/contract.ts'
import { openTransparencyLog } from '../../pipeline/log/open-log.ts'
import { sha256, verifyEd25519 } from '../../runtime/ed25519.ts'
import { addLogRoutes } from './log-routes.ts'

const AT = instant(1_772_700_000_000)

describe('the log of a site', () => {
  let root = ''
  let log: TransparencyLog | undefined
  const archive = new LeafArchive()
  const site = new Hono()
  addLogRoutes(site, async () => log)
  const get = async (path: string): Promise<Response> => site.request(path)
  const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer())
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-served-'))))
  after(async () => {
    await log?.[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  it('is not there before it is begun, and says when to ask again', async () => {
    for (const path of ['/log/checkpoint', '/log/keys', '/log/proof/0', '/log/leaf/0', '/log/tile/0/000.p/1']) {
      const answer = await get(path)
      assert.equal(answer.status, 404, path)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.equal(answer.headers.get('retry-after'), path.includes('tile') ? null : '5')
    }
    log = await openTransparencyLog(join(root, 'log'), { archive, begin: { simulated: false, at: AT } })
    assert.equal((await get('/log/checkpoint')).status, 404)
    archive.growTo(200)
    await log.sequence()
    archive.growTo(300)
    await log.sequence()
  })

  it('gives the newest checkpoint, for seconds, and the keys that signed it', async () => {
    const answer = await get('/log/checkpoint')
    assert.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=5')
    assert.equal(answer.headers.get('access-control-allow-origin'), '*')
    const checkpoint = parseCheckpoint(await bytesOf(answer))
    assert.equal(checkpoint.size, 300)
    const lines = (await (await get('/log/keys')).text()).trim().split('\n')
    const keys = lines.map((line) => parseVerifierKey(line, sha256))
    assert.equal(checkpointSigners(checkpoint, keys, verifyEd25519).length, 1)
  })

  it('gives every tile that the checkpoint needs, permanently', async () => {
    for (const tile of tilesBetween(0, 300)) {
      const answer = await get(`/log/${tilePath(tile)}`)
      assert.equal(answer.status, 200, tilePath(tile))
      assert.equal(answer.headers.get('content-type'), 'application/octet-stream')
      assert.match(answer.headers.get('cache-control') ?? '', /immutable/)
      if (tile.level !== 'entries') assert.equal((await bytesOf(answer)).length, tile.width * 32)
    }
  })

  it('has nothing under any other path', async () => {
    for (const path of [
      'tile/0/001',
      'tile/0/001.p/45',
      'tile/0/000.p/200', // full by now
      'tile/entries/002.p/1',
      'tile/1/000.p/2',
      'tile/1/000',
      'tile/0/0',
      'tile/00/000',
      'tile/0/000.p/0',
      'tile/0/000.p/256',
      'tile/0/x000/000',
      'tile/0/000/',
      'tile/0/..%2f..%2f..%2fstate.json',
      'tile/../../state.json',
      'tile/data/000',
      'tile/64/000.p/1',
      'keys/',
      '../log.json',
      'state.json',
      'leaf/-1',
      'leaf/01',
      'leaf/1.0',
      'leaf/1e2',
      'leaf/300',
      'proof/300',
      'proof/99999999999999999999',
      'proof/x',
    ])
      assert.equal((await get(`/log/${path}`)).status, 404, path)
  })

  it('proves a leaf by a file that leads to the checkpoint, and gives its record', async () => {
    for (const index of [0, 199, 255, 256, 299]) {
      const answer = await get(`/log/proof/${index}`)
      assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${index}.tlog-proof"`)
      const { checkpoint, path } = parseTlogProof(await bytesOf(answer))
      const record = await get(`/log/leaf/${index}`)
      assert.equal(record.headers.get('content-type'), 'application/json')
      const leaf = await bytesOf(record)
      assert.deepEqual(leaf, Buffer.from(inventedLeaf(index)))
      const claim = { index: BigInt(index), size: 300n, leaf: hashLeaf(leaf, sha256), path, root: checkpoint.root }
      assert.ok(verifyInclusion(claim, sha256))
    }
    const early = await get('/log/proof/300')
    assert.equal(early.headers.get('retry-after'), '5')
  })
})
