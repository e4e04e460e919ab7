import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32, inflateSync } from 'node:zlib'
import { openControl } from '../../test/kit/net/control-world.ts'
import { REACH_LIMITS, REACH_TEXT } from './reach.ts'

describe('what a control answers pages', () => {
  it('may be read by pages of every site, with its times, and is not cached', async () => {
    await using control = await openControl({ allow: [] })
    for (const [path, type] of [
      ['reach', 'text/plain; charset=utf-8'],
      ['reach?x=0.123', 'text/plain; charset=utf-8'],
      ['reach.png?x=1', 'image/png'],
    ] as const) {
      const answer = await fetch(`${control.url}${path}`, { headers: { origin: 'https://kuager.example' } })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-type'), type)
      assert.equal(answer.headers.get('access-control-allow-origin'), '*')
      assert.equal(answer.headers.get('timing-allow-origin'), '*')
      assert.equal(answer.headers.get('cross-origin-resource-policy'), 'cross-origin')
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.equal(answer.headers.get('set-cookie'), null)
      if (type.startsWith('text')) assert.equal(await answer.text(), REACH_TEXT)
      else assertPixel(Buffer.from(await answer.arrayBuffer()))
    }
    assert.equal((await fetch(`${control.url}reach`, { method: 'HEAD' })).status, 200)
    assert.equal((await fetch(`${control.url}reach/other`)).headers.get('access-control-allow-origin'), null)
    assert.equal((await fetch(`${control.url}reach`, { method: 'POST', body: 'x' })).status, 400)
    assert.deepEqual(control.log, [])
  })

  it('makes pages wait that ask too much, and neither another network nor the probes of theirs', async () => {
    await using control = await openControl({ allow: [], proxied: true })
    const ask = (path: string, from: string): Promise<Response> =>
      fetch(`${control.url}${path}`, { headers: { 'x-forwarded-for': from } })
    for (let nth = 0; nth < REACH_LIMITS.burst; nth++) await (await ask('reach', '192.0.2.1')).text()
    let refused: Response | undefined
    // At 50 a second some have come back meanwhile.
    for (let nth = 0; nth < REACH_LIMITS.burst && refused === undefined; nth++) {
      const answer = await ask('reach', '192.0.2.9')
      await answer.text()
      if (answer.status === 429) refused = answer
    }
    assert.equal(refused?.headers.get('access-control-allow-origin'), '*')
    assert.match(refused?.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
    assert.equal((await ask('reach', '198.51.100.1')).status, 200)
    const question = { http_request: 'https://no-such.test/', tcp_connect: [] }
    const probe = await control.ask(question, { 'x-forwarded-for': '192.0.2.1' })
    assert.equal(probe.status, 200)
    assert.doesNotMatch(control.log.join(''), /192\.0\.2/)
  })
})

/** Chunks with right sums, one pixel wide and high, and bytes of exactly one pixel of four channels. */
function assertPixel(png: Buffer): void {
  assert.equal(png.toString('latin1', 1, 4), 'PNG')
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    const typed = png.subarray(at + 4, at + 8 + length)
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(typed))
    chunks.set(typed.toString('latin1', 0, 4), typed.subarray(4))
    at += 12 + length
  }
  const head = chunks.get('IHDR')
  assert.deepEqual([head?.readUInt32BE(0), head?.readUInt32BE(4), head?.[8], head?.[9]], [1, 1, 8, 6])
  assert.equal(inflateSync(chunks.get('IDAT') ?? Buffer.of()).length, 5)
  assert.ok(chunks.has('IEND'))
}
