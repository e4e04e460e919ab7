import { createHash } from 'node:crypto'
import type { Mechanism } from '../../src/core/model/measured/mechanism.ts'
import type { CertificateFacts, Observation } from '../../src/core/model/measured/observation.ts'
import { instant, parseAsn, parseCountryCode, parseSha256, seconds } from '../../src/core/model/units.ts'
import type { Kind, Verdict } from '../../src/core/model/measured/verdict.ts'
import type { Judged } from '../../src/store/warehouse/contract.ts'

/** Services by falling weight; two measurements of five are of one of 400 other sites. */
export const SERVICES =
  'youtube telegram whatsapp facebook instagram x signal messenger tor tiktok vk wikipedia linkedin'.split(' ')
export const NETWORKS: readonly number[] = Array.from({ length: 30 }, (_, i) => 64_600 + i)
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

interface Wanted {
  /** First leaf. */
  readonly from: number
  readonly count: number
  /** Milliseconds since 1970 of leaf 0. */
  readonly start: number
  /** Milliseconds from one leaf to the next. */
  readonly spread: number
}

/** Judged measurements with 8 to 17 observations each, networks and services of uneven weight, evenings restricted. */
export function makeMeasurements(wanted: Wanted): readonly Judged[] {
  const next = random(wanted.from + 1)
  return Array.from({ length: wanted.count }, (_, i) => {
    const leafIndex = wanted.from + i
    const at = Math.floor(wanted.start + leafIndex * wanted.spread)
    const network = Math.floor(NETWORKS.length * next() ** 2)
    const named = SERVICES[Math.floor(SERVICES.length * next() ** 2)] ?? 'youtube'
    const service = next() < 0.4 ? `web:site-${Math.floor(400 * next())}.example` : named
    const evening = new Date(at).getUTCHours() >> 1 === 8 && network % 3 === 0 && !service.startsWith('web:')
    const kind = pickKind(next(), evening)
    const host = service.startsWith('web:') ? service.slice(4) : `www.${service}.example`
    return {
      leafIndex,
      provenance: {
        id: parseSha256(createHash('sha256').update(`${leafIndex}`).digest('hex')),
        receivedAt: instant(at + 40_000),
        channel: 'simulator',
        origin: `made/${Math.floor(leafIndex / 500)}.jsonl.gz`,
      },
      head: {
        measurementUid: `${leafIndex}_KZ_webconnectivity_${Math.floor(next() * 2 ** 32).toString(16)}`,
        reportId: `20250101T000000Z_webconnectivity_KZ_${network}_n1_${Math.floor(leafIndex / 40)}`,
        testName: 'web_connectivity',
        testVersion: '0.5.28',
        softwareName: 'ooniprobe-android',
        softwareVersion: '5.0.3',
        platform: 'android',
        networkType: 'wifi',
        input: `https://${host}/`,
        probeAsn: parseAsn(NETWORKS[network]),
        probeCc: COUNTRY,
        startedAt: instant(at),
        simulated: true,
        claim: { blocking: kind === 'interfered' ? 'http-failure' : false, accessible: kind === 'reachable' },
      },
      service,
      verdict: makeVerdict(kind, host, next()),
      observations: makeObservations(host, 8 + Math.floor(10 * next()), kind === 'interfered'),
    }
  })
}

const pickKind = (draw: number, evening: boolean): Kind => {
  if (draw < (evening ? 0.8 : 0.01)) return 'interfered'
  return draw < 0.93 ? 'reachable' : draw < 0.95 ? 'unreachable' : 'inconclusive'
}

function makeVerdict(kind: Kind, host: string, draw: number): Verdict {
  const mechanism: Mechanism = draw < 0.8 ? 'tls.timeout.sni' : 'tls.reset.sni'
  const ground = { role: 'context', values: { name: host, address: `192.0.2.${Math.floor(draw * 250)}` } } as const
  return {
    kind,
    ...(kind === 'interfered' && { mechanism, layer: 'tls' }),
    rule: kind === 'interfered' ? 'tls.pair' : 'http.completed',
    rulesVersion: '1:made',
    log10Lr: kind === 'interfered' ? 2.5 : -2,
    layers: (['dns', 'tcp', 'tls', 'http'] as const).map((layer) => ({
      layer,
      state: 'reachable',
      rule: `${layer}.completed`,
      log10Lr: -1,
      hop: 0,
    })),
    endpoints: { tested: 4, failed: kind === 'interfered' ? 3 : 0 },
    grounds: (['dns.matches', 'tcp.connected', 'tls.completed', 'http.answered', 'dns.control-answered'] as const).map(
      (fact, i) => ({ fact, ...ground, source: `/test_keys/made/${i}` }),
    ),
    missing: [],
  }
}

const certificate = (letter: string): CertificateFacts => ({
  sha256: parseSha256(letter.repeat(64)),
  sha1: letter.repeat(40),
  subjectName: '*.example',
  issuerName: 'Made Authority',
  issuerOrganisation: 'Made',
  issuerCountry: 'KZ',
  names: ['*.example'],
  serial: '01',
  notBefore: instant(0),
  notAfter: instant(2e12),
  isAuthority: false,
  selfSigned: false,
})
const CHAIN = ['a', 'b', 'c'].map(certificate)

/** A web measurement's rows in turn: look-up, connection, handshake, answer, for one address after another. */
function makeObservations(host: string, count: number, fails: boolean): readonly Observation[] {
  const seed = host.length * 7
  return Array.from({ length: count }, (_, i): Observation => {
    const address = `203.0.113.${(seed + (i >> 2)) % 250}`
    const side = i % 4 === 3 ? 'control' : 'probe'
    const row = { side, hop: 0, part: 'url', startedAt: seconds(i / 10), endedAt: seconds(i / 10 + 0.04) } as const
    const end = { address, port: 443, family: 4, origin: 'system', name: host, transaction: i >> 2 } as const
    const failure = { code: 'generic_timeout_error', raw: 'generic_timeout_error' } as const
    switch (i % 4) {
      case 0:
        return {
          ...row,
          kind: 'dns',
          source: `/test_keys/queries/${i >> 2}`,
          name: host,
          queryType: i % 8 === 0 ? 'A' : 'AAAA',
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
          ...(fails && { failure }),
          kind: 'tls',
          source: `/test_keys/tls_handshakes/${i >> 2}`,
          role: 'target',
          version: 'TLSv1.3',
          alpn: 'h2',
          certificates: fails ? [] : CHAIN,
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
          bodyBytes: 40_000 + seed,
          bodyTruncated: false,
        }
    }
  })
}
