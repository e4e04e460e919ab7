import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RUN_KINDS, type ServiceRun } from '../../model/measured/service-run.ts'
import { millis, parseAsn, parseCountryCode, parseInstant } from '../../model/units.ts'
import { decodeMeasurement } from '../decode/decode.ts'
import { encodeMeasurement } from './measurement.ts'

const runOf = (kind: ServiceRun['kind']): ServiceRun => ({
  service: 'youtube',
  tier: 'A',
  runId: '0123456789abcdef',
  kind,
  scope: 'core',
  startedAt: parseInstant('2026-11-25 19:12:47'),
  base: millis(0),
  endedAt: millis(1_000),
  network: { asn: parseAsn('AS64500'), country: parseCountryCode('KZ'), name: '', from: 'collector' },
  line: {
    state: 'ok',
    gateway: 'answers',
    resolver: 'answers',
    portal: 'none',
    ipv4: true,
    ipv6: true,
    tunnel: 'none',
    changed: false,
    canaries: [],
  },
  endpoints: [],
})

/** What a reader learns of who began a run. */
function scheduledOf(kind: ServiceRun['kind']): boolean | undefined {
  const document = encodeMeasurement(runOf(kind), {
    softwareVersion: '0.1.0',
    platform: 'linux',
    architecture: 'x64',
    probe: '0123456789abcdef',
    key: '',
    ownAddresses: [],
  })
  const decoded = decodeMeasurement(JSON.parse(document))
  assert.equal(decoded.kind, 'measurement')
  return decoded.kind === 'measurement' ? decoded.head.scheduled : undefined
}

describe('who began a run', () => {
  it('is written so that the schedule’s runs alone count as scheduled: no coincidence rests on extra ones', () => {
    assert.deepEqual(
      RUN_KINDS.map((kind) => [kind, scheduledOf(kind)]),
      [
        ['scheduled', true],
        ['manual', false],
        ['extra', false],
      ],
    )
  })
})
