import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { exchange, measurement, query, webMeasurement, type Json } from '../../../../test/kit/measured/measurement.ts'
import { InputError } from '../../model/errors.ts'
import { formatInstantUtc } from '../../model/units.ts'
import { decodeMeasurement, type Measurement } from './decode.ts'

function decoded(json: unknown): Measurement {
  const result = decodeMeasurement(json)
  assert.equal(result.kind, 'measurement')
  return result
}
const headOf = (root: Json) => decoded(webMeasurement({ root })).head
const errorOf = (json: unknown): InputError => {
  try {
    decodeMeasurement(json)
  } catch (error) {
    assert.ok(error instanceof InputError)
    return error
  }
  return assert.fail('it was read')
}

describe('decodeMeasurement() on envelopes', () => {
  it('reads who measured what, when and where', () => {
    const { head } = decoded(webMeasurement({ annotations: { network_type: 'mobile' } }))
    assert.equal(head.testName, 'web_connectivity')
    assert.equal(head.input, 'https://www.example.com/')
    assert.equal(head.probeAsn, 64500)
    assert.equal(head.probeCc, 'KZ')
    assert.equal(head.networkType, 'mobile')
    assert.equal(formatInstantUtc(head.startedAt), '2025-03-01T15:00:00Z')
  })

  it('unwraps what a collector is sent, as object and as text', () => {
    const bare = webMeasurement()
    const wrapped = decodeMeasurement({ format: 'json', content: bare })
    assert.deepEqual(wrapped, decodeMeasurement(bare))
    assert.deepEqual(decodeMeasurement({ format: 'json', content: JSON.stringify(bare) }), wrapped)
  })

  it('refuses a content that is no JSON or nested beyond the limit', () => {
    assert.equal(errorOf({ content: '{"a":' }).path, '/content')
    assert.equal(errorOf({ content: '['.repeat(100_000) }).code, 'json.too-deep')
  })

  it('takes the start of the batch where the start of the measurement is missing', () => {
    const head = headOf({ measurement_start_time: undefined, test_start_time: '2016-02-03 04:05:06' })
    assert.equal(formatInstantUtc(head.startedAt), '2016-02-03T04:05:06Z')
  })

  it('takes an absent network and country for not known', () => {
    const head = headOf({ probe_asn: null, probe_cc: null })
    assert.equal(head.probeAsn, 0)
    assert.equal(head.probeCc, 'ZZ')
    assert.equal(headOf({ probe_asn: undefined, probe_cc: undefined }).probeAsn, 0)
    assert.equal(headOf({ probe_asn: 'AS0' }).probeAsn, 0)
  })

  it('reads a network number with leading zeros', () => {
    assert.equal(headOf({ probe_asn: 'AS0009198' }).probeAsn, 9198)
  })

  it('joins the input of the tests that take a pair', () => {
    assert.equal(headOf({ input: ['front.example', 'host.example'] }).input, 'front.example:host.example')
  })

  it('knows a simulated measurement by its annotation and by documentation networks', () => {
    assert.equal(headOf({ probe_asn: 'AS9198' }).simulated, false)
    assert.equal(headOf({ probe_asn: 'AS9198', annotations: { simulated: 'true' } }).simulated, true)
    for (const [asn, simulated] of [
      ['AS64495', false],
      ['AS64496', true],
      ['AS64511', true],
      ['AS64512', false],
      ['AS65535', false],
      ['AS65536', true],
      ['AS65551', true],
      ['AS65552', false],
    ] as const)
      assert.equal(headOf({ probe_asn: asn }).simulated, simulated, asn)
  })

  it('keeps conclusions of the probe as a claim: scalars only, without addresses', () => {
    const keys = {
      blocking: 'tcp_ip',
      accessible: null,
      requests: [],
      http_experiment_failure: 'unknown_failure: 203.0.113.9',
    }
    const { claim } = decoded(webMeasurement({ testKeys: keys })).head
    assert.equal(claim['blocking'], 'tcp_ip')
    assert.equal(claim['accessible'], null)
    assert.equal(claim['http_experiment_failure'], 'unknown_failure: [scrubbed]')
    assert.ok(!('requests' in claim))
  })
})

describe('decodeMeasurement() sets aside', () => {
  for (const [json, reason] of [
    [[], 'not-an-object'],
    ['text', 'not-an-object'],
    [null, 'not-an-object'],
    [{}, 'no-test-name'],
    [{ test_keys: {} }, 'no-test-name'],
    [{ error: 'not found' }, 'no-test-name'],
    [{ test_name: 'web_connectivity', test_keys: null }, 'no-test-keys'],
    [{ test_name: 'web_connectivity' }, 'no-test-keys'],
    [{ test_name: 'web_connectivity', test_keys: {} }, 'no-time'],
    [{ record_type: 'header', test_name: 'web_connectivity' }, 'report-frame'],
  ] as const)
    it(`${JSON.stringify(json)} as ${reason}`, () => {
      const result = decodeMeasurement(json)
      assert.equal(result.kind === 'aside' ? result.reason : 'measurement', reason)
    })

  it('nothing of a test it has no description of: the envelope stays', () => {
    const result = decoded(measurement('test_of_tomorrow', '1.0.0', { queries: 'other shape' }))
    assert.equal(result.nettest, 'unknown')
    assert.deepEqual(result.sets, [])
  })
})

describe('decodeMeasurement() takes for not known, and counts,', () => {
  const web = (testKeys: Json): Json => webMeasurement({ testKeys })
  for (const [title, json] of [
    ['a text where a list belongs', web({ queries: 'none' })],
    ['a list where an object belongs', web({ control: [] })],
    ['a row that is a number', web({ requests: [exchange('https://a.example/'), 7] })],
    ['a port out of range', web({ tcp_connect: [{ ip: '192.0.2.1', port: 70000 }] })],
    ['a number beyond 2^53', web({ queries: [{ ...query('a.example', []), t: 2 ** 60 }] })],
    ['a failure that is a number', web({ tls_handshakes: [{ failure: 5 }] })],
    ['a certificate that is a number', web({ tls_handshakes: [{ peer_certificates: [1] }] })],
    ['a status of 5000', web({ requests: [exchange('https://a.example/', { status: 5000 })] })],
    ['a body that is a list', web({ requests: [exchange('https://a.example/', { body: [] })] })],
    ['a network number beyond 32 bits', web({ queries: [query('a.example', ['192.0.2.1'], { asn: 2 ** 40 })] })],
    ['a time that is a number, beside one that can be read', webMeasurement({ root: { measurement_start_time: 174 } })],
    ['a country of three letters', webMeasurement({ probeCc: 'KAZ' })],
    ['a network that is a word', webMeasurement({ probeAsn: 'Kazakhtelecom' })],
    ['a network of the resolver with a letter missing', webMeasurement({ root: { resolver_asn: 'A3232' } })],
    ['an input that is a number', webMeasurement({ root: { input: 7 } })],
    ['annotations that are a list', webMeasurement({ root: { annotations: [] } })],
  ] as const)
    it(title, () => {
      assert.equal(decoded(json).wrongFields, 1)
    })

  it('and counts nothing where all can be read', () => {
    assert.equal(decoded(webMeasurement()).wrongFields, undefined)
  })

  it('an outcome that cannot be read is no success', () => {
    const { sets, control } = decoded(
      web({
        tls_handshakes: [{ failure: 5 }],
        control: { tcp_connect: { '192.0.2.1:443': { failure: 5, status: true } } },
      }),
    )
    assert.equal(sets[0]?.tlsHandshakes[0]?.failure?.code, 'unknown_failure')
    assert.deepEqual(control?.connects, [])
  })

  it('a flag of verification that cannot be read verifies nothing', () => {
    const row = { server_name: 'a.example', failure: null }
    const verifies = (flag: unknown) =>
      decoded(web({ tls_handshakes: [{ ...row, no_tls_verify: flag }] })).sets[0]?.tlsHandshakes[0]?.verifies
    assert.deepEqual([verifies(undefined), verifies(null), verifies(false), verifies('x')], [true, true, true, false])
  })

  it('a lookup of which it cannot be read who was asked, or what came back, is none', () => {
    for (const key of ['engine', 'resolver_hostname', 'query_type', 'answers'])
      assert.deepEqual(decoded(web({ queries: [{ ...query('a.example', []), [key]: 7 }] })).sets[0]?.queries, [], key)
  })

  it('a certificate that cannot be read keeps its place', () => {
    const [row] = decoded(web({ tls_handshakes: [{ peer_certificates: [1, 'AAAA'] }] })).sets[0]?.tlsHandshakes ?? []
    assert.deepEqual(row?.certificates, ['', 'AAAA'])
  })

  it('and nothing in a document of our own probe', () => {
    const made = measurement('kuager', '1.0.0', { line: { state: 'ok', ipv6: 'yes' }, endpoints: [] })
    assert.equal(errorOf(made).path, '/test_keys/line/ipv6')
  })
})

describe('decodeMeasurement() refuses, with the place,', () => {
  const web = (testKeys: Json): Json => webMeasurement({ testKeys })
  for (const [title, json, path] of [
    ['a day that does not exist', webMeasurement({ startedAt: '2025-02-30 00:00:00' }), '/measurement_start_time'],
    ['a time before OONI', webMeasurement({ startedAt: '1970-01-01 00:00:00' }), '/measurement_start_time'],
    ['a time of another century', webMeasurement({ startedAt: '2525-01-01 00:00:00' }), '/measurement_start_time'],
    ['a test name with a path in it', webMeasurement({ root: { test_name: '../../etc' } }), '/test_name'],
    ['test keys that are a list', webMeasurement({ root: { test_keys: [] } }), '/test_keys'],
  ] as const)
    it(title, () => {
      assert.equal(errorOf(json).path, path)
    })

  it('more rows than any probe measures', () => {
    const rows = Array.from({ length: 20_001 }, () => null)
    assert.equal(errorOf(web({ queries: rows })).path, '/test_keys/queries')
  })

  it('and repeats nothing of what it found', () => {
    const made = measurement('kuager', '1.0.0', { line: { state: '203.0.113.77' }, endpoints: [] })
    assert.ok(!errorOf(made).message.includes('203.0.113.77'))
  })
})

describe('decodeMeasurement() on hostile input', () => {
  const names = [
    'web_connectivity',
    'telegram',
    'tor',
    'openvpn',
    'dnscheck',
    'tlsping',
    'sni_blocking',
    'ndt',
    'dash',
    'echcheck',
    'tlsmiddlebox',
  ]
  const keys = [
    'queries',
    'tcp_connect',
    'tls_handshakes',
    'requests',
    'control',
    'target',
    'targets',
    'pings',
    'lookups',
    'bootstrap',
    'iterative_trace',
    'openvpn_handshake',
    'network_events',
    'receiver_data',
    'download',
  ]
  it('throws nothing but InputError', () => {
    const testKeys = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 5 }))
    fc.assert(
      fc.property(fc.constantFrom(...names), testKeys, (name, made) => {
        try {
          decodeMeasurement(measurement(name, '0.1.0', made))
        } catch (error) {
          assert.ok(error instanceof InputError, String(error))
          assert.match(error.path, /^\//)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is not led astray by names of the object prototype', () => {
    const text = JSON.stringify(webMeasurement()).replace('{', '{"__proto__":{"test_name":"x"},"constructor":1,')
    assert.equal(decoded(JSON.parse(text)).head.testName, 'web_connectivity')
  })
})
