import { createHash } from 'node:crypto'
import { CAUSES, type Cause, type CauseFinding, type WeighedItem } from '../../src/model/cause.ts'
import type { Edge, Episode, Incident } from '../../src/model/incident.ts'
import type { Reading } from '../../src/model/reading.ts'
import type { OutsideEvent, Source, Statement } from '../../src/model/record.ts'
import { instant, parseAsn, parseInstant, parseSha256, type Instant, type Sha256 } from '../../src/model/units.ts'

// An evening on an invented network: YouTube fails from 20:02 (20:00 to 20:09) to 22:04 (22:01 to 22:20), local time.
// Figures are made up for tests of pages; they come out of no measurement and out of no method.

const MINUTE = 60_000
const sha = (text: string): Sha256 => parseSha256(createHash('sha256').update(text).digest('hex'))
const at = (clock: string): Instant => parseInstant(`2026-03-05T${clock}Z`)

const START: Edge = {
  kind: 'dated',
  median: at('15:02:00'),
  lo50: at('15:01:00'),
  hi50: at('15:05:00'),
  lo95: at('15:00:00'),
  hi95: at('15:09:00'),
  bracket: [at('14:58:30'), at('15:02:09')],
  flatMedian: at('15:02:30'),
}
const END: Edge = {
  kind: 'dated',
  median: at('17:04:00'),
  lo50: at('17:02:00'),
  hi50: at('17:09:00'),
  lo95: at('17:01:00'),
  hi95: at('17:20:00'),
  bracket: [at('17:00:40'), at('17:07:10')],
}

const PROBES = 14
const AFFECTED = 11

/** Readings of the evening, from 19:00 to 23:10 local time: one a quarter of an hour and probe, a few missing. */
export function sampleReadings(): readonly Reading[] {
  const readings: Reading[] = []
  for (let probe = 0; probe < PROBES; probe++)
    for (let turn = 0; turn < 17; turn++) {
      const time = instant(at('14:00:00') + (turn * 15 + ((probe * 4 + turn * 3) % 13)) * MINUTE)
      if ((probe * 7 + turn * 5) % 23 === 0 || (probe === 5 && turn > 6 && turn < 11)) continue
      const inside = time >= at('15:02:00') && time < at('17:04:00')
      const failed = inside && probe < AFFECTED
      const controlFailed = (probe * 11 + turn * 3) % 37 === 0
      readings.push({
        at: time,
        probe: `probe-${String(probe).padStart(2, '0')}`,
        target: failed ? 'fail' : 'ok',
        control: controlFailed ? 'fail' : 'ok',
        canary: 'ok',
        artefact: false,
        scheduled: true,
        ...(failed ? { mechanism: 'tls.timeout.sni' as const } : {}),
        id: sha(`reading ${probe} ${turn}`),
      })
    }
  return readings.toSorted((a, b) => a.at - b.at)
}

const weighed = (
  item: string,
  outcome: string,
  figures: { readonly adds: number; readonly k?: number; readonly n?: number },
): WeighedItem =>
  ({
    item,
    outcome,
    log10Lr: figures.adds,
    alone: { log10Lr: figures.adds * 1.1, lo95: figures.adds * 1.1 - 0.35, hi95: figures.adds * 1.1 + 0.3 },
    count: { k: figures.k ?? 0, n: figures.n ?? 0, probes: figures.n === undefined ? 0 : AFFECTED },
    source: 'sample',
  }) as WeighedItem

const ITEMS: readonly WeighedItem[] = [
  weighed('pair', 'fail-pass', { adds: 1.35, k: 41, n: 46 }),
  weighed('stage', 'tls-silence-reset', { adds: 1.1, k: 41, n: 41 }),
  weighed('abroad', 'passes', { adds: 0.7, k: 32, n: 32 }),
  weighed('canary', 'passes', { adds: 0.25, k: 309, n: 312 }),
  weighed('line', 'several', { adds: 0.2, k: 11, n: 14 }),
  weighed('onset', 'sharp', { adds: 0.1 }),
  weighed('unrelated', 'no', { adds: 0.01 }),
  weighed('artefact', 'none', { adds: -0.16, k: 41, n: 41 }),
  weighed('other-countries', 'fails', { adds: -0.27, k: 3, n: 3 }),
]

/** A weight of evidence for the sample; the items sum to the total. */
export function sampleCause(change: Partial<CauseFinding> = {}): CauseFinding {
  const weights = CAUSES.map((cause) => (cause === 'name-block' ? 100 : 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    word: 'blocking',
    log10Lr: ITEMS.reduce((sum, item) => sum + item.log10Lr, 0),
    lo95: 2.6,
    hi95: 3.8,
    support: 'strong',
    items: ITEMS,
    leading: 'name-block',
    rival: { cause: 'one-name-at-edge', log10Lr: 1.9 },
    posterior: Object.fromEntries(CAUSES.map((cause, index) => [cause, (weights[index] ?? 0) / total])) as Record<
      Cause,
      number
    >,
    grounds: ['discordant-pair'],
    unseen: [
      {
        item: 'ttl',
        after: [
          { outcome: 'in-country', log10Lr: 4.3, word: 'blocking' },
          { outcome: 'endpoint', log10Lr: 2.1, word: 'blocking' },
          { outcome: 'premises', log10Lr: 0.9, word: 'not-determined' },
        ],
      },
      {
        item: 'vpn',
        after: [
          { outcome: 'cures', log10Lr: 3.5, word: 'blocking' },
          { outcome: 'no', log10Lr: 2.4, word: 'blocking' },
        ],
      },
      {
        item: 'ipv6',
        after: [
          { outcome: 'only', log10Lr: 1.1, word: 'not-determined' },
          { outcome: 'no', log10Lr: 3.4, word: 'blocking' },
        ],
      },
    ],
    table: sha('table'),
    ...change,
  }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const curve = (): Incident['curve'] =>
  Array.from({ length: 51 }, (_, index) => {
    const time = at('14:00:00') + index * 5 * MINUTE
    const p = sigmoid((time - at('15:02:00')) / (2.5 * MINUTE)) * sigmoid((at('17:06:00') - time) / (4 * MINUTE))
    return { at: instant(time), p: Math.min(0.998, Math.max(0.002, p)) }
  })

/** The incident of the evening as published, simulated; any part of it may be changed. */
export function sampleIncident(change: Partial<Incident> = {}): Incident {
  const readings = sampleReadings()
  return {
    id: 'youtube-as64500-20260305T1502Z',
    service: 'youtube',
    asn: parseAsn(64500),
    revision: 1,
    revisedAt: at('17:50:00'),
    reason: 'first',
    withdrawn: false,
    simulated: true,
    rulesVersion: 'sample-rules',
    state: 'restricted',
    running: false,
    start: START,
    end: END,
    episodes: 1,
    pOneEpisode: 0.99,
    mechanism: 'tls.timeout.sni',
    probes: PROBES,
    probesFailed: AFFECTED,
    readings: readings.length,
    bursts: readings.length,
    burstsFailed: readings.filter(({ target }) => target === 'fail').length,
    share: { value: 0.94, lo95: 0.86, hi95: 0.98 },
    peak: 0.998,
    curve: curve(),
    gaps: [],
    alarm: { raisedAt: at('15:16:00'), clearedAt: at('17:31:00'), floorMet: true },
    opinions: [
      { method: 'pelt', start: at('15:03:00'), end: at('17:05:00') },
      { method: 'cusum', start: at('15:31:00'), end: at('17:48:00') },
      { method: 'bocpd', start: at('15:04:00'), end: at('17:06:00') },
      { method: 'four-failed', start: at('15:17:00') },
    ],
    seed: 20260305,
    cause: sampleCause(),
    impact: {
      atLeast: 2100,
      atMost: 160_000,
      personHours: { atLeast: 4300, atMost: 330_000 },
      basis: 'thin',
      inputs: [
        { what: 'network-users:AS64500', value: 400_000, source: 'invented', asOf: '2026-01-01' },
        { what: 'service-users:youtube', value: 8_200_000, source: 'invented', asOf: '2026-01-01' },
        { what: 'probes:AS64500', value: 4, source: 'measurements', asOf: '2026-03-05' },
      ],
    },
    measurements: readings
      .filter((one) => one.at >= at('14:45:00') && one.at < at('17:20:00'))
      .flatMap(({ id }) => (id === undefined ? [] : [id])),
    ...change,
  }
}

const OPEN: Edge = { kind: 'open', bracket: [undefined, at('14:03:00')] }
const RUNNING: Edge = { kind: 'open', bracket: [at('17:55:00'), undefined] }
const NOT_DETERMINED = sampleCause({
  word: 'not-determined',
  log10Lr: 0.8,
  lo95: 0.1,
  hi95: 1.4,
  support: 'weak',
  grounds: [],
})

function withoutImpact(change: Partial<Incident>): Incident {
  const { impact: _, ...rest } = sampleIncident(change)
  return rest
}

/** One incident of each kind that a page words differently, with their ids. */
export const SAMPLE_KINDS = {
  finished: sampleIncident({ episode: 'episode-20260305T1502Z' }),
  running: sampleIncident({
    id: 'instagram-as64497-20260305T1630Z',
    service: 'instagram',
    asn: parseAsn(64497),
    running: true,
    start: {
      ...START,
      median: at('16:30:00'),
      lo95: at('16:21:00'),
      hi95: at('16:34:00'),
      lo50: at('16:27:00'),
      hi50: at('16:31:00'),
      bracket: [at('16:20:00'), at('16:33:00')],
    },
    end: RUNNING,
    probes: 4,
    probesFailed: 4,
    opinions: [],
    measurements: [],
  }),
  openStart: withoutImpact({
    id: 'telegram-as64498-20260305T1403Z',
    service: 'telegram',
    asn: parseAsn(64498),
    start: OPEN,
  }),
  insufficient: sampleIncident({
    id: 'signal-as64499-20260305T1502Z',
    service: 'signal',
    asn: parseAsn(64499),
    state: 'insufficient',
    probes: 1,
    probesFailed: 1,
    cause: sampleCause({ word: 'insufficient', log10Lr: 0.9, support: 'weak', grounds: [] }),
  }),
  withdrawn: sampleIncident({
    id: 'whatsapp-as64500-20260305T1502Z',
    service: 'whatsapp',
    withdrawn: true,
    revision: 2,
    revisedAt: at('18:20:00'),
    reason: 'withdrawn',
  }),
  partly: sampleIncident({
    id: 'facebook-as64496-20260305T1502Z',
    service: 'facebook',
    asn: parseAsn(64496),
    state: 'partly-restricted',
    probesFailed: 9,
    share: { value: 0.43, lo95: 0.31, hi95: 0.56 },
    pOneEpisode: 0.7,
    episodes: 2,
    gaps: [{ from: at('15:50:00'), until: at('16:37:00'), couldHideMinutes: 40 }],
    cause: NOT_DETERMINED,
    episode: 'episode-20260305T1502Z',
  }),
  throttled: sampleIncident({
    id: 'youtube-as64498-20260305T1502Z',
    asn: parseAsn(64498),
    state: 'throttled',
    slowdown: { value: 3.1, lo95: 2.4, hi95: 4 },
    cause: sampleCause({ word: 'fault', log10Lr: -1.6, lo95: -2.2, hi95: -1, support: 'moderate', grounds: [] }),
  }),
} satisfies Record<string, Incident>

/** Every revision of the sample: the evening was corrected once, another incident was withdrawn. */
export const sampleRevisions = (): readonly Incident[] => [
  ...Object.values(SAMPLE_KINDS),
  { ...SAMPLE_KINDS.withdrawn, withdrawn: false, revision: 1, revisedAt: at('17:50:00'), reason: 'first' },
  {
    ...SAMPLE_KINDS.finished,
    revision: 2,
    revisedAt: at('19:05:00'),
    reason: 'late-data',
    start: { ...START, hi95: at('15:09:00') },
  },
]

export const sampleEpisode: Episode = {
  id: 'episode-20260305T1502Z',
  incidents: [SAMPLE_KINDS.finished.id, SAMPLE_KINDS.partly.id],
  services: ['youtube', 'facebook'],
  asns: [parseAsn(64500), parseAsn(64496)],
  start: START,
  end: END,
  mechanism: 'tls.timeout.sni',
  rule: { services: ['youtube', 'facebook'], asns: [parseAsn(64500), parseAsn(64496)], exact: false },
}

const words = (kk: string, ru: string, en: string): { kk: string; ru: string; en: string } => ({ kk, ru, en })
const source: Source = { title: 'sample', published: '2026-03-05', checked: true }

/** A livestream and three statements of the evening, invented. */
export const sampleEvents: readonly OutsideEvent[] = [
  {
    id: 'sample-livestream',
    kind: 'livestream',
    label: words('Тікелей эфир', 'Прямой эфир', 'Livestream'),
    start: '2026-03-05T15:00:00Z',
    end: '2026-03-05T16:30:00Z',
    source,
  },
]
export const sampleStatements: readonly Statement[] = [
  {
    id: 'sample-user',
    at: '2026-03-05T15:15:00Z',
    speaker: 'user',
    who: words('Пайдаланушы', 'Пользователь', 'A user'),
    summary: words('VPN арқылы ашылады.', 'Через VPN открывается.', 'It opens through a VPN.'),
    source,
    claims: [],
  },
  {
    id: 'sample-operator',
    at: '2026-03-05T16:20:00Z',
    speaker: 'operator',
    who: words('Үлгі 1, баспасөз қызметі', 'Пример 1, пресс-служба', 'Example 1, press office'),
    quote: { lang: 'ru', text: 'В сети произошёл технический сбой.' },
    summary: words('Желіде техникалық ақау болды.', 'В сети был технический сбой.', 'There was a technical fault.'),
    source: { ...source, checked: false },
    claims: [],
  },
]
