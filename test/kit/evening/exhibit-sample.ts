import { createHash } from 'node:crypto'
import type { ExhibitFinding } from '../../../src/casework/exhibit/finding.ts'
import type { BundleMeasurement } from '../../../src/core/model/incident/bundle.ts'
import { parseInstant } from '../../../src/core/model/units.ts'
import { sampleIncident, sampleReadings } from './incident-sample.ts'

const hex = (name: 'sha256' | 'sha512', text: string): string => createHash(name).update(text).digest('hex')

const measurements: readonly BundleMeasurement[] = Array.from({ length: 420 }, (_, at) => ({
  leaf: 1000 + at,
  id: at === 7 ? null : hex('sha256', `measurement ${at}`),
  received_at_utc: at === 7 ? null : '2026-03-05T15:20:00Z',
  channel: at === 7 ? null : 'collector',
  origin: at === 7 ? null : 'known',
  role: at < 230 ? 'series' : at < 330 ? 'comparison' : at < 400 ? 'same-service' : 'apart',
  state: at === 7 ? 'erased' : 'held',
}))

const PATHS = [
  'bundle.json',
  'measurements.jsonl',
  'verdicts.jsonl',
  'observations.jsonl',
  'incident.json',
  'derivation.json',
  'redactions.json',
  'program.json',
  'VERIFY.md',
  'VERIFY.html',
  'ro-crate-metadata.json',
  'tables/causes.json',
  'tables/services.json',
  'tables/networks.json',
  'log/checkpoint',
  'log/keys.txt',
  'log/policy.txt',
]

/** What an exhibit says of the invented evening of incident-sample.ts; any part of it may be changed. */
export const sampleFinding = (change: Partial<ExhibitFinding> = {}): ExhibitFinding => ({
  id: 'kuager-youtube-as64500-20260305t1502z-r1',
  madeAt: parseInstant('2026-03-06T09:00:00Z'),
  incident: sampleIncident(),
  revisions: [sampleIncident()],
  review: { standing: 'none', acts: [] },
  serviceName: 'YouTube',
  networkName: 'Example Rail',
  readings: sampleReadings(),
  measurements,
  targets: ['www.youtube.com', 'youtubei.googleapis.com', '198.51.100.7:443'],
  software: [
    { name: 'kuager-probe 0.1.0', count: 380 },
    { name: 'ooniprobe-cli 3.24.0', count: 39 },
  ],
  compared: [
    { kind: 'network', name: 'Example Field (AS64496)', devices: 9, measured: 88, failed: 41 },
    { kind: 'network', name: 'Example Hill (AS64497)', devices: 5, measured: 51, failed: 0 },
    { kind: 'comparison', name: 'example.org', devices: 14, measured: 102, failed: 1 },
    { kind: 'service', name: 'Telegram', devices: 14, measured: 97, failed: 0 },
  ],
  operator: {
    name: { kk: 'Үлгі обсерватория', ru: 'Образцовая обсерватория', en: 'Sample observatory' },
    seat: { kk: 'Тіркелмеген', ru: 'Не зарегистрирована', en: 'Not registered' },
    funders: [{ name: { kk: 'Үлгі қор', ru: 'Образцовый фонд', en: 'Sample fund' }, since: '2026' }],
    interests: [],
    contacts: [{ kind: 'web', value: 'https://observatory.example' }],
    confirmed: '2026-03-01',
  },
  program: {
    version: '0.1.0',
    source_sha256: hex('sha256', 'source'),
    node: '24.21.0',
    rules: '2026.11.30',
    detection: '2026.11.3',
  },
  log: {
    origin: 'log.observatory.example/simulated',
    size: 1450,
    keys: ['log.observatory.example/simulated+f301a76d+AahMdhK8zu2Heur/927+E4zvFgYYIXmC2diiK/j8L43Y'],
    stamps: [{ authority: 'tsa.example', at: parseInstant('2026-03-05T18:00:04Z') }],
    witnesses: ['witness.example/w1'],
    custodyEvents: 3,
  },
  redactions: {
    public_form: 2,
    fields: [
      { what: 'probe_ip', why: 'address', measurements: 419 },
      { what: 'test_keys.client_resolver', why: 'resolver', measurements: 212 },
    ],
    erased: [{ leaf: 1007, at_utc: '2026-03-06T08:00:00Z', reason: 'the owner of the device asked for it' }],
    form_changed: [],
  },
  rederived: 'same',
  annexes: [
    ...PATHS.map((path) => ({ path: `data/${path}`, sha512: hex('sha512', path) })),
    ...measurements
      .filter(({ state }) => state === 'held')
      .map(({ leaf }) => ({ path: `data/raw/${leaf}.json`, sha512: hex('sha512', String(leaf)), leaf })),
    { path: 'data/revisions/1440.json', sha512: hex('sha512', '1440'), leaf: 1440 },
    ...[1441, 1442, 1443].map((leaf) => ({
      path: `data/custody/${leaf}.json`,
      sha512: hex('sha512', `custody ${leaf}`),
      leaf,
    })),
  ],
  code: 'K7QM-4T2X',
  ...change,
})
