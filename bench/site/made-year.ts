import { hash } from 'node:crypto'
import { DAY_MS, HOUR_MS } from '../../src/core/model/duration.ts'
import { instant, parseAsn, parseCountryCode, parseSha256, seconds } from '../../src/core/model/units.ts'
import type { Asn, Instant, Sha256 } from '../../src/core/model/units.ts'
import type { Observation } from '../../src/core/model/measured/observation.ts'
import type { Verdict } from '../../src/core/model/measured/verdict.ts'
import type { Judged } from '../../src/store/warehouse/contract.ts'

// A year of measurements as a server of ours might hold it: six services on six networks measured by twelve devices each,
// whose evenings are restricted once in a month; 34 more services and 14 more networks measured now and then.
// Nothing of it was measured: names of networks are real ones only because pages should be as long as they will be.

export const DAYS = 365
/** Observations of one measurement, on average. */
export const OBSERVATIONS = 12.5

const BUSY_SERVICES = ['youtube', 'whatsapp', 'instagram', 'telegram', 'tiktok', 'facebook'] as const
const OTHER_SERVICES = [
  ...['messenger', 'twitter', 'signal', 'google', 'wikipedia'],
  ...Array.from({ length: 29 }, (_, i) => `web:site-${i}.example`),
]
export const BUSY_NETWORKS = [9198, 29355, 48503, 21299, 206026, 35104] as const
const OTHER_NETWORKS = [
  50482, 29555, 43994, 8200, 39824, 41798, 60930, 210616, 199995, 9009, 15549, 31486, 34187, 42336,
] as const
const DEVICES = 12
/** Of ten measurements so many are of the busy series. */
const BUSY_SHARE = 0.8
/** A busy series is restricted on one day of so many, from 14 to 18 hours UTC: 19 to 23 in Almaty. */
const EVERY_DAYS = 33
const COUNTRY = parseCountryCode('KZ')

/** Numbers in [0, 1) that a seed fixes (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface MadeYear {
  /** First instant of the year. */
  readonly start: number
  /** Measurements in all. */
  readonly measurements: number
}

/** A measurement with the few bytes that the archive holds of it. */
export interface MadeMeasurement extends Judged {
  readonly bytes: Uint8Array
}

const pick = <T>(list: readonly T[], draw: number): T => list[Math.floor(list.length * draw)]! // a draw is below 1

/** Measurements from leaf `from` on, in the order of time. */
export function makeMeasurements(year: MadeYear, from: number, count: number): readonly MadeMeasurement[] {
  const next = random(from + 1)
  const spread = (DAYS * DAY_MS) / year.measurements
  return Array.from({ length: count }, (_, i) => makeOne(from + i, Math.floor(year.start + (from + i) * spread), next))
}

/** Whether the plan restricts a busy series at an instant. */
function isRestricted(service: number, network: number, at: number): boolean {
  const day = Math.floor(at / DAY_MS)
  const hour = (at / HOUR_MS) % 24
  return (service * 7 + network * 13 + day * 5) % EVERY_DAYS === 0 && hour >= 14 && hour < 18
}

function makeOne(leafIndex: number, at: number, next: () => number): MadeMeasurement {
  const busy = next() < BUSY_SHARE
  const service = busy ? pick(BUSY_SERVICES, next()) : pick(OTHER_SERVICES, next())
  const asn = parseAsn(busy ? pick(BUSY_NETWORKS, next()) : pick([...BUSY_NETWORKS, ...OTHER_NETWORKS], next()))
  const host = service.startsWith('web:') ? service.slice(4) : `www.${service}.example`
  const restricted =
    busy &&
    isRestricted(
      BUSY_SERVICES.findIndex((one) => one === service),
      BUSY_NETWORKS.findIndex((one) => one === asn),
      at,
    )
  const fails = next() < (restricted ? 0.94 : 0.004)
  const device = Math.floor(DEVICES * next())
  const startedAt = instant(at)
  const bytes = bytesOf({ leafIndex, host, asn, startedAt, device, fails })
  const id = parseSha256(hash('sha256', bytes))
  return {
    bytes,
    leafIndex,
    provenance: {
      id,
      receivedAt: instant(at + 40_000),
      channel: 'file',
      origin: `made/${Math.floor(leafIndex / 5000)}`,
    },
    head: {
      measurementUid: `made_${leafIndex}`,
      reportId: `made_${Math.floor(leafIndex / 40)}`,
      testName: 'web_connectivity',
      testVersion: '0.5.28',
      softwareName: 'ooniprobe-android',
      softwareVersion: '5.0.3',
      platform: 'android',
      networkType: device % 2 === 0 ? 'wifi' : 'mobile',
      input: `https://${host}/`,
      probe: `device-${asn}-${device}`,
      scheduled: true,
      probeAsn: asn,
      probeCc: COUNTRY,
      startedAt,
      simulated: false,
      claim: { blocking: fails ? 'http-failure' : false, accessible: !fails },
    },
    service,
    verdict: fails ? failed(host) : passed(host),
    observations: observationsOf(host, 8 + Math.floor(10 * next()), fails),
  }
}

interface Said {
  readonly leafIndex: number
  readonly host: string
  readonly asn: Asn
  readonly startedAt: Instant
  readonly device: number
  readonly fails: boolean
}

/** What the archive keeps: a measurement of OONI's form, cut to what names it. */
const bytesOf = ({ leafIndex, host, asn, startedAt, device, fails }: Said): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({
      annotations: { made: 'bench site', x_probe: `device-${asn}-${device}` },
      input: `https://${host}/`,
      measurement_start_time: new Date(startedAt).toISOString().slice(0, 19).replace('T', ' '),
      probe_asn: `AS${asn}`,
      probe_cc: 'KZ',
      software_name: 'ooniprobe-android',
      test_keys: { made: leafIndex, failure: fails ? 'generic_timeout_error' : null },
      test_name: 'web_connectivity',
    }),
  )

const layers = (failedAt?: 'tls'): Verdict['layers'] =>
  (['dns', 'tcp', 'tls', 'http'] as const).map((layer) => ({
    layer,
    state: layer === failedAt ? 'interfered' : 'reachable',
    rule: `${layer}.completed`,
    log10Lr: layer === failedAt ? 2.5 : -1,
    hop: 0,
  }))

const failed = (name: string): Verdict => ({
  kind: 'interfered',
  mechanism: 'tls.timeout.sni',
  layer: 'tls',
  rule: 'tls.pair',
  rulesVersion: '1:made',
  log10Lr: 2.5,
  layers: layers('tls'),
  endpoints: { tested: 4, failed: 3 },
  grounds: [
    { fact: 'tls.silent', role: 'decisive', layer: 'tls', source: '/test_keys/tls_handshakes/0', values: { name } },
    {
      fact: 'tls.innocent-passed',
      role: 'control',
      layer: 'tls',
      source: '/test_keys/tls_handshakes/1',
      values: { name },
    },
  ],
  missing: [],
})

const passed = (name: string): Verdict => ({
  kind: 'reachable',
  rule: 'http.completed',
  rulesVersion: '1:made',
  log10Lr: -2,
  layers: layers(),
  endpoints: { tested: 4, failed: 0 },
  grounds: [
    { fact: 'tls.completed', role: 'against', layer: 'tls', source: '/test_keys/tls_handshakes/0', values: { name } },
    {
      fact: 'tls.innocent-passed',
      role: 'control',
      layer: 'tls',
      source: '/test_keys/tls_handshakes/1',
      values: { name },
    },
  ],
  missing: [],
})

/** Look-up, connection, handshake, answer, for one address after another. */
function observationsOf(host: string, count: number, fails: boolean): readonly Observation[] {
  return Array.from({ length: count }, (_, i): Observation => {
    const address = `203.0.113.${(host.length * 7 + (i >> 2)) % 250}`
    const side = i % 4 === 3 ? 'control' : 'probe'
    const row = { side, hop: 0, part: 'url', startedAt: seconds(i / 10), endedAt: seconds(i / 10 + 0.04) } as const
    const end = { address, port: 443, family: 4, origin: 'system', name: host, transaction: i >> 2 } as const
    switch (i % 4) {
      case 0:
        return {
          ...row,
          kind: 'dns',
          source: `/test_keys/queries/${i >> 2}`,
          name: host,
          queryType: 'A',
          resolver: 'system',
          answers: [{ family: 4, address, asn: parseAsn(64_500) }],
          canonicalNames: [],
          duplicate: false,
        }
      case 1:
        return { ...row, ...end, kind: 'tcp', source: `/test_keys/tcp_connect/${i >> 2}` }
      case 2:
        return {
          ...row,
          ...end,
          ...(fails && { failure: { code: 'generic_timeout_error', raw: 'generic_timeout_error' } as const }),
          kind: 'tls',
          source: `/test_keys/tls_handshakes/${i >> 2}`,
          role: 'target',
          version: 'TLSv1.3',
          alpn: 'h2',
          certificates: [],
          chain: fails ? 'none' : 'trusted',
          verified: !fails,
        }
      default:
        return {
          ...row,
          kind: 'http',
          source: `/test_keys/requests/${i >> 2}`,
          url: `https://${host}/`,
          host,
          scheme: 'https',
          method: 'GET',
          address,
          port: 443,
          origin: 'system',
          overQuic: false,
          status: 200,
          headers: [],
          title: `Front page of ${host}`,
          bodyBytes: 40_000,
          bodyTruncated: false,
        }
    }
  })
}

/** SHA-256 of the bytes: what the log names as the public form; these are public as they stand. */
export const digestOf = (bytes: Uint8Array): Sha256 => parseSha256(hash('sha256', bytes))
