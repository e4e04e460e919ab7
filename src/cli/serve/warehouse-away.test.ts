import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { until } from '../../../test/kit/crash/eventually.ts'
import { webMeasurement } from '../../../test/kit/measured/measurement.ts'
import { wrapped } from '../../../test/kit/measured/signed-submission.ts'
import { KuagerProcesses, type KuagerProcess } from '../../../test/kit/servers/kuager-process.ts'
import { post } from '../../../test/kit/servers/submit.ts'
import { startClickHouse, type ClickHouseServer } from '../../../test/kit/stores/clickhouse-server.ts'
import { say } from '../../core/text/format.ts'
import { parseWarehouseAddress } from '../../store/warehouse/server/address.ts'

describe('kuager serve with its warehouse on a server', () => {
  let root: string
  let server: ClickHouseServer
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-away-'))
    server = await startClickHouse()
  })
  after(async () => {
    await server[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  it('takes measurements in while that is away, at its start too, and judges them when it is back', async () => {
    const address = server.address('observatory')
    const folder = join(root, 'data')
    using processes = new KuagerProcesses(root, { KUAGER_WAREHOUSE: address })
    const serve = ['serve', '--folder', folder, '--rate', '9999']
    let served: KuagerProcess = await processes.serve(serve)
    const ids: string[] = []
    const submit = async (): Promise<void> => {
      const startedAt = new Date(Date.now() - 60_000).toISOString().slice(0, 19).replace('T', ' ')
      const body = wrapped(JSON.stringify(webMeasurement({ startedAt, root: { x_serial: ids.length } })))
      const answer = await post({ url: `${served.origin}/` }, 'api/v1/submit_measurement', body)
      assert.equal(answer.status, 200, answer.text)
      ids.push(answer.json.x_id ?? '')
    }
    const status = async (path: string): Promise<number> => (await fetch(`${served.origin}${path}`)).status
    const reasons = async (): Promise<unknown> =>
      ((await (await fetch(`${served.origin}/readyz`)).json()) as { reasons: unknown }).reasons
    const isShown = async (): Promise<boolean> => (await status(`/en/m/${ids.at(-1)}`)) === 200

    await submit()
    await until(isShown)
    assert.deepEqual(await reasons(), [])

    await server.kill()
    await submit()
    // The log goes on, also one that is not begun yet: whether entries are real or simulated is read from the archive.
    await until(async () => JSON.stringify(await reasons()) === '["warehouse_away"]')
    const treeSize = async (): Promise<string | undefined> =>
      (await readFile(join(folder, 'log', 'public', 'checkpoint'), 'utf8').catch(() => '')).split('\n')[1]
    await until(async () => (await treeSize()) === '2')
    const page = await fetch(`${served.origin}/en/m/${ids.at(-1)}`)
    assert.equal(page.status, 503)
    assert.equal(page.headers.get('retry-after'), '60')
    assert.ok((await page.text()).includes(say('en', 'problem.away-about')))
    assert.equal(await status(`/api/v1/measurement/${ids.at(-1)}`), 503)
    assert.equal(await status('/readyz'), 200)
    assert.equal(await status('/en/health'), 200)
    await submit()

    // A start while it is away: the archive is taken on, and so is its log.
    await served.end('SIGTERM')
    served = await processes.serve(serve)
    assert.equal(await status(`/en/m/${ids[0]}`), 503)
    await submit()

    await server.begin()
    await until(isShown)
    for (const id of ids) assert.equal(await status(`/en/m/${id}`), 200)
    await until(async () => JSON.stringify(await reasons()) === '[]')

    // Commands of other processes: with another address refused, without one they use that of the server.
    await assert.rejects(
      processes.run(['detect', '--folder', folder, '--warehouse', server.address('other')]),
      /Cannot use another warehouse/,
    )
    await served.end('SIGTERM')

    // The folder remembers its server, and no secret.
    using without = new KuagerProcesses(root)
    await assert.rejects(
      without.run(['rebuild', '--folder', folder]),
      /its warehouse|it is on http:.*observatory.*KUAGER_WAREHOUSE/,
    )
    const { password } = parseWarehouseAddress(address)
    for (const secret of [password, encodeURIComponent(password)]) {
      assert.ok(!(await readFile(join(folder, 'places.json'), 'utf8')).includes(secret))
      assert.ok(!processes.said.includes(secret) && !without.said.includes(secret))
    }
    const rebuilt = await without.run(['rebuild', '--folder', folder, '--warehouse', address])
    assert.match(rebuilt, /4/)
    // And in the folder again, at the word of the operator.
    assert.match(await without.run(['rebuild', '--folder', folder, '--warehouse', 'embedded']), /4/)
    await without.run(['log', 'status', '--folder', folder])
  })
})
