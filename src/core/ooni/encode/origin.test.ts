import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RUN_KINDS, type ServiceRun } from '../../model/measured/service-run.ts'
import { millis, parseAsn, parseCountryCode, parseInstant } from '../../model/units.ts'
import { decodeMeasurement } from '../decode/decode.ts'
import { withheldForm } from '../publish/withhold.ts'
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

const IDENTITY = {
  softwareVersion: '0.1.0',
  platform: 'linux',
  architecture: 'x64',
  probe: '0123456789abcdef',
  key: '',
  ownAddresses: [],
}

/** What a reader learns of who began a run. */
function scheduledOf(kind: ServiceRun['kind']): boolean | undefined {
  const document = encodeMeasurement(runOf(kind), IDENTITY)
  const decoded = decodeMeasurement(JSON.parse(document))
  assert.equal(decoded.kind, 'measurement')
  return decoded.kind === 'measurement' ? decoded.head.scheduled : undefined
}

describe('by whom questions were answered', () => {
  const resolvers = {
    inventedAnswered: false,
    systemAsns: [parseAsn(64500)],
    listed: [{ resolverAddress: '9.9.9.9:53', asn: parseAsn(64500), differs: true }],
  }
  it('is written and read as numbers of networks, and withheld from no one', () => {
    const document = encodeMeasurement({ ...runOf('manual'), resolvers }, IDENTITY)
    const { hashed } = withheldForm(JSON.parse(document), () => '')
    for (const text of [document, hashed]) {
      const decoded = decodeMeasurement(JSON.parse(text))
      assert.deepEqual(decoded.kind === 'measurement' && decoded.head.resolvers, resolvers)
    }
  })
})

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
