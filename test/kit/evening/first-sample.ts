import { createHash } from 'node:crypto'
import { defined } from '../../../src/core/model/defined.ts'
import { DAY_MS, HOUR_MS } from '../../../src/core/model/duration.ts'
import type { Names } from '../../../src/core/text/names.ts'
import type { Incident } from '../../../src/core/model/incident/incident.ts'
import {
  instant,
  millis,
  parseAsn,
  parseCountryCode,
  parseInstant,
  parseSha256,
  type Instant,
} from '../../../src/core/model/units.ts'
import type { Kind } from '../../../src/core/model/measured/verdict.ts'
import { createSite } from '../../../src/site/app.ts'
import type { SiteOptions } from '../../../src/site/site-options.ts'
import type { Judged } from '../../../src/store/warehouse/contract.ts'
import { sampleCause, sampleIncident } from './incident-sample.ts'
import { memoryIncidents } from '../stores/memory-incidents.ts'
import { memoryWarehouse } from '../stores/memory-warehouse.ts'
import { sampleOptions } from '../site/site-sample.ts'

// Thirty days of an invented country: six services on sixty networks, evenings of restriction on some of them. Figures
// are made up for tests of pages; they come out of no measurement.

/** 21:10 of an evening in Almaty: what the first screen of the sample takes for now. */
export const FIRST_NOW = parseInstant('2026-03-05T16:10:00Z')

export const OWN = parseAsn(64500)
const SERVICES = [
  ['youtube', 'YouTube'],
  ['facebook', 'Facebook'],
  ['messenger', 'Messenger'],
  ['instagram', 'Instagram'],
  ['whatsapp', 'WhatsApp'],
  ['telegram', 'Telegram'],
  ['signal', 'Signal'],
  ['tiktok', 'TikTok'],
] as const

export const FIRST_NAMES: Names = {
  services: SERVICES.map(([id, name]) => ({ id, name })),
  networkName: (asn) =>
    asn >= 64500 && asn < 64510
      ? ['Example Rail', 'Example Telecom of the Far Steppe', 'Example Wireless', 'Example Fibre', 'Example Campus'][
          asn - 64500
        ]
      : undefined,
}

/** Probes by service (row) and network (column), and what they see now. */
const PLAN: Readonly<Record<string, readonly string[]>> = {
  youtube: ['i14', 'r9', 'i6', 'i7', '?2'],
  whatsapp: ['r14', 'r9', 'r6', 'r7', 'r2'],
  instagram: ['i14', 'r9', '', 'r7', ''],
  telegram: ['r14', 'r9', 'r6', 'u7', 'r2'],
  tiktok: ['r14', 'r9', 'r6', 'r7', ''],
  facebook: ['', 'r8', 'r6', '?4', ''],
  signal: ['r3', 'r2', '', '', ''],
}
const KINDS: Readonly<Record<string, Kind>> = { i: 'interfered', r: 'reachable', u: 'unreachable', '?': 'inconclusive' }

const sha = (text: string) => parseSha256(createHash('sha256').update(text).digest('hex'))

interface Place {
  readonly service: string
  readonly asn: number
  readonly at: Instant
  readonly kind: Kind
  readonly probe?: string
}

function row(place: Place, leafIndex: number): Judged {
  const { service, asn, at, kind, probe } = place
  return {
    leafIndex,
    provenance: {
      id: sha(JSON.stringify(place)),
      receivedAt: instant(at + 9000),
      channel: 'simulator',
      origin: 'sample',
    },
    head: {
      testName: 'kuager',
      testVersion: '1',
      softwareName: 'sample-probe',
      softwareVersion: '1.0.0',
      probeAsn: parseAsn(asn),
      probeCc: parseCountryCode('KZ'),
      startedAt: at,
      simulated: true,
      claim: {},
      ...defined({ probe }),
    },
    service,
    verdict: {
      kind,
      rule: 'sample',
      rulesVersion: 'sample',
      log10Lr: 0,
      layers: [],
      endpoints: { tested: 1, failed: 0 },
      grounds: [],
      missing: [],
    },
    observations: [],
  }
}

/** What the newest hours and the thirty days hold; more networks with a device or two each up to `networks`. */
export function firstRows({ networks = 5 }: { readonly networks?: number } = {}): readonly Judged[] {
  const places: Place[] = []
  for (const [service, columns] of Object.entries(PLAN))
    for (const [column, cell] of columns.entries()) {
      const kind = KINDS[cell.slice(0, 1)]
      const asn = 64500 + column
      if (kind !== undefined)
        for (let probe = 0; probe < Number(cell.slice(1)); probe++)
          places.push({ service, asn, at: instant(FIRST_NOW - (probe + 1) * 60_000), kind, probe: `${asn} ${probe}` })
      places.push(...pastHours(service, asn))
    }
  for (let column = 5; column < networks; column++)
    for (const service of Object.keys(PLAN))
      for (let probe = 0; probe <= column % 3; probe++) {
        const at = instant(FIRST_NOW - (column + probe + 1) * 60_000)
        // Of every fourth network nobody knows who measured.
        const device = column % 4 === 0 ? {} : { probe: `${column} ${probe}` }
        places.push({ service, asn: 64500 + column, at, kind: 'reachable', ...device })
      }
  return places.map(row)
}

/** One measurement an hour, with days and hours left out. */
function pastHours(service: string, asn: number): readonly Place[] {
  const places: Place[] = []
  for (let hour = 4; hour < 30 * 24; hour++) {
    const at = instant(FIRST_NOW - hour * HOUR_MS)
    const day = Math.floor((at + 5 * HOUR_MS) / DAY_MS) - Math.floor((FIRST_NOW + 5 * HOUR_MS) / DAY_MS) + 29
    const local = Math.floor((at + 5 * HOUR_MS) / HOUR_MS) % 24
    const isMissing =
      day === 7 || (day === 8 && local < 13) || (service === 'facebook' && (day < 4 || (day > 20 && day < 26)))
    const isFault = service === 'telegram' && day === 18 && local > 10 && local < 15
    const isUnknown = service === 'whatsapp' && day === 12 && local > 2 && local < 7
    if (!isMissing && !(service === 'facebook' && asn === 64500 && hour < 4))
      places.push({ service, asn, at, kind: isFault ? 'unreachable' : isUnknown ? 'inconclusive' : 'reachable' })
  }
  return places
}

/** An evening of restriction: a day of the thirty, hours of local time, and how sure the start is. */
function evening(
  service: string,
  asn: number,
  when: { readonly day: number; readonly from: number; readonly hours: number; readonly state?: Incident['state'] },
): Incident {
  const midnight = Math.floor((FIRST_NOW + 5 * HOUR_MS) / DAY_MS) * DAY_MS - 5 * HOUR_MS - (29 - when.day) * DAY_MS
  const start = instant(midnight + when.from * HOUR_MS)
  const end = instant(start + when.hours * HOUR_MS)
  const isNow = end > FIRST_NOW
  const near = (at: Instant, minutes: number): Instant => instant(at + minutes * 60_000)
  // Of the evening that the detector dated these have the weight alone: what it found of other times would contradict theirs.
  const { alarm: _alarm, impact: _impact, slowdown: _slowdown, ...weighed } = sampleIncident()
  const id = `${service}-as${asn}-${new Date(start).toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}Z`
  return {
    ...weighed,
    curve: [],
    gaps: [],
    opinions: [],
    measurements: [],
    id,
    service,
    asn: parseAsn(asn),
    state: when.state ?? 'restricted',
    running: isNow,
    revisedAt: FIRST_NOW,
    start: {
      kind: 'dated',
      median: start,
      lo95: near(start, -2),
      hi95: near(start, 7),
      lo50: near(start, -1),
      hi50: near(start, 3),
      bracket: [near(start, -4), near(start, 8)],
    },
    end: isNow
      ? { kind: 'open', bracket: [near(FIRST_NOW, -9), undefined] }
      : {
          kind: 'dated',
          median: end,
          lo95: near(end, -5),
          hi95: near(end, 22),
          lo50: near(end, -2),
          hi50: near(end, 8),
          bracket: [near(end, -4), near(end, 8)],
        },
    ...(when.state === 'throttled' ? { slowdown: { value: 3.1, lo95: 2.4, hi95: 4 } } : {}),
  }
}

/** Incidents of the thirty days, five of them going on. */
export function firstIncidents(): readonly Incident[] {
  const past = (service: string, days: readonly number[], state: Incident['state'], from = 20): readonly Incident[] =>
    days.map((day) => evening(service, OWN, { day, from: from + (day % 3) / 5, hours: 2 + (day % 4) / 3, state }))
  const now = [
    { ...evening('youtube', 64500, { day: 29, from: 20 + 2 / 60, hours: 4 }), probes: 14, probesFailed: 11 },
    { ...evening('youtube', 64503, { day: 29, from: 20 + 5 / 60, hours: 4 }), probes: 7, probesFailed: 7 },
    {
      ...evening('youtube', 64502, { day: 29, from: 20 + 11 / 60, hours: 4, state: 'partly-restricted' }),
      probes: 6,
      probesFailed: 4,
      cause: sampleCause({ word: 'not-determined', log10Lr: 0.8, support: 'weak', grounds: [] }),
    },
    {
      ...evening('instagram', 64500, { day: 29, from: 20 + 31 / 60, hours: 4, state: 'partly-restricted' }),
      probes: 14,
      probesFailed: 5,
      cause: sampleCause({ word: 'not-determined', log10Lr: 1.1, support: 'moderate', grounds: [] }),
    },
    {
      ...evening('tiktok', 64500, { day: 29, from: 19 + 40 / 60, hours: 4, state: 'throttled' }),
      probes: 14,
      probesFailed: 9,
      cause: sampleCause({ word: 'insufficient', log10Lr: 0.4, support: 'none', grounds: [] }),
    },
  ]
  return [
    ...past('youtube', [2, 5, 9, 12, 13, 16, 19, 23, 26], 'restricted'),
    ...past('instagram', [5, 13, 23], 'partly-restricted', 20.3),
    ...past('tiktok', [3, 11, 20, 27, 28], 'throttled', 19),
    ...now,
  ]
}

/** A site over this sample; every visitor is asked, unless `visitor` says otherwise. */
export async function firstSite(
  change: Partial<SiteOptions> & { readonly networks?: number } = {},
): Promise<ReturnType<typeof createSite>> {
  const { networks, ...rest } = change
  return createSite(
    await sampleOptions({
      simulated: true,
      warehouse: memoryWarehouse(firstRows(defined({ networks }))),
      incidents: memoryIncidents(firstIncidents()),
      names: FIRST_NAMES,
      clock: { now: () => instant(FIRST_NOW + HOUR_MS), monotonic: () => millis(0) },
      ...rest,
    }),
  )
}
