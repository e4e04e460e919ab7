import { instant, parseAsn, parseCountryCode, parseSha256, seconds } from '../../../src/core/model/units.ts'
import type { Instant } from '../../../src/core/model/units.ts'
import type { Observation } from '../../../src/core/model/measured/observation.ts'
import type { Verdict } from '../../../src/core/model/measured/verdict.ts'
import type { Judged } from '../../../src/store/warehouse/contract.ts'

/** Midnight in UTC of the day around which made measurements lie. */
export const DAY = instant(Date.UTC(2025, 0, 15))

/** Seconds after DAY. */
export const after = (count: number): Instant => instant(DAY + count * 1000)

interface Wanted {
  readonly leafIndex: number
  readonly service?: string
  readonly asn?: string
  readonly at?: Instant
  readonly simulated?: boolean
  readonly verdict?: Partial<Verdict>
  readonly observations?: readonly Observation[]
}

/** Id of the made measurement of a leaf. */
export const idOf = (leafIndex: number) => parseSha256(leafIndex.toString(16).padStart(64, 'ab'))

/** A judged measurement made up for tests of stores: only what a test asks for differs from one leaf to another. */
export function judged(wanted: Wanted): Judged {
  const { leafIndex } = wanted
  const at = wanted.at ?? after(leafIndex)
  return {
    leafIndex,
    provenance: { id: idOf(leafIndex), receivedAt: instant(at + 60_000), channel: 'file', origin: 'made.jsonl' },
    head: {
      testName: 'web_connectivity',
      testVersion: '0.5.28',
      softwareName: 'made',
      softwareVersion: '1',
      input: 'https://www.youtube.com/',
      probeAsn: parseAsn(wanted.asn ?? 'AS9198'),
      probeCc: parseCountryCode('KZ'),
      startedAt: at,
      simulated: wanted.simulated ?? false,
      claim: { blocking: false, accessible: true },
    },
    service: wanted.service ?? 'youtube',
    verdict: {
      kind: 'reachable',
      rule: 'made.rule',
      rulesVersion: '1',
      log10Lr: -1.5,
      layers: [{ layer: 'dns', state: 'reachable', rule: 'made.dns', log10Lr: -1, hop: 0 }],
      endpoints: { tested: 1, failed: 0 },
      grounds: [{ fact: 'dns.answered', role: 'context', values: { name: 'www.youtube.com', addresses: '192.0.2.7' } }],
      missing: [],
      ...wanted.verdict,
    },
    observations: wanted.observations ?? [dnsRow, tcpRow],
  }
}

const dnsRow: Observation = {
  kind: 'dns',
  source: '/test_keys/queries/0',
  side: 'probe',
  hop: 0,
  part: 'url',
  startedAt: seconds(0.25),
  name: 'www.youtube.com',
  queryType: 'A',
  resolver: 'system',
  answers: [{ family: 4, address: '192.0.2.7', asn: parseAsn('AS15169') }],
  canonicalNames: [],
  duplicate: false,
}

const tcpRow: Observation = {
  kind: 'tcp',
  source: '/test_keys/tcp_connect/0',
  side: 'probe',
  hop: 0,
  part: 'url',
  address: '192.0.2.7',
  port: 443,
  family: 4,
  origin: 'system',
  failure: { code: 'generic_timeout_error', raw: 'generic_timeout_error' },
}
