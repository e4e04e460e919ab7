import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleOptions } from '../../test/kit/site/site-sample.ts'
import { createSite } from './app.ts'

const SOCKET = { incoming: { socket: { remoteAddress: '192.0.2.1' } } }
const PATH = '/ru/matrix?since=2026-03-01&until=2026-03-05'

describe('a page that is asked for past the memory', () => {
  it('waits in a row with all others like it, and beyond that is refused with the time to come back', async () => {
    const { promise: read, resolve: go } = Promise.withResolvers<void>()
    const bare = await sampleOptions()
    let [running, most] = [0, 0]
    const site = createSite({
      ...bare,
      warehouse: {
        ...bare.warehouse,
        matrix: async (period) => {
          most = Math.max(most, ++running)
          await read
          running--
          return bare.warehouse.matrix(period)
        },
      },
    })
    const ask = async (path: string, env: object): Promise<Response> => site.request(path, {}, env)
    const answers = Array.from({ length: 70 }, () => ask(PATH, SOCKET))
    const refused = await Promise.all(answers.slice(68))
    for (const one of refused) {
      assert.deepEqual([one.status, one.headers.get('retry-after')], [503, '5'])
      assert.ok(one.headers.has('content-security-policy'))
      assert.match(await one.text(), /lang="ru"/)
    }
    const forMemory = ask(PATH, {})
    go()
    for (const one of await Promise.all([...answers.slice(0, 68), forMemory])) assert.equal(one.status, 200)
    assert.equal(most, 5, 'four of the row, and the one for the memory')
    assert.equal((await ask(PATH, SOCKET)).status, 200)
  })

  it('gives its place back where it cannot be made', async () => {
    const bare = await sampleOptions()
    const matrix = (): Promise<never> => Promise.reject(new Error('broken'))
    const log = { ...bare.log, error: () => undefined }
    const site = createSite({ ...bare, log, warehouse: { ...bare.warehouse, matrix } })
    for (let n = 0; n < 10; n++) assert.equal((await site.request(PATH, {}, SOCKET)).status, 500)
    assert.equal((await site.request('/ru/about', {}, SOCKET)).status, 200)
  })
})
