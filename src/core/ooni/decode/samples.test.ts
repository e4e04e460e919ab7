import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OWN_SAMPLES, REAL_SAMPLES, SAMPLES } from '../../../../test/kit/measured/samples.ts'
import { isRecord } from './decoder.ts'
import { decodeMeasurement } from './decode.ts'
import { NETTESTS } from './nettests.ts'
import { parseJson } from '../json.ts'
import { publicForm } from '../publish/public-form.ts'
import { observe } from '../../observe/observe.ts'
import { openCertificates } from '../../../runtime/certificates.ts'

/** Samples that hold no operation of a kind we observe, by their test: everything else must give rows. */
const WITHOUT_ROWS = new Set([
  'browser_web',
  'http_header_field_manipulation',
  'http_invalid_request_line',
  'multi_protocol_traceroute',
  'openvpn_client_test',
  'tcp_connect',
])

describe('samples of every nettest', () => {
  it('are all there, the real ones too where their folder is', () => {
    const tests = new Set(
      OWN_SAMPLES.map(({ bytes }) => (parseJson(bytes) as { readonly test_name: string }).test_name),
    )
    const without = NETTESTS.filter((name) => !tests.has(name) && name !== 'kuager' && name !== 'unknown')
    assert.deepEqual(without, [])
    assert.ok(REAL_SAMPLES.length === 0 || REAL_SAMPLES.length === 86)
  })

  for (const { name, bytes } of SAMPLES)
    it(`${name} gives rows or a reason`, () => {
      const json = parseJson(bytes)
      const decoded = decodeMeasurement(json)
      if (decoded.kind === 'aside') return assert.equal(decoded.reason, 'no-test-keys')
      const rows = observe(decoded, openCertificates())
      if (!WITHOUT_ROWS.has(decoded.head.testName)) assert.ok(rows.length > 0)
      const text = publicForm(json)
      const ip = isRecord(json) ? json['probe_ip'] : undefined
      if (typeof ip === 'string' && ip !== '127.0.0.1') assert.ok(!text.includes(ip))
      const again = decodeMeasurement(JSON.parse(text))
      assert.deepEqual(again.kind === 'measurement' ? again.head : undefined, decoded.head)
    })
})
