import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MAX_CERTIFICATES, MAX_CHAIN_BYTES, readFlight } from './wire-chain.ts'
import { decryptHandshake, expandLabel } from './wire-decrypt.ts'
import { looksLikeTls, readMessages, readRecords } from './wire-records.ts'

/** RFC 8448 §3: secret of the server's half of the handshake, and the keys that follow from it. */
const SECRET = Buffer.from('b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38', 'hex')

const record = (type: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body])
const message = (type: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  head[0] = type
  return Buffer.concat([head, body])
}
/** ServerHello of TLS 1.2: a version, 32 bytes, no session, a suite, no compression. */
const HELLO_12 = message(2, Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32), Buffer.from([0, 0xc0, 0x2f, 0])]))
const sized = (body: Uint8Array): Buffer => {
  const head = Buffer.alloc(3)
  head.writeUIntBE(body.length, 0, 3)
  return Buffer.concat([head, body])
}
const certificates = (chain: readonly Uint8Array[]): Buffer => message(11, sized(Buffer.concat(chain.map(sized))))
const inRecords = (bytes: Buffer, size: number): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      record(22, bytes.subarray(i * size, (i + 1) * size)),
    ),
  )

describe('the flight of a server, as it lay on the wire', () => {
  it('derives keys as RFC 8448 does', () => {
    const key = expandLabel(SECRET, 'key', { hash: 'sha256', length: 16 })
    const iv = expandLabel(SECRET, 'iv', { hash: 'sha256', length: 12 })
    assert.equal(key.toString('hex'), '3fce516009c21727d0f2e4e86ee403bc')
    assert.equal(iv.toString('hex'), '5d313eb2671276ee13000b30')
  })

  it('gives the certificates of TLS 1.2 in any records and chunks', () => {
    const chain = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: MAX_CERTIFICATES })
    fc.assert(
      fc.property(chain, fc.integer({ min: 1, max: 400 }), (sent, size) => {
        const bytes = inRecords(Buffer.concat([HELLO_12, certificates(sent)]), size)
        assert.deepEqual(readFlight(bytes), { hello: { version: 0x0303, cipherSuite: 0xc02f }, chain: sent })
      }),
    )
  })

  it('keeps at most 16 certificates and 64 KiB', () => {
    const many = Array.from({ length: 100 }, () => Buffer.alloc(10, 1))
    assert.equal(
      readFlight(inRecords(Buffer.concat([HELLO_12, certificates(many)]), 9000)).chain.length,
      MAX_CERTIFICATES,
    )
    const large = Array.from({ length: 5 }, () => Buffer.alloc(20_000, 1))
    const { chain } = readFlight(inRecords(Buffer.concat([HELLO_12, certificates(large)]), 9000))
    assert.equal(chain.length, 3)
    assert.ok(chain.reduce((sum, der) => sum + der.length, 0) <= MAX_CHAIN_BYTES)
  })

  it('gives a flight for any bytes, with any secret', () => {
    const type = fc.constantFrom(20, 21, 22, 23)
    const handshake = fc
      .tuple(fc.constantFrom(2, 11), fc.uint8Array({ maxLength: 200 }))
      .map(([of, body]) => message(of, body))
    const made = fc
      .tuple(type, fc.oneof(handshake, fc.uint8Array({ maxLength: 80 })))
      .map(([of, body]) => record(of, body))
    const bytes = fc
      .array(fc.oneof(made, fc.uint8Array({ maxLength: 80 })), { maxLength: 8 })
      .map((all) => Buffer.concat(all))
    fc.assert(
      fc.property(
        bytes,
        fc.option(fc.uint8Array({ minLength: 32, maxLength: 48 }), { nil: undefined }),
        (given, secret) => {
          const { chain } = readFlight(given, secret)
          assert.ok(chain.length <= MAX_CERTIFICATES)
          for (const suite of [0x1301, 0x1302, 0x1303, 0])
            assert.deepEqual(decryptHandshake(readRecords(given), secret ?? SECRET, suite), [])
        },
      ),
      { numRuns: 500 },
    )
  })

  it('never reads past a record or a message that is cut', () => {
    assert.deepEqual(readRecords(Buffer.from([22, 3, 3, 0, 9, 1])), [])
    assert.deepEqual(readMessages([Buffer.from([11, 0, 0, 9, 1])]), [])
    assert.deepEqual(
      readFlight(inRecords(Buffer.concat([HELLO_12, certificates([Buffer.alloc(9)]).subarray(0, 12)]), 99)).chain,
      [],
    )
  })

  it('tells TLS by its first bytes', () => {
    for (const tls of [[22], [22, 3], [22, 3, 1], [21, 3, 3]]) assert.ok(looksLikeTls(Uint8Array.from(tls)))
    for (const other of ['HTTP/1.1', '\x16\x02', '\x15\x04', '\x17\x03\x03', '<html>', ''])
      assert.ok(!looksLikeTls(Buffer.from(other, 'latin1')))
  })
})
