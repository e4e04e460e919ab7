import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { makeBundle, zipOf } from '../../../test/kit/proof/bundle-maker.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import type { Hono } from 'hono'
import { folderBundles } from './bundles.ts'

const { name, files } = makeBundle()
const ZIP = zipOf(files, name)
const INCIDENT = 'youtube-as64500-20240305T0100Z'

describe('published bundles', () => {
  let folder: string
  let site: Hono
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kuager-bundles-'))
    const root = join(folder, 'bundles')
    mkdirSync(root)
    writeFileSync(join(root, `${name}.zip`), ZIP)
    writeFileSync(join(root, 'another-name.zip'), ZIP)
    writeFileSync(join(root, 'no-bundle.zip'), 'no zip')
    writeFileSync(join(root, 'notes.txt'), 'of the operator')
    writeFileSync(join(folder, 'secret.zip'), ZIP)
    symlinkSync(join(folder, 'secret.zip'), join(root, 'linked.zip'))
    mkdirSync(join(root, 'folder.zip'))
    site = await sampleSite({ bundles: folderBundles(folder, { isPublic: true }) })
  })
  after(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it('are found by what is in them, with size, time and digest', async () => {
    const bundles = folderBundles(folder, { isPublic: true })
    assert.deepEqual(await bundles.about(INCIDENT), [
      {
        name,
        bytes: ZIP.length,
        madeAt: Date.parse('2024-03-05T10:00:00Z'),
        incident: { id: INCIDENT, revision: 1 },
        simulated: false,
        exhibits: [],
        sha512: createHash('sha512').update(ZIP).digest('hex'),
      },
    ])
    assert.deepEqual(await bundles.about('another-incident'), [])
  })

  it('are none where there is no folder of them', async () => {
    assert.deepEqual(await folderBundles(join(folder, 'nowhere'), { isPublic: false }).about(INCIDENT), [])
  })

  it('are left out of a public site where they are simulated', async () => {
    const simulated = new Map(files)
    const index = new TextDecoder()
      .decode(files.get('data/bundle.json'))
      .replace('"simulated":false', '"simulated":true')
    simulated.set('data/bundle.json', new TextEncoder().encode(index))
    const other = mkdtempSync(join(tmpdir(), 'kuager-bundles-'))
    mkdirSync(join(other, 'bundles'))
    writeFileSync(join(other, 'bundles', `${name}.zip`), zipOf(simulated, name))
    assert.equal((await folderBundles(other, { isPublic: true }).about(INCIDENT)).length, 0)
    assert.equal((await folderBundles(other, { isPublic: false }).about(INCIDENT)).length, 1)
    assert.equal(await folderBundles(other, { isPublic: true }).open(name), undefined)
    rmSync(other, { recursive: true })
  })

  it('are served byte for byte under their names, and kept by others for minutes alone', async () => {
    const answer = await site.request(`/bundles/${name}.zip`)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'application/zip')
    assert.equal(answer.headers.get('content-length'), String(ZIP.length))
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${name}.zip"`)
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=600')
    assert.equal(Buffer.compare(Buffer.from(await answer.arrayBuffer()), ZIP), 0)
    const head = await site.request(`/bundles/${name}.zip`, { method: 'HEAD' })
    assert.equal(head.headers.get('content-length'), String(ZIP.length))
    assert.equal((await head.arrayBuffer()).byteLength, 0)
  })

  it('are given from the place on at which a line broke, as long as they are the same bytes', async () => {
    const ask = async (headers: Record<string, string>, method = 'GET'): Promise<Response> =>
      site.request(`/bundles/${name}.zip`, { method, headers })
    const whole = await ask({})
    assert.equal(whole.headers.get('accept-ranges'), 'bytes')
    await whole.body?.cancel()
    const etag = whole.headers.get('etag') ?? ''
    assert.match(etag, /^"[0-9a-f]{48}"$/)
    const half = Math.floor(ZIP.length / 2)
    const rest = await ask({ range: `bytes=${half}-`, 'if-range': etag })
    assert.equal(rest.status, 206)
    assert.equal(rest.headers.get('content-range'), `bytes ${half}-${ZIP.length - 1}/${ZIP.length}`)
    assert.equal(rest.headers.get('content-length'), String(ZIP.length - half))
    assert.equal(Buffer.compare(Buffer.from(await rest.arrayBuffer()), ZIP.subarray(half)), 0)
    const first = await ask({ range: 'bytes=0-0' })
    assert.equal(Buffer.compare(Buffer.from(await first.arrayBuffer()), ZIP.subarray(0, 1)), 0)
    const other = await ask({ range: `bytes=${half}-`, 'if-range': '"of other bytes"' })
    assert.equal(other.status, 200)
    assert.equal((await other.arrayBuffer()).byteLength, ZIP.length)
    const beyond = await ask({ range: `bytes=${ZIP.length}-` })
    assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, `bytes */${ZIP.length}`])
    for (const method of ['GET', 'HEAD']) assert.equal((await ask({ 'if-none-match': etag }, method)).status, 304)
    const head = await ask({ range: 'bytes=0-0' }, 'HEAD')
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(ZIP.length)])
  })

  it('are read by so many at once and no more, until one of them ends or goes away', async () => {
    const bundles = folderBundles(folder, { isPublic: true })
    const open = async () => {
      const opened = await bundles.open(name)
      assert.ok(opened !== undefined)
      return opened
    }
    const all = await Promise.all(Array.from({ length: 200 }, open))
    assert.ok(all.every((one) => one !== 'busy'))
    assert.equal(await open(), 'busy')
    assert.equal(await bundles.open('another-name'), undefined)
    const busy = await sampleSite({ bundles })
    const refused = await busy.request(`/bundles/${name}.zip`)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '30'])
    const [first, second, ...rest] = all.map(({ stream }) => stream)
    assert.ok(first !== undefined && second !== undefined)
    await first.cancel()
    assert.equal(Buffer.compare(Buffer.from(await new Response(second).arrayBuffer()), ZIP), 0)
    const again = [await open(), await open()].flatMap((one) => (one === 'busy' ? [] : [one.stream]))
    assert.equal(again.length, 2)
    assert.equal(await open(), 'busy')
    for (const stream of [...rest, ...again]) await stream.cancel()
    assert.equal((await busy.request(`/bundles/${name}.zip`)).status, 200)
  })

  it('are counted once, also where a reader leaves in the midst of a read', async () => {
    const bundles = folderBundles(folder, { isPublic: true })
    for (let at = 0; at < 5; at++) {
      const opened = await bundles.open(name)
      assert.ok(opened !== undefined && opened !== 'busy')
      const reader = opened.stream.getReader()
      const reading = reader.read()
      await reader.cancel()
      await reading
      await new Promise((resolve) => setImmediate(resolve))
    }
    const all = await Promise.all(Array.from({ length: 201 }, () => bundles.open(name)))
    assert.equal(all.filter((one) => one === 'busy').length, 1)
    for (const one of all) if (one !== undefined && one !== 'busy') await one.stream.cancel()
  })

  it('are all that is served: no link, no other name, nothing beside them, no list', async () => {
    for (const path of [
      '/bundles/',
      '/bundles',
      '/bundles/another-name.zip',
      '/bundles/no-bundle.zip',
      '/bundles/linked.zip',
      '/bundles/folder.zip',
      '/bundles/notes.txt',
      '/bundles/..%2fsecret.zip',
      '/bundles/%2e%2e/secret.zip',
      '/bundles/..%5csecret.zip',
      `/bundles/${name}.zip%00`,
      `/bundles/${name.toUpperCase()}.zip`,
    ])
      assert.equal((await site.request(path)).status, 404, path)
  })
})
