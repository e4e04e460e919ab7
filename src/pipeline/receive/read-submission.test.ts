import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { webMeasurement, type Json } from '../../../test/kit/measured/measurement.ts'
import { wrapped } from '../../../test/kit/measured/signed-submission.ts'
import { parseInstant } from '../../core/model/units.ts'
import { expandBody, expectedLength, MOST_BYTES, mostExpanded } from './expand.ts'
import { readSubmission, Refused, type ReadSubmissionOptions } from './read-submission.ts'

const now = parseInstant('2025-03-01 16:00:00')
const SENDER = '95.56.234.12'
const SENDER_V6 = '2a00:1fa0:4780:12:3456:789a:bcde:f012'
const plain: ReadSubmissionOptions = { encoding: '', now }
const document = (root: Json = {}, testKeys: Json = {}): string => JSON.stringify(webMeasurement({ root, testKeys }))
const read = (
  body: string | Uint8Array,
  options: Partial<ReadSubmissionOptions> = {},
): ReturnType<typeof readSubmission> => readSubmission(Buffer.from(body), { ...plain, ...options })
const refusal = (body: string | Uint8Array, options: Partial<ReadSubmissionOptions> = {}): string => {
  try {
    read(body, options)
  } catch (error) {
    assert.ok(error instanceof Refused, String(error))
    assert.ok(!error.message.includes(SENDER) && !error.message.includes(SENDER_V6))
    return error.code
  }
  return 'taken'
}

describe('expectedLength()', () => {
  it('is what a body expands to, before it is expanded', () => {
    for (const length of [0, 1, 200, 255, 256, 300, 65_791, 65_792, 70_000, 900_000]) {
      const bytes = Buffer.alloc(length, 'x')
      assert.equal(expectedLength(bytes, ''), length)
      assert.equal(expectedLength(gzipSync(bytes), 'gzip'), length)
      const zstd = zstdCompressSync(bytes)
      const said = expectedLength(zstd, 'zstd')
      assert.ok(said === length || said === mostExpanded(zstd.length), `${said} for ${length}`)
      assert.equal(expandBody(zstd, 'zstd').length, length)
    }
  })

  it('cannot be made smaller than what is expanded', () => {
    const lying = gzipSync(Buffer.alloc(100_000, 'x'))
    lying.writeUInt32LE(10, lying.length - 4)
    assert.equal(expectedLength(lying, 'gzip'), 10)
    assert.throws(() => expandBody(lying, 'gzip'), { code: 'too_large' })
  })
})

describe('readSubmission()', () => {
  it('knows a measurement by the digest of the text in the wrapper, as it was written', () => {
    const text = `${document()}  `
    assert.equal(read(wrapped(text)).id, hash('sha256', text))
    assert.equal(read(gzipSync(wrapped(text)), { encoding: 'gzip' }).id, hash('sha256', text))
    assert.equal(read(zstdCompressSync(wrapped(text)), { encoding: 'zstd' }).id, hash('sha256', text))
  })

  it('knows one that was posted as an object by the bytes of the body', () => {
    const body = wrapped(webMeasurement())
    assert.equal(read(body).id, hash('sha256', body))
  })

  for (const [code, body, options] of [
    ['not_json', '{"format":"json",'],
    ['not_json', Buffer.from([0x7b, 0xff, 0x7d])],
    ['not_json', wrapped('{')],
    ['bad_format', JSON.stringify({ format: 'yaml', content: document() })],
    ['bad_format', JSON.stringify({ format: 'json', content: 7 })],
    ['bad_format', wrapped(document({ content: document(), format: 'json' }))],
    ['bad_metadata', wrapped('[]')],
    ['too_deep', wrapped(document({ x: JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`) as unknown }))],
    ['bad_metadata', wrapped(document({ test_name: 'Web Connectivity' }))],
    ['bad_metadata', wrapped(document({ test_name: 'w' }))],
    ['bad_metadata', wrapped(document({ test_keys: null }))],
    ['bad_metadata', wrapped(document({ software_name: 7 }))],
    ['bad_metadata', wrapped(document({ probe_cc: 'kz' }))],
    ['cc_zz', wrapped(document({ probe_cc: 'ZZ' }))],
    ['asn_0', wrapped(document({ probe_asn: 'AS0' }))],
    ['asn_invalid', wrapped(document({ probe_asn: 'AS0123' }))],
    ['asn_invalid', wrapped(document({ probe_asn: 'AS4294967296' }))],
    ['asn_invalid', wrapped(document({ probe_asn: 9198 }))],
    ['bad_time', wrapped(document({ measurement_start_time: 'yesterday', test_start_time: null }))],
    ['time_ahead', wrapped(document({ measurement_start_time: '2025-03-01 17:00:01' }))],
    ['taken', wrapped(document({ measurement_start_time: '2025-03-01 16:59:59' }))],
    ['time_old', wrapped(document({ measurement_start_time: '2024-02-29 15:00:00' }))],
    ['probe_ip', wrapped(document({ probe_ip: '95.56.234.12' }))],
    ['bad_encoding', gzipSync(wrapped(document())), { encoding: 'br' }],
    ['bad_encoding', wrapped(document()), { encoding: 'gzip' }],
    ['bad_encoding', gzipSync(wrapped(document())).subarray(0, 60), { encoding: 'gzip' }],
    ['too_large', gzipSync(Buffer.alloc(MOST_BYTES + 1)), { encoding: 'gzip' }],
    ['too_large', zstdCompressSync(Buffer.alloc(MOST_BYTES + 1)), { encoding: 'zstd' }],
    ['too_large', gzipSync(wrapped(document({ x: 'x'.repeat(3_000_000) }))), { encoding: 'gzip' }],
    ['too_large', zstdCompressSync(wrapped(document({ x: 'x'.repeat(3_000_000) }))), { encoding: 'zstd' }],
    ['taken', gzipSync(wrapped(document({ x: 'x'.repeat(1_000_000) }))), { encoding: 'gzip' }],
    ['simulated', wrapped(document()), { realm: 'real' }],
    ['simulated', wrapped(document({ probe_asn: 'AS9198', annotations: { simulated: true } })), { realm: 'real' }],
    ['taken', wrapped(document({ probe_asn: 'AS9198' })), { realm: 'real' }],
    ['not_simulated', wrapped(document({ probe_asn: 'AS9198' })), { realm: 'simulated' }],
    ['taken', wrapped(document()), { realm: 'simulated' }],
  ] as readonly (readonly [string, string | Uint8Array, Partial<ReadSubmissionOptions>?])[])
    it(`says ${code} of ${Buffer.from(body)
      .toString('latin1', 0, 40)
      .replaceAll(/[^ -~]/g, '.')}…`, () => assert.equal(refusal(body, options), code))

  it('says of the older protocol what its own words are', () => {
    const report = '20250301T150000Z_webconnectivity_KZ_64500_n1_0123456789abcdef'
    assert.equal(refusal(wrapped(webMeasurement()), { report }), 'taken')
    assert.equal(refusal(wrapped(webMeasurement({ probeCc: 'KG' })), { report }), 'legacy_inconsistent')
    assert.equal(refusal(wrapped(webMeasurement({ probeAsn: 'AS64501' })), { report }), 'legacy_inconsistent')
    assert.equal(refusal(JSON.stringify({ format: 'yaml', content: {} }), { report }), 'legacy_format')
  })

  const header = (value: string): Json => ({ requests: [{ response: { headers_list: [['X-Seen', value]] } }] })
  for (const [name, keys, sender] of [
    ['in a header', header(SENDER), SENDER],
    ['with another sign between', header('ip95-56-234-12.example'), SENDER],
    ['backwards', header('12.234.56.95.in-addr.arpa'), SENDER],
    ['as one number', header(String(((95 << 24) | (56 << 16) | (234 << 8) | 12) >>> 0)), SENDER],
    ['in hexadecimal', header('5f38ea0c'), SENDER],
    ['inside an IPv6 address', header('::ffff:5f38:ea0c'), SENDER],
    ['in base64', header(Buffer.from(`your address is ${SENDER}`).toString('base64')), SENDER],
    [
      'in a body of base64',
      { body: { format: 'base64', data: Buffer.from(`<p>${SENDER}</p>`).toString('base64') } },
      SENDER,
    ],
    ['as raw bytes', { raw_response: Buffer.from([1, 2, 95, 56, 234, 12, 9]).toString('base64') }, SENDER],
    ['in another spelling of IPv6', header('2a00:1fa0:4780:0012:3456:789A:BCDE:F012'), SENDER_V6],
    ['as another address of the household', header('[2a00:1fa0:4780:12::1]:443'), SENDER_V6],
    ['as a key', { [SENDER]: 1 }, SENDER],
  ] as const)
    it(`refuses the sender's address ${name}`, () => {
      assert.equal(refusal(wrapped(document({}, keys)), { sender }), 'address_in_body')
      assert.equal(refusal(wrapped(document({}, keys)), { sender: '95.57.1.99' }), 'taken')
    })

  it("refuses the sender's address in letters that JSON escapes, also in a member that another one hides", () => {
    const escaped = '\\u0039\\u0035.56.234.12'
    assert.equal(
      refusal(wrapped(document().replace('Example Telecom', escaped)), { sender: SENDER }),
      'address_in_body',
    )
    const hidden = document().replace('{', `{"input":"${escaped}",`)
    assert.equal(refusal(wrapped(hidden), { sender: SENDER }), 'address_in_body')
    assert.equal(refusal(wrapped(webMeasurement({ root: { x: SENDER } })), { sender: SENDER }), 'address_in_body')
  })

  it('reads any JSON and any bytes to their end, or refuses with a code', () => {
    fc.assert(fc.property(fc.json(), (json) => refusal(wrapped(json)) !== ''))
    fc.assert(
      fc.property(fc.jsonValue(), (value) => refusal(JSON.stringify({ format: 'json', content: value })) !== ''),
    )
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom('', 'gzip', 'zstd'),
        (bytes, encoding) => refusal(bytes, { encoding }) !== '',
      ),
    )
  })
})
