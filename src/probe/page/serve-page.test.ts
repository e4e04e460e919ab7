import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { serveLocalPage, type ServedPage } from './serve-page.ts'

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

describe('a page on loopback', () => {
  let served: ServedPage
  let now = 0
  const acts: unknown[] = []
  before(async () => {
    served = await serveLocalPage(
      {
        files: new Map([['/', { type: 'text/html', bytes: Buffer.from('page') }]]),
        read: (name) => Promise.resolve(name === 'state' ? { secret: 'state' } : undefined),
        act(name, given) {
          if (name === 'bad') throw new InputError('no', { code: 'x', path: 'x', expected: 'x' })
          acts.push([name, given])
          return Promise.resolve({ done: true })
        },
      },
      () => now,
    )
  })
  after(() => served[Symbol.asyncDispose]())

  /** A request as bytes: browsers would not let a test set Host and Origin. */
  const ask = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<Answer> => {
    const { port } = new URL(served.origin)
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }))
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }
  const own = (): Record<string, string> => ({ origin: served.origin, 'content-type': 'application/json' })
  const post = (name: string, given: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    ask('POST', `/api/${name}`, { ...own(), ...headers }, JSON.stringify(given))
  const enter = async (): Promise<string> => {
    const [, code = ''] = served.link().split('#')
    const { text } = await post('enter', { code })
    return /"key":"([\w-]{43})"/.exec(text)?.[1] ?? assert.fail(text)
  }

  it('gives its key for a code once, and only within two minutes', async () => {
    const [, code = ''] = served.link().split('#')
    assert.equal((await post('enter', { code })).status, 200)
    assert.equal((await post('enter', { code })).status, 403)
    const [, old = ''] = served.link().split('#')
    now += 120_001
    assert.equal((await post('enter', { code: old })).status, 403)
    assert.equal((await post('enter', { code: 'x'.repeat(43) })).status, 403)
    assert.equal((await post('enter', null)).status, 403)
  })

  it('tells and does nothing without the key', async () => {
    const key = await enter()
    const bearer = { authorization: `Bearer ${key}` }
    assert.equal((await ask('GET', '/api/state', bearer)).text, '{"secret":"state"}')
    for (const wrong of ['', 'Bearer ', `Bearer ${key}x`, key, `Bearer ${'A'.repeat(43)}`])
      assert.equal((await ask('GET', '/api/state', { authorization: wrong })).status, 401)
    assert.equal((await post('forget', {})).status, 401)
    assert.deepEqual(acts, [])
    assert.equal((await post('pause', { hours: 1 }, bearer)).status, 200)
    assert.deepEqual(acts, [['pause', { hours: 1 }]])
    assert.equal((await post('bad', {}, bearer)).status, 400)
  })

  it('answers no other host, origin or site, also with the key', async () => {
    const bearer = { authorization: `Bearer ${await enter()}` }
    const { port } = new URL(served.origin)
    for (const host of [`evil.example:${port}`, `localhost:${port}`, '127.0.0.1', `[::1]:${port}`])
      assert.equal((await ask('GET', '/api/state', { ...bearer, host })).status, 421, host)
    assert.equal((await ask('GET', '/', { host: `evil.example:${port}` })).status, 421)
    for (const origin of ['http://evil.example', 'null', `http://localhost:${port}`, `https://127.0.0.1:${port}`]) {
      assert.equal((await ask('GET', '/api/state', { ...bearer, origin })).status, 403, origin)
      assert.equal((await post('pause', {}, { ...bearer, origin })).status, 403, origin)
    }
    for (const site of ['cross-site', 'same-site', 'none'])
      assert.equal((await ask('GET', '/api/state', { ...bearer, 'sec-fetch-site': site })).status, 403, site)
    const { origin: _, ...without } = own()
    assert.equal((await ask('POST', '/api/pause', { ...without, ...bearer }, '{}')).status, 403, 'no origin')
    const form = { ...bearer, origin: served.origin, 'content-type': 'application/x-www-form-urlencoded' }
    assert.equal((await ask('POST', '/api/pause', form, 'a=b')).status, 415)
    assert.equal((await ask('OPTIONS', '/api/pause', bearer)).status, 405)
  })

  it('permits no framing, caching or foreign parts, and takes no large or broken body', async () => {
    const { headers } = await ask('GET', '/')
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/)
    assert.equal(headers['x-frame-options'], 'DENY')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['access-control-allow-origin'], undefined)
    const bearer = { authorization: `Bearer ${await enter()}` }
    assert.equal((await ask('POST', '/api/pause', { ...own(), ...bearer }, '{')).status, 400)
    assert.equal((await post('pause', 'x'.repeat(70_000), bearer)).status, 413)
    assert.equal((await ask('GET', '/api/state/../state', bearer)).status, 200, 'an address is made plain first')
    assert.equal((await ask('GET', '/../../etc/passwd', bearer)).status, 404)
  })
})
