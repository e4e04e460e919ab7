import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { openLog } from '../../runtime/log.ts'
import { listen } from '../listen.ts'

describe('the name of a request', () => {
  it('is in the answer that failed and in the lines of the log, one for each request, and in no other', async () => {
    const lines: { request?: string; msg: string }[] = []
    const destination = {
      write: (text: string) => void lines.push(JSON.parse(text) as { request?: string; msg: string }),
    }
    const log = openLog({ level: 'info', destination })
    const site = new Hono()
    site.get('/good', (c) => c.text('good'))
    site.get('/broken', async () => {
      await Promise.resolve()
      log.warn({}, 'before')
      throw new Error('broken')
    })
    site.onError((error, c) => {
      log.error({ at: c.req.path, why: error.message }, 'after')
      return c.text('broken', 500)
    })
    await using server = await listen(site, { host: '127.0.0.1', port: 0 })
    const ask = async (path: string): Promise<string | null> => {
      const answer = await fetch(`${server.url}${path}`, { headers: { 'x-request-id': 'chosen by the client' } })
      await answer.text()
      return answer.headers.get('x-request-id')
    }
    const [good, first, second] = [await ask('good'), await ask('broken'), await ask('broken')]
    log.info({}, 'outside')
    assert.equal(good, null)
    assert.match(first ?? '', /^[0-9a-f]{12}$/)
    assert.notEqual(first, second)
    assert.deepEqual(
      lines.map(({ request, msg }) => [request, msg]),
      [
        [first, 'before'],
        [first, 'after'],
        [second, 'before'],
        [second, 'after'],
        [undefined, 'outside'],
      ],
    )
  })
})
