import assert from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { until } from '../../../test/kit/crash/eventually.ts'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { wrapped } from '../../../test/kit/measured/signed-submission.ts'
import { serveFolderAt, type ServedFolder } from '../../../test/kit/servers/served-folder.ts'
import { startS3Server } from '../../../test/kit/servers/s3-server.ts'
import { post } from '../../../test/kit/servers/submit.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { lifeItem } from '../../../test/kit/stores/archive-life.ts'
import { allObjects } from '../../../test/kit/stores/objects-contract.ts'
import { checkShipped, objectsWith } from '../../../test/kit/stores/shipped-archive.ts'
import { runCommand } from '../../cli/main.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { openArchive } from '../../store/archive/open.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'

const RECENT = new Date(Date.now() - 120_000).toISOString().slice(0, 17).replace('T', ' ') + '00'

describe('a server that ships its folder to object storage', () => {
  let root = ''
  let serial = 0
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-shipping-'))))
  after(() => rm(root, { recursive: true }))
  const submit = async (served: ServedFolder): Promise<string> => {
    const measured = webMeasurement({ startedAt: RECENT, root: { x_serial: serial++ } })
    const { status, json } = await post(served, 'api/v1/submit_measurement', wrapped(JSON.stringify(measured)))
    assert.equal(status, 200)
    return json.x_id ?? ''
  }
  const signed = async (path: string): Promise<number> =>
    Number((await readFile(join(root, path), 'utf8').catch(() => '')).split('\n')[1] ?? 0)

  it('signs only what is there, ships log and erasures, and goes on where it was', async () => {
    const place = join(root, 'store')
    // A file where the folder of the store should be: nothing can be stored.
    await writeFile(place, '')
    const ids: string[] = []
    {
      await using served = await serveFolderAt('data', root, ['--archive-store', place])
      for (let nth = 0; nth < 3; nth++) ids.push(await submit(served))
      await until(async () =>
        (await (await fetch(`${served.url}readyz`)).json().then(JSON.stringify)).includes('log_stalled'),
      )
      assert.equal(await signed('data/log/public/checkpoint'), 0)
    }
    await rm(place)
    const store = openObjects(place, {})
    {
      await using served = await serveFolderAt('data', root, ['--archive-store', place])
      await until(async () => (await signed('store/log/public/checkpoint')) === 3)
      ids.push(await submit(served))
      await until(async () => (await signed('store/log/public/checkpoint')) >= 4)
      await served.kuager('archive', 'erase', ids[1] ?? '', '--reason', 'a right')
      await until(async () => (await objectsWith(store, Buffer.from(ids[1] ?? '', 'hex'))).length === 0)
    }
    await checkShipped(store, join(root, 'data/archive'))
    const verify = async (): Promise<{ readonly code: number; readonly said: string }> => {
      let said = ''
      const hear = testWorld(root, (text) => (said += text))
      return { code: await runCommand(['archive', 'verify', '--folder', 'data', '--remote', place], hear), said }
    }
    const good = await verify()
    assert.equal(good.code, 0, good.said)
    assert.match(good.said, /covers (\d+) log entries, and has their root\nok \d+, erased 1, problems 0\n$/)
    const [piece] = (await allObjects(store.list('archive/tail/'))).filter(({ key }) => key.endsWith('.segment'))
    await store.patch(piece?.key ?? '', [{ at: (piece?.size ?? 0) - 3, bytes: Buffer.from([0]) }])
    const bad = await verify()
    assert.equal(bad.code, 3)
    assert.match(
      bad.said,
      /^corrupt leaf \d+ in archive\/segments\/00000001.segment: the bytes do not have their checksum\n/,
    )
    await store.remove(piece?.key.replace('.segment', '.leaves') ?? '')
    assert.match((await verify()).said, /and has another root/)
    for (const path of ['log/public/checkpoint', 'log/log.json'])
      assert.deepEqual(await readFile(join(place, path)), await readFile(join(root, 'data', path)), path)
    const names = (await allObjects(store.list(''))).map(({ key }) => key)
    assert.deepEqual(
      names.filter((key) => /key|seed|token|registry|holder|lock/.test(key)),
      [],
    )
  })

  it('removes segments from its disk that the store has, and reads from there', async () => {
    const place = join(root, 'other-store')
    const segments = join(root, 'dropping/archive/segments')
    await mkdir(join(root, 'dropping'))
    {
      await using archive = await openArchive(join(root, 'dropping/archive'), { leaves: LEAF_CODEC, segmentBytes: 100 })
      for (let nth = 0; nth < 3; nth++) await archive.append([lifeItem(nth)])
    }
    await using served = await serveFolderAt('dropping', root, ['--archive-store', place, '--keep-local-days', '0'])
    await until(async () => (await readdir(segments)).filter((name) => name.endsWith('.away')).length === 2)
    assert.deepEqual(
      (await readdir(segments)).filter((name) => name.endsWith('.segment')),
      ['00000003.segment'],
    )
    assert.match(await served.kuager('archive', 'verify'), /^ok 3, erased 0, corrupt 0\n/)
    await served.kuager('archive', 'erase', lifeItem(0).provenance.id, '--reason', 'a right')
    const store = openObjects(place, {})
    // A segment that an operator copied back is removed again.
    await copyFile(join(place, 'archive/segments/00000002.segment'), join(segments, '00000002.segment'))
    await until(async () => !(await readdir(segments)).includes('00000002.segment'))
    await until(async () => (await objectsWith(store, Buffer.from(lifeItem(0).provenance.id, 'hex'))).length === 0)
  })

  it('leaves nothing for readers where it ships nothing for them any more', async () => {
    const place = join(root, 'left-store')
    const store = openObjects(place, {})
    await store.put('readers/now.json', Buffer.from('{}'))
    for (const nth of [1, 2]) await store.put(`readers/pieces/${nth}`, Buffer.from('a row'))
    await using _served = await serveFolderAt('left', root, ['--archive-store', place])
    await until(async () => (await allObjects(store.list('readers/'))).length === 0)
  })

  it('refuses a bucket that keeps versions', async () => {
    await using server = await startS3Server()
    server.versioning = '<Status>Enabled</Status>'
    const stop = new AbortController()
    let said = ''
    const world = {
      ...testWorld(root, (text) => {
        said += text
        if (text.includes('http://127.0.0.1')) stop.abort(new Error('done'))
      }),
      signal: stop.signal,
    }
    const env = { ...world.env, ...server.env, KUAGER_ARCHIVE_STORE: 's3://bucket/kuager' }
    await runCommand(['serve', '--folder', 'versions', '--port', '0'], { ...world, env })
    assert.equal(server.objects.size, 0, said)
    assert.ok(server.requests.some((line) => line.includes('versioning')))
  })
})
