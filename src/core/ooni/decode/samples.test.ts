import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isRecord } from './decoder.ts'
import { decodeMeasurement } from './decode.ts'
import { parseJson } from '../json.ts'
import { publicForm } from '../publish/public-form.ts'
import { observe } from '../../observe/observe.ts'
import { openCertificates } from '../../../runtime/certificates.ts'

/** Real measurements of 30 nettests, 2013 to 2025; they are third-party data and stand beside the repository. */
const SAMPLES = join(dirname(fileURLToPath(import.meta.url)), '../../../../../shared/data/ooni')
const present = existsSync(SAMPLES)
const files = present
  ? readdirSync(SAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
  : []

/** Samples that hold no operation of a kind we observe, by their test: everything else must give rows. */
const WITHOUT_ROWS = new Set([
  'browser_web',
  'http_header_field_manipulation',
  'http_invalid_request_line',
  'multi_protocol_traceroute',
  'openvpn_client_test',
  'tcp_connect',
])

describe(
  'the real samples',
  { skip: present ? false : 'no sample data beside the repository: ../shared/data/ooni' },
  () => {
    it('are all there', () => {
      assert.equal(files.length, 86)
    })

    for (const file of files)
      it(`${file} gives rows or a reason`, () => {
        const json = parseJson(readFileSync(join(SAMPLES, file)))
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
  },
)
