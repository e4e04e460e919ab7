import { createHash } from 'node:crypto'
import type { Names } from '../../../src/core/text/names.ts'
import type { CertificateFacts, Observation } from '../../../src/core/model/measured/observation.ts'
import {
  instant,
  millis,
  parseAsn,
  parseCountryCode,
  parseInstant,
  parseSha256,
  seconds,
  type Sha256,
} from '../../../src/core/model/units.ts'
import type { Kind, Verdict } from '../../../src/core/model/measured/verdict.ts'
import { createSite } from '../../../src/site/app.ts'
import type { SiteOptions } from '../../../src/site/site-options.ts'
import type { Archived } from '../../../src/store/archive/contract.ts'
import type { Judged } from '../../../src/store/warehouse/contract.ts'
import { PLAIN_FRAME } from '../../../src/web/html/frame.ts'
import { readSiteAssets } from '../../../src/app/web/assets.ts'
import { methodFigures } from '../../../src/app/observatory/method.ts'
import { memoryIncidents } from '../stores/memory-incidents.ts'
import {
  sampleEpisode,
  sampleEvents,
  sampleReadings,
  sampleRevisions,
  sampleStatements,
} from '../evening/incident-sample.ts'
import { memoryWarehouse } from '../stores/memory-warehouse.ts'
import { eveningRows } from '../evening/sample-evening.ts'

/** The documents of the samples name no person: their public form is themselves. */
export const samplePublicForm: SiteOptions['publicForm'] = async (_id, { measurement, simulated, layout, most }) => {
  const value = JSON.parse(new TextDecoder().decode(measurement.bytes)) as object
  const text = JSON.stringify(simulated ? { simulated, ...value } : value, undefined, layout === 'line' ? undefined : 2)
  const whole = new TextEncoder().encode(`${text}\n`)
  return { kind: 'text', text: whole.slice(0, most), bytes: whole.length }
}

const sha = (text: string): Sha256 => parseSha256(createHash('sha256').update(text).digest('hex'))
const START = parseInstant('2026-03-05T15:02:09Z')

/** Documentation networks with plain names. */
const NETWORKS = new Map([
  [64496, 'Example Mobile'],
  [64497, 'Example Telecom of the Far Steppe and Mountains'],
  [64498, 'Example Wireless'],
  [64499, 'Example Fibre'],
  [64500, 'Example Rail'],
  [64501, 'Example Campus'],
])
export const NAMES: Names = {
  services: [
    ['youtube', 'YouTube'],
    ['facebook', 'Facebook'],
    ['instagram', 'Instagram'],
    ['whatsapp', 'WhatsApp'],
    ['telegram', 'Telegram'],
    ['signal', 'Signal'],
  ].map(([id, name]) => ({ id: id ?? '', name: name ?? '' })),
  networkName: (asn) => NETWORKS.get(asn),
}

const certificate: CertificateFacts = {
  sha256: sha('certificate'),
  sha1: '',
  subjectName: '*.example.org',
  issuerName: 'Example Issuing Authority',
  issuerOrganisation: 'Example Trust',
  issuerCountry: 'ZZ',
  names: ['*.example.org'],
  serial: '01',
  notBefore: parseInstant('2026-01-01'),
  notAfter: parseInstant('2026-12-31'),
  isAuthority: false,
  selfSigned: false,
}

const OPERATIONS: readonly Observation[] = [
  row('dns', 0, { began: 0.01, ended: 0.24, name: 'www.youtube.com' }),
  row('dns', 1, { began: 0.25, ended: 0.31, name: 'example.org' }),
  row('tcp', 0, { began: 0.32, ended: 0.41, name: 'www.youtube.com' }),
  row('tls', 0, { began: 0.42, ended: 0.61, name: 'example.org' }),
  row('tls', 1, { began: 0.9, ended: 10.92, name: 'www.youtube.com', failure: 'generic_timeout_error' }),
]

interface RowDetail {
  readonly began: number
  readonly ended: number
  readonly name: string
  readonly failure?: 'generic_timeout_error'
}

function row(kind: 'dns' | 'tcp' | 'tls', index: number, detail: RowDetail): Observation {
  const base = {
    source: `/test_keys/${{ dns: 'queries', tcp: 'tcp_connect', tls: 'tls_handshakes' }[kind]}/${index}`,
    side: 'probe' as const,
    hop: 0,
    part: 'url',
    startedAt: seconds(detail.began),
    endedAt: seconds(detail.ended),
    ...(detail.failure === undefined ? {} : { failure: { code: detail.failure, raw: detail.failure } }),
    name: detail.name,
  }
  const endpoint = { address: '192.0.2.10', port: 443, family: 4 as const, origin: 'system' as const }
  switch (kind) {
    case 'dns':
      return {
        ...base,
        kind,
        queryType: 'A',
        resolver: 'system',
        answers: [{ family: 4, address: '192.0.2.10' }],
        canonicalNames: [],
        duplicate: false,
      }
    case 'tcp':
      return { ...base, ...endpoint, kind }
    case 'tls': {
      const failed = detail.failure !== undefined
      return {
        ...base,
        ...endpoint,
        kind,
        role: failed ? 'target' : 'innocent',
        certificates: failed ? [] : [certificate],
        chain: failed ? 'none' : 'trusted',
        verified: !failed,
        ...(failed ? {} : { nameMatches: true }),
      }
    }
  }
}

function verdictOf(kind: Kind): Verdict {
  const base = {
    rule: 'tls.completes',
    rulesVersion: '2026.11.1 sample',
    endpoints: { tested: 1, failed: 0 },
    missing: [],
  }
  const completed = {
    fact: 'tls.completed',
    role: 'decisive',
    layer: 'tls',
    values: { name: 'www.youtube.com', address: '192.0.2.10' },
  } as const
  const silent = {
    fact: 'tls.silent',
    role: 'decisive',
    layer: 'tls',
    source: '/test_keys/tls_handshakes/1',
    values: { name: 'www.youtube.com', address: '192.0.2.10', seconds: 10 },
  } as const
  switch (kind) {
    case 'interfered':
      return {
        ...base,
        kind,
        mechanism: 'tls.timeout.sni',
        layer: 'tls',
        rule: 'tls.silence',
        log10Lr: 1.65,
        endpoints: { tested: 1, failed: 1 },
        layers: [
          { layer: 'dns', state: 'reachable', rule: 'dns.matches', log10Lr: -0.5, hop: 0 },
          { layer: 'tcp', state: 'reachable', rule: 'tcp.connects', log10Lr: -0.3, hop: 0 },
          {
            layer: 'tls',
            state: 'interfered',
            mechanism: 'tls.timeout.sni',
            rule: 'tls.silence',
            log10Lr: 1.65,
            hop: 0,
          },
        ],
        grounds: [
          silent,
          {
            fact: 'tls.innocent-passed',
            role: 'control',
            layer: 'tls',
            source: '/test_keys/tls_handshakes/0',
            values: { name: 'example.org', address: '192.0.2.10', seconds: 0.3 },
          },
          {
            fact: 'dns.matches',
            role: 'context',
            layer: 'dns',
            source: '/test_keys/queries/0',
            values: { name: 'www.youtube.com' },
          },
          { fact: 'provider.exchange-passed', role: 'against', values: { name: 'i.ytimg.example' } },
        ],
        missing: ['second-measurement'],
      }
    case 'inconclusive':
      return {
        ...base,
        kind,
        log10Lr: 0,
        rule: 'tls.no-control',
        layers: [],
        grounds: [{ ...silent, role: 'context' }],
        missing: ['control.tls', 'pair'],
      }
    case 'unreachable':
      return {
        ...base,
        kind,
        layer: 'tls',
        mechanism: 'fault.service',
        log10Lr: 0,
        layers: [],
        grounds: [
          silent,
          {
            fact: 'tls.control-failed',
            role: 'control',
            layer: 'tls',
            values: { name: 'www.youtube.com', failure: 'connection_reset' },
          },
        ],
      }
    case 'reachable':
      return {
        ...base,
        kind,
        log10Lr: -1.08,
        layers: [{ layer: 'tls', state: 'reachable', rule: 'tls.completes', log10Lr: -1.08, hop: 0 }],
        grounds: [completed],
      }
    case 'not-judged':
      return { ...base, kind, rule: 'none', log10Lr: 0, layers: [], grounds: [] }
  }
}

/** Kinds by service (rows) and network (columns): `i` interfered, `r` reachable, `u` unreachable, `?` inconclusive, `.` no data. */
const PLAN: Readonly<Record<string, readonly string[]>> = {
  youtube: ['iiii', 'irrr', 'iirr', 'rrr', '??', 'rr'],
  facebook: ['irrr', 'rr', 'rrr', 'uu', '.', 'r'],
  instagram: ['iirr', 'iiii', '.', 'rrr', 'r', '.'],
  whatsapp: ['rrrr', 'rr', 'rr', 'rrr', 'r', 'r'],
  telegram: ['rr', '?', 'rr', 'u', '.', 'rrr'],
  'web:a-rather-long-name.of-a-site.example.org': ['rr', '.', 'rr', '.', '.', '.'],
}
const LETTERS: Readonly<Record<string, Kind>> = {
  i: 'interfered',
  r: 'reachable',
  u: 'unreachable',
  '?': 'inconclusive',
}

/** Judged measurements of a week on documentation networks. */
export function sampleRows(simulated: boolean): readonly Judged[] {
  const rows: Judged[] = []
  for (const [service, columns] of Object.entries(PLAN))
    for (const [column, letters] of columns.entries())
      for (const [position, letter] of [...letters].entries()) {
        const kind = LETTERS[letter]
        if (kind === undefined) continue
        const at = instant(START - position * 86_400_000 - column * 60_000)
        rows.push({
          provenance: {
            id: sha(`${service} ${column} ${position}`),
            receivedAt: instant(at + 9000),
            channel: simulated ? 'simulator' : 'file',
            origin: 'sample.jsonl',
          },
          leafIndex: rows.length,
          head: {
            testName: 'web_connectivity',
            testVersion: '0.5.28',
            softwareName: 'sample-probe',
            softwareVersion: '1.0.0',
            networkType: 'mobile',
            input: 'https://www.youtube.com/',
            measurementUid: '20260305150209.000000_KZ_webconnectivity_0000000000000000',
            probeAsn: parseAsn(64496 + column),
            probeCc: parseCountryCode('KZ'),
            startedAt: at,
            simulated,
            claim: { accessible: kind === 'reachable', blocking: kind === 'interfered' ? 'http-failure' : false },
          },
          service,
          verdict: verdictOf(kind),
          observations: OPERATIONS,
        })
      }
  return rows
}

/** Id of a measurement of the sample: service, position of its network, days before the last. */
export const sampleId = (service: string, column: number, position: number): Sha256 =>
  sha(`${service} ${column} ${position}`)

/** Id of an erased measurement. */
export const ERASED = sha('erased')

type Change = Partial<SiteOptions> & { readonly simulated?: boolean }

/** A site over the sample. */
export const sampleSite = async (change: Change = {}): Promise<ReturnType<typeof createSite>> =>
  createSite(await sampleOptions(change))

/** What a site of the sample is made over, with real assets and an archive that holds a small JSON for every row. */
export async function sampleOptions(change: Change = {}): Promise<SiteOptions> {
  const rows = sampleRows(change.simulated ?? false)
  const { assets, tag } = await readSiteAssets()
  const byId = new Map(rows.map((one) => [one.provenance.id, one]))
  const stored = memoryWarehouse(rows)
  // The measurements behind the incidents stand apart from the matrix of the sample; most tests never ask for one.
  let evening: ReadonlyMap<Sha256, Judged> | undefined
  const ofEvening = (id: Sha256): Judged | undefined =>
    (evening ??= new Map(eveningRows().map((one) => [one.provenance.id, one]))).get(id)
  return {
    warehouse: {
      ...stored,
      measurement: async (id) => (await stored.measurement(id)) ?? ofEvening(id),
      readings: async (service, asn, { since, until }) =>
        sampleReadings(service, asn).filter(({ at }) => at >= since && at < until),
    },
    incidents: memoryIncidents(
      sampleRevisions().map((one) => ({ ...one, simulated: change.simulated ?? false })),
      [sampleEpisode],
    ),
    record: { events: sampleEvents, statements: sampleStatements, simulated: change.simulated ?? false },
    archive: {
      read: async (id): Promise<Archived | undefined> => {
        if (id === ERASED)
          return { kind: 'erased', leafIndex: 7, erasedAt: START, reason: 'right of a person, a@b.example' }
        const found = byId.get(id) ?? ofEvening(id)
        if (found === undefined) return undefined
        const bytes = new TextEncoder().encode(
          JSON.stringify({
            test_name: found.head.testName,
            input: '</pre><script>alert(1)</script>',
            probe_ip: '127.0.0.1',
          }),
        )
        return {
          kind: 'blob',
          leafIndex: found.leafIndex,
          provenance: found.provenance,
          salt: new Uint8Array(16),
          bytes,
        }
      },
    },
    names: NAMES,
    publicForm: samplePublicForm,
    assets,
    frame: { ...PLAIN_FRAME, assets: tag },
    method: methodFigures(),
    clock: { now: () => instant(START + 3_600_000), monotonic: () => millis(0) },
    log: {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (fields) => {
        throw fields['error']
      },
    },
    ...change,
  }
}
