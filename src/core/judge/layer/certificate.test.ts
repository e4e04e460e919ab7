import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  FORGED_INTERMEDIATE,
  FORGED_LEAF,
  INTERMEDIATE,
  LEAF,
  pemOf,
  ROOT,
} from '../../../../test/kit/net/certificates.ts'
import {
  signalMeasurement,
  telegramMeasurement,
  whatsappMeasurement,
} from '../../../../test/kit/measured/messenger-measurement.ts'
import {
  connect,
  handshake,
  query,
  webMeasurement,
  type Json,
  type WebOptions,
} from '../../../../test/kit/measured/measurement.ts'
import { openCertificates } from '../../../runtime/certificates.ts'
import { loadTables } from '../../../runtime/tables/tables.ts'
import type { Observation } from '../../model/measured/observation.ts'
import type { Verdict } from '../../model/measured/verdict.ts'
import { observe } from '../../observe/observe.ts'
import { decodeMeasurement } from '../../ooni/decode/decode.ts'
import { judge } from '../judge.ts'

const tables = loadTables()
/** The root of these tests is a public one here. LEAF is valid from January to April 2025. */
const certificates = openCertificates([pemOf(ROOT)])

function judged(json: Json, change: (row: Observation) => Observation = (row) => row): Verdict {
  const decoded = decodeMeasurement(json)
  if (decoded.kind === 'aside') return assert.fail(decoded.reason)
  return judge(decoded.head, observe(decoded, certificates).map(change), tables)
}

const refused = (options: WebOptions & { word?: string }): Json =>
  webMeasurement({ tls: options.word ?? 'ssl_invalid_certificate', ...options })
const at = (startedAt: string, report = startedAt, extra: Json = {}): Pick<WebOptions, 'startedAt' | 'root'> => ({
  startedAt,
  root: { report_id: `${report.replace(/[- :]/g, '').replace(/^(\d{8})/, '$1T')}Z_test_KZ_64500_n1_x`, ...extra },
})
const AFTER = '2025-05-01 10:00:00'
const WITHIN = '2025-03-01 10:00:00'
/** The issuer of the leaf takes the name of a public authority. */
const fromPublicIssuer = (row: Observation): Observation =>
  row.kind !== 'tls'
    ? row
    : { ...row, certificates: row.certificates.map((one) => ({ ...one, issuerOrganisation: 'DigiCert Inc' })) }

describe('a refused certificate of the right name', () => {
  it('that only expired is no interference, though the control gets a valid one', () => {
    const verdict = judged(refused({ ...at(AFTER), certificates: [LEAF, INTERMEDIATE] }))
    assert.deepEqual(
      [verdict.kind, verdict.rule, verdict.mechanism],
      ['inconclusive', 'tls.certificate-expired-here', 'fault.service'],
    )
  })

  it('that only expired and came without its chain is none either, if a public authority issued it', () => {
    const alone = refused({ ...at(AFTER), certificates: [LEAF] })
    assert.equal(judged(alone, fromPublicIssuer).rule, 'tls.certificate-expired-here')
    assert.equal(judged(alone).rule, 'tls.certificate-refused')
  })

  it('that is in date and of an unknown authority is interference', () => {
    const forged = refused({
      ...at(WITHIN),
      word: 'ssl_unknown_authority',
      certificates: [FORGED_LEAF, FORGED_INTERMEDIATE],
    })
    assert.deepEqual([judged(forged).kind, judged(forged).log10Lr], ['interfered', 1.5])
  })

  it('that expired and carries the signature of another key than its issuer’s is interference', () => {
    const forged = refused({ ...at(AFTER), certificates: [FORGED_LEAF, INTERMEDIATE] })
    assert.equal(judged(forged, fromPublicIssuer).kind, 'interfered')
  })

  it('at an address of another network shows the service’s own server, if it only expired', () => {
    const foreign = '185.60.1.1'
    const options = (chain: readonly string[]): Json =>
      refused({
        ...at(AFTER),
        addresses: [foreign],
        certificates: chain,
        testKeys: { queries: [query('www.example.com', [foreign], { asn: 64499 })] },
        control: {
          tcp_connect: { '93.184.215.14:443': { status: true, failure: null } },
          tls_handshake: { '93.184.215.14:443': { server_name: 'www.example.com', status: true, failure: null } },
          ip_info: { '93.184.215.14': { asn: 15133, flags: 11 } },
        },
      })
    assert.equal(judged(options([LEAF, INTERMEDIATE])).rule, 'tls.certificate-expired-here')
    assert.equal(judged(options([FORGED_LEAF, FORGED_INTERMEDIATE])).rule, 'dns.unmatched-refused')
  })
})

describe('a refused certificate that a filter of the owner issued', () => {
  const issuedBy =
    (issuerName: string) =>
    (row: Observation): Observation =>
      row.kind !== 'tls' ? row : { ...row, certificates: row.certificates.map((one) => ({ ...one, issuerName })) }
  const forged = refused({ ...at(WITHIN), word: 'ssl_unknown_authority', certificates: [FORGED_LEAF] })

  it('on the device itself is no interference', () => {
    const verdict = judged(forged, issuedBy('Kaspersky Anti-Virus Personal Root Certificate'))
    assert.deepEqual(
      [verdict.kind, verdict.rule, verdict.mechanism],
      ['inconclusive', 'http.own-filter', 'fault.client'],
    )
  })

  it('on the line of a company or of a provider is halved', () => {
    const verdict = judged(forged, issuedBy('FortiGate CA'))
    assert.deepEqual([verdict.kind, verdict.log10Lr], ['interfered', 0.75])
  })
})

describe('a refused certificate of which nothing was recorded', () => {
  it('is halved', () => {
    const verdict = judged(refused({ ...at(WITHIN), word: 'ssl_unknown_authority' }))
    assert.deepEqual([verdict.kind, verdict.log10Lr], ['interfered', 0.75])
    assert.ok(verdict.grounds.some(({ fact, values }) => fact === 'ratio.halved' && values['why'] === 'no-certificate'))
  })
})

describe('a refused certificate that cannot be read', () => {
  const expired = refused({ ...at(AFTER), certificates: [LEAF, INTERMEDIATE] })
  const withChain = (json: Json, chain: readonly unknown[]): Json => {
    const keys = json['test_keys'] as Record<string, Json[]>
    const handshakes = (keys['tls_handshakes'] ?? []).map((row) => ({ ...row, peer_certificates: chain }))
    return { ...json, test_keys: { ...keys, tls_handshakes: handshakes } }
  }

  it('is no other certificate: the genuine chain that only expired does not become interference', () => {
    for (const unread of [7, '', 'AAAA', { data: 7 }]) {
      const verdict = judged(withChain(expired, [unread, { data: INTERMEDIATE, format: 'base64' }]))
      assert.deepEqual([verdict.kind, verdict.log10Lr], ['inconclusive', 0], JSON.stringify(unread))
    }
  })

  it('is none at an address of another network either', () => {
    const foreign = '185.60.1.1'
    const made = refused({
      ...at(AFTER),
      addresses: [foreign],
      certificates: [LEAF, INTERMEDIATE],
      testKeys: { queries: [query('www.example.com', [foreign], { asn: 64499 })] },
      control: {
        tcp_connect: { '93.184.215.14:443': { status: true, failure: null } },
        tls_handshake: { '93.184.215.14:443': { server_name: 'www.example.com', status: true, failure: null } },
        ip_info: { '93.184.215.14': { asn: 15133, flags: 11 } },
      },
    })
    assert.equal(judged(withChain(made, [7, { data: INTERMEDIATE, format: 'base64' }])).kind, 'inconclusive')
  })

  it('is halved, if the server’s own was left out and only an authority is in the chain', () => {
    const verdict = judged(withChain(expired, [{ data: INTERMEDIATE, format: 'base64' }]))
    assert.deepEqual([verdict.kind, verdict.log10Lr], ['interfered', 0.75])
  })
})

describe('the clock is named before a certificate', () => {
  const rules = (json: Json): readonly unknown[] => [judged(json).kind, judged(json).rule, judged(json).mechanism]
  const CLOCK = ['inconclusive', 'tls.clock', 'fault.client']

  it('where it expired by the stated start, and is valid at the time that the server gave', () => {
    assert.deepEqual(rules(refused({ ...at(AFTER, WITHIN), certificates: [LEAF, INTERMEDIATE] })), CLOCK)
  })

  it('where it is not valid yet at the stated start', () => {
    assert.deepEqual(rules(refused({ ...at('2024-12-01 10:00:00'), certificates: [LEAF, INTERMEDIATE] })), CLOCK)
  })

  it('where nothing of it was recorded, and the times of the measurement contradict each other', () => {
    assert.deepEqual(rules(refused(at(AFTER, WITHIN))), CLOCK)
    assert.deepEqual(rules(refused(at(WITHIN, '2026-03-01 10:00:00'))), CLOCK)
    assert.deepEqual(rules(refused(at(WITHIN, WITHIN, { test_start_time: '2019-03-01 10:00:00' }))), CLOCK)
    assert.deepEqual(rules(refused(at(WITHIN, WITHIN, { measurement_uid: '20250101000000.000001_KZ_w_0' }))), CLOCK)
  })

  it('but not where they agree, or a result was sent weeks later', () => {
    for (const report of ['2025-02-28 10:00:00', '2025-04-10 10:00:00'])
      assert.equal(judged(refused(at(WITHIN, report))).kind, 'interfered')
  })

  it('and not where another authority issued it', () => {
    const forged = [FORGED_LEAF, FORGED_INTERMEDIATE]
    assert.equal(judged(refused({ ...at(AFTER, WITHIN), certificates: forged })).rule, 'tls.certificate-refused')
  })
})

describe('a messenger’s host that shows a valid certificate of another owner', () => {
  const CHAT = 'chat.signal.org'
  const STRANGE = '203.0.114.7'
  const FORGED = ['interfered', 'dns.unmatched-refused', 0.75]
  /** `address` answers for one host of four, with the certificate of www.example.com. */
  const signal = (address: string, word = 'ssl_invalid_hostname', chain = [LEAF, INTERMEDIATE]): Json => {
    const made = signalMeasurement({ failures: { [CHAT]: word }, startedAt: WITHIN })
    const keys = made['test_keys'] as Record<string, Json[]>
    const others = (key: string, host: string): Json[] => (keys[key] ?? []).filter((row) => row[host] !== CHAT)
    const strange = query(CHAT, [address], { asn: address === STRANGE ? 64499 : 16509 })
    return {
      ...made,
      test_keys: {
        ...keys,
        queries: [...others('queries', 'hostname'), strange],
        tcp_connect: [...(keys['tcp_connect'] ?? []), connect(address, 443)],
        tls_handshakes: [
          ...others('tls_handshakes', 'server_name'),
          handshake(`${address}:443`, CHAT, { failure: word, certificates: chain }),
        ],
      },
    }
  }

  it('at an address in no network of a sibling is interference, halved', () => {
    const verdict = judged(signal(STRANGE))
    assert.deepEqual([verdict.kind, verdict.rule, verdict.log10Lr], FORGED)
    assert.deepEqual([verdict.layer, verdict.mechanism], ['dns', 'dns.forged'])
  })

  it('in the network of a sibling that passes is inconclusive: a server of the service may be set up wrongly', () => {
    assert.equal(judged(signal('13.248.212.9')).kind, 'inconclusive')
  })

  it('at an address of which no network is known is inconclusive', () => {
    const made = signal(STRANGE)
    const keys = made['test_keys'] as Record<string, Json[]>
    const queries = (change: (row: Json) => Json): Json => ({
      ...made,
      test_keys: { ...keys, queries: (keys['queries'] ?? []).map(change) },
    })
    const withoutNetwork = (row: Json): Json => ({
      ...row,
      answers: (row['answers'] as Json[]).map(({ asn: _asn, ...answer }) => answer),
    })
    assert.equal(judged(queries((row) => (row['hostname'] === CHAT ? withoutNetwork(row) : row))).kind, 'inconclusive')
    assert.equal(judged(queries((row) => (row['hostname'] === CHAT ? row : withoutNetwork(row)))).kind, 'inconclusive')
    assert.equal(
      judged(queries((row) => (row['hostname'] === 'cdsi.signal.org' ? withoutNetwork(row) : row))).kind,
      'inconclusive',
    )
  })

  it('of an unknown authority is inconclusive: it may be a new one of the service’s own', () => {
    assert.equal(
      judged(signal(STRANGE, 'ssl_unknown_authority', [FORGED_LEAF, FORGED_INTERMEDIATE])).kind,
      'inconclusive',
    )
  })

  it('without the sibling that passed is inconclusive', () => {
    const made = signal(STRANGE)
    const keys = made['test_keys'] as Record<string, Json[]>
    const only = (key: string, host: string): Json[] => (keys[key] ?? []).filter((row) => row[host] === CHAT)
    const alone = {
      ...keys,
      queries: only('queries', 'hostname'),
      tls_handshakes: only('tls_handshakes', 'server_name'),
      requests: [],
    }
    assert.equal(judged({ ...made, test_keys: alone }).kind, 'inconclusive')
  })

  /** The refused handshakes show a certificate of these names, else changed. */
  const showing =
    (names: readonly string[], changed: Json = {}) =>
    (row: Observation): Observation =>
      row.kind === 'tls' && row.failure !== undefined
        ? { ...row, ...changed, certificates: row.certificates.map((one) => ({ ...one, names, ...changed })) }
        : row

  it('is interference if the owner is a listed service of another company, or its root is no longer pinned', () => {
    for (const change of [
      showing(['*.facebook.com', '*.whatsapp.net']),
      showing(['www.example.net'], { chain: 'unanchored', issuerOrganisation: "Let's Encrypt" }),
      showing(['www.example.net'], { chain: 'expired' }),
    ]) {
      const verdict = judged(signal(STRANGE), change)
      assert.deepEqual([verdict.kind, verdict.rule, verdict.log10Lr], FORGED)
    }
  })

  it('is inconclusive if the service, a delivery network’s default or a filter may explain it', () => {
    for (const change of [
      showing(['*.signal.org']),
      showing(['*.cloudfront.net', 'www.example.net']),
      showing(['*.us-east-1.elb.amazonaws.com']),
      showing(['*.google.com']),
      showing(['*.edgekey.net']),
      showing(['invalid2.invalid']),
      showing(['TRAEFIK DEFAULT CERT']),
      showing(['www.example.net'], { chain: 'unanchored', issuerOrganisation: 'Example Company' }),
      showing(['www.example.net'], { issuerName: 'Cisco Umbrella Secondary SubCA' }),
    ])
      assert.equal(judged(signal(STRANGE), change).kind, 'inconclusive')
  })

  it('is inconclusive in the network of a provider that serves sites of others, not in one of its own services', () => {
    const inNetwork = (asn: number): Json => {
      const made = signal(STRANGE)
      const keys = made['test_keys'] as Record<string, Json[]>
      const others = (keys['queries'] ?? []).filter((row) => row['hostname'] !== CHAT)
      return { ...made, test_keys: { ...keys, queries: [...others, query(CHAT, [STRANGE], { asn })] } }
    }
    for (const asn of [13335, 20940, 54113, 8075]) assert.equal(judged(inNetwork(asn)).kind, 'inconclusive')
    for (const asn of [32934, 13414]) assert.equal(judged(inNetwork(asn)).rule, 'dns.unmatched-refused')
  })

  it('is reachable if the host moved to a network whose certificate has its name', () => {
    const moved = signal(STRANGE)
    const keys = moved['test_keys'] as Record<string, Json[]>
    const requests = (keys['requests'] ?? []).map((row) => ({ ...row, failure: null }))
    const handshakes = (keys['tls_handshakes'] ?? []).map((row) => ({ ...row, failure: null }))
    assert.equal(judged({ ...moved, test_keys: { ...keys, requests, tls_handshakes: handshakes } }).kind, 'reachable')
  })

  /** Another messenger's host is answered with STRANGE. */
  const astray = (made: Json, host: string): Json => {
    const keys = made['test_keys'] as Record<string, Json[]>
    const others = (key: string, name: string): Json[] => (keys[key] ?? []).filter((row) => row[name] !== host)
    const failure = 'ssl_invalid_hostname'
    return {
      ...made,
      test_keys: {
        ...keys,
        queries: [...others('queries', 'hostname'), query(host, [STRANGE], { asn: 64499 })],
        tcp_connect: [...(keys['tcp_connect'] ?? []), connect(STRANGE, 443)],
        tls_handshakes: [
          ...others('tls_handshakes', 'server_name'),
          handshake(`${STRANGE}:443`, host, { failure, certificates: [LEAF, INTERMEDIATE] }),
        ],
      },
    }
  }

  it('is interference in WhatsApp, but not if the certificate is of the same owner', () => {
    const host = 'v.whatsapp.net'
    const made = astray(whatsappMeasurement({ failures: { [host]: 'ssl_invalid_hostname' }, startedAt: WITHIN }), host)
    assert.deepEqual([judged(made).kind, judged(made).rule], FORGED.slice(0, 2))
    assert.equal(judged(made, showing(['*.facebook.com'])).kind, 'inconclusive')
  })

  it('is interference in Telegram if its data centres answer in their protocol, but not if they send to a page', () => {
    const web = telegramMeasurement({ web: 'ssl_invalid_hostname', startedAt: WITHIN })
    const made = astray(web, 'web.telegram.org')
    assert.deepEqual([judged(made).kind, judged(made).rule], FORGED.slice(0, 2))
    const portal = (row: Observation): Observation =>
      row.kind === 'http' && row.status !== undefined ? { ...row, status: 302 } : row
    assert.equal(judged(made, portal).kind, 'inconclusive')
  })

  it('of every name at once is inconclusive: a sign-in page answers so', () => {
    const made = signal(STRANGE)
    const portal = (row: Observation): Observation =>
      row.kind === 'tls' || (row.kind === 'http' && row.failure === undefined)
        ? { ...row, failure: { code: 'ssl_invalid_hostname' } as NonNullable<Observation['failure']> }
        : row
    assert.equal(judged(made, portal).kind, 'inconclusive')
  })
})
