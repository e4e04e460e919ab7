import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { hasProgram, LabAuthority, type RunningProgram } from '../../../test/kit/net/lab-authority.ts'
import { openNginxQuic } from '../../../test/kit/net/quic-servers.ts'
import { Http3Reader } from './http3-reader.ts'
import { exchangeHttp3 } from './http3.ts'
import { decodeFields, encodeFields } from './qpack.ts'
import { loadQuicBinding } from '../quic/binding.ts'
import { varint } from '../quic/header.ts'
import type { NetTools } from '../tools.ts'

const missing = ['nginx', 'openssl', 'curl'].filter((name) => !hasProgram(name))
const skip =
  missing.length > 0
    ? `needs ${missing.join(', ')}`
    : loadQuicBinding() === undefined
      ? 'needs the QUIC library'
      : false

describe('exchangeHttp3() with nginx', { skip }, () => {
  let authority: LabAuthority
  let nginx: { port: number; program: RunningProgram }
  let tools: NetTools

  before(async () => {
    authority = new LabAuthority()
    const issued = authority.issue('site', { names: ['site.test'] })
    const extra = `add_header x-told "~{|} !#:;<>@\u{5c}\u{5c} 0123456789";
      location /go { return 302 https://elsewhere.test/; }
      location /gone { return 451; }`
    nginx = await openNginxQuic(authority, [{ name: 'site.test', issued, extra }])
    tools = {
      clock: systemClock,
      signal: new AbortController().signal,
      limit: millis(5000),
      extraRoots: [authority.root],
    }
  })
  after(async () => {
    await nginx?.program[Symbol.asyncDispose]()
    authority?.[Symbol.dispose]()
  })

  const get = async (path: string, bodyCap = 64 * 1024, method: 'GET' | 'HEAD' = 'GET') => {
    const options = { address: '127.0.0.1', port: nginx.port, bodyCap, method }
    const outcome = await exchangeHttp3(`https://site.test:${nginx.port}${path}`, options, tools)
    assert.ok(outcome)
    return outcome
  }

  it('gives status, headers and body as curl sees them', async () => {
    const outcome = await get('/index.html')
    assert.equal(outcome.failure, undefined)
    assert.equal(outcome.status, 200)
    const url = `https://site.test:${nginx.port}/index.html`
    const seen = execFileSync(
      'curl',
      [
        '-sk',
        '-i',
        '--http3-only',
        '--resolve',
        `site.test:${nginx.port}:127.0.0.1`,
        '-H',
        'accept-encoding: identity',
        url,
      ],
      { encoding: 'latin1' },
    )
    const [head = '', ...rest] = seen.split('\r\n\r\n')
    const told = head
      .split('\r\n')
      .slice(1)
      .map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 2)])
    const lasting = (fields: readonly (readonly (string | undefined)[])[]) => fields.filter(([name]) => name !== 'date')
    assert.deepEqual(lasting(outcome.headers), lasting(told))
    assert.equal(Buffer.from(outcome.body).toString('latin1'), rest.join('\r\n\r\n'))
    assert.equal(outcome.bodyTruncated, false)
    assert.ok(outcome.arrivals.at(-1)![1] > 3000) // asserted: the body alone has so many
    assert.ok(outcome.handshake?.answered)
  })

  it('reads a status from the static table and a status from a literal', async () => {
    assert.equal((await get('/go')).status, 302)
    assert.equal((await get('/gone')).status, 451)
    assert.equal((await get('/not-there')).status, 404)
  })

  it('ends, completed, where the body is longer than the cap', async () => {
    const outcome = await get('/index.html', 100)
    assert.deepEqual([outcome.failure, outcome.bodyTruncated, outcome.body.length], [undefined, true, 100])
  })

  it('reads two megabytes whole, and tells how they arrived in at most 64 points', async () => {
    const whole = Buffer.from(Array.from({ length: 2_000_000 }, (_, nth) => (nth * 7) % 251))
    writeFileSync(join(authority.folder, `nginx-${nginx.port}`, 'www', 'large.bin'), whole)
    const outcome = await get('/large.bin', 4_000_000)
    assert.equal(outcome.failure, undefined)
    assert.ok(whole.equals(outcome.body))
    assert.ok(outcome.arrivals.length >= 1 && outcome.arrivals.length <= 65)
    assert.ok(outcome.bytesReceived > whole.length)
  })

  it('reads no body where none is asked for', async () => {
    const outcome = await get('/index.html', 100, 'HEAD')
    assert.deepEqual([outcome.failure, outcome.status, outcome.body.length], [undefined, 200, 0])
  })

  it('asks nothing of a server whose certificate fails', async () => {
    const options = { address: '127.0.0.1', port: nginx.port, bodyCap: 100, serverName: 'another.test' }
    const outcome = await exchangeHttp3('https://another.test/', options, tools)
    assert.equal(outcome?.failure?.code, 'ssl_invalid_hostname')
    assert.equal(outcome?.bytesSent, 0)
    assert.equal(outcome?.handshake?.chain.length, 1)
  })
})

describe('the reader of HTTP/3', () => {
  const frame = (type: number, body: Buffer) => Buffer.concat([varint(type), varint(body.length), body])
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/)
  const value = fc.string({
    maxLength: 300,
    unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  })

  it('reads back every field section that it writes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (fields) => {
        assert.deepEqual(decodeFields(encodeFields(fields)), fields)
      }),
    )
  })

  it('refuses a section that needs the dynamic table, and one of more than 256 fields', () => {
    assert.equal(decodeFields(Buffer.of(1, 0, 0x80)), undefined)
    assert.equal(decodeFields(Buffer.of(0, 0, 0x80)), undefined)
    assert.equal(decodeFields(Buffer.concat([Buffer.of(0, 0), Buffer.alloc(257, 0xd9)])), undefined)
  })

  it('reads the same answer however it is cut', () => {
    const answer = Buffer.concat([
      frame(1, encodeFields([[':status', '103']])),
      frame(0x21, Buffer.from('grease')),
      frame(
        1,
        encodeFields([
          [':status', '200'],
          ['x-a', 'b'],
        ]),
      ),
      frame(0, Buffer.from('hello ')),
      frame(0, Buffer.from('world')),
      frame(1, encodeFields([['x-trailer', '1']])),
    ])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (cuts) => {
        const reader = new Http3Reader(100)
        for (let at = 0, nth = 0; at < answer.length; nth++) {
          const step = cuts[nth % cuts.length]! // a remainder is below the length
          reader.push(answer.subarray(at, at + step))
          at += step
        }
        assert.deepEqual([reader.status, reader.headers, reader.complete], [200, [['x-a', 'b']], true])
        assert.equal(Buffer.from(reader.body()).toString(), 'hello world')
      }),
    )
  })

  it('survives any bytes and keeps no more than its cap', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (pieces) => {
        const reader = new Http3Reader(50)
        for (const piece of pieces) reader.push(Buffer.from(piece))
        assert.ok(reader.body().length <= 50)
      }),
    )
  })
})
