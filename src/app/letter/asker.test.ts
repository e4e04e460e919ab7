import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { openAsker, type Asker } from './asker.ts'

describe('who asks a letter service', () => {
  let server: Server
  let url: URL
  let asker: Asker
  let answer: RequestListener = () => undefined
  const { signal } = new AbortController()
  before(async () => {
    server = createServer((request, response) => answer(request, response))
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/kk/l/x`) // it listens on TCP
    asker = await openAsker(undefined)
  })
  after(() => {
    asker[Symbol.dispose]()
    server.closeAllConnections()
    server.close()
  })
  const get = (most = 1000): Promise<Uint8Array | undefined> => asker.get(url, { as: 'page', most, lang: 'kk' }, signal)

  it('says of itself what a browser says, in its order, and nothing else', async () => {
    let raw: readonly string[] = []
    answer = (request, response) => {
      raw = request.rawHeaders
      response.end('x')
    }
    await get()
    const names = raw.filter((_, at) => at % 2 === 0)
    assert.deepEqual(names, [
      ...['Host', 'User-Agent', 'Accept', 'Accept-Language', 'Accept-Encoding', 'Connection'],
      ...['Upgrade-Insecure-Requests', 'Sec-Fetch-Dest', 'Sec-Fetch-Mode', 'Sec-Fetch-Site', 'Sec-Fetch-User'],
    ])
    assert.equal(raw[raw.indexOf('Accept-Language') + 1], 'kk,ru;q=0.8,en-US;q=0.5,en;q=0.3')
    assert.doesNotMatch(raw.join(' '), /node|undici|kuager/i)
    await asker.get(url, { as: 'data', most: 10 }, signal)
    assert.equal(raw[raw.indexOf('Sec-Fetch-Mode') + 1], 'cors')
    assert.ok(!raw.includes('Upgrade-Insecure-Requests'))
  })

  it('reads what is compressed as it is meant, and no more of it than was asked for', async () => {
    const text = 'Ашық хат '.repeat(50)
    for (const [encoding, compress] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
      ['zstd', zstdCompressSync],
    ] as const) {
      answer = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(compress(text))
      assert.equal(Buffer.from((await get()) ?? []).toString(), text, encoding)
      answer = (_, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.alloc(5_000_000)))
      await assert.rejects(get(), { code: 'letter.answer', message: /the answer is longer/ })
      answer = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end('no such thing')
      await assert.rejects(get(), { code: 'letter.answer' })
    }
  })

  it('follows no redirect, and says what came instead of a page', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/other' }).end()
    await assert.rejects(get(), { message: /the answer is 302/ })
    answer = (_, response) => response.writeHead(404).end('nothing')
    assert.equal(await get(), undefined)
    answer = (request) => request.socket.destroy()
    await assert.rejects(get(), { code: 'letter.answer' })
    await assert.rejects(asker.get(url, { as: 'page', most: 1 }, AbortSignal.abort(new Error('ended'))), /ended/)
  })

  it('posts a form as the page of the service does', async () => {
    let came = ''
    answer = (request, response) => {
      const { origin, 'sec-fetch-site': site, 'content-type': type } = request.headers
      request.on('data', (part) => (came += String(part)))
      request.on('end', () => response.writeHead(200, { 'content-type': 'text/x' }).end(`${origin} ${site} ${type}`))
    }
    const { status, mediaType, bytes } = await asker.post(
      url,
      new URLSearchParams({ code: 'KR-1 ә' }),
      { most: 999 },
      signal,
    )
    assert.deepEqual([status, mediaType, came], [200, 'text/x', 'code=KR-1+%D3%99'])
    assert.equal(Buffer.from(bytes).toString(), `${url.origin} same-origin application/x-www-form-urlencoded`)
  })
})
