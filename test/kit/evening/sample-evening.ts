import { createHash } from 'node:crypto'
import { createRandom } from '../../../src/core/detect/chain/random.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/model/duration.ts'
import type { Reading } from '../../../src/core/model/measured/reading.ts'
import { instant, parseInstant, parseSha256, type Instant, type Sha256 } from '../../../src/core/model/units.ts'
import type { Verdict } from '../../../src/core/model/measured/verdict.ts'
import type { Judged } from '../../../src/store/warehouse/contract.ts'
import { judged } from '../measured/judged.ts'
import { readingsOf } from '../stores/memory-warehouse.ts'
import { pairRows } from '../measured/pair-rows.ts'

// The measurements behind incident-sample.ts: an evening of six invented networks, minute by minute. What is published of
// it is made by the detector itself (sample-revisions.ts); nothing here is a result.

/** An instant of the evening in UTC, by its clock. */
export const evening = (clock: string): Instant => parseInstant(`2026-03-05T${clock}Z`)

/** What the detector publishes of the evening, a line each. */
export const KEPT = new URL('../../golden/evening.jsonl', import.meta.url)

/** When the measurements of the evening end: what is published of it first is published then. */
export const PUBLISHED = evening('17:50:00')

type Outcome = 'open' | 'shut' | 'slow' | 'line' | 'missing'

/** One series: who measures how often, and what they meet. */
interface Plan {
  readonly service: string
  readonly asn: number
  readonly probes: number
  /** Minutes between two measurements of a probe. */
  readonly every: (probe: number) => number
  readonly since: Instant
  /** One measurement of the first probe is made within the minute that begins here; the others are shifted against it. */
  readonly anchor?: Instant
  readonly meets: (at: Instant, probe: number, draw: number) => Outcome
  /** When a measurement arrived; some seconds after it was made where absent. */
  readonly arrives?: (at: Instant, probe: number) => Instant | undefined
  /**
   * `alone`: without an innocent name on the same address, only the control abroad stands beside it; `crossed`: the name
   * is tried at a foreign server too, and fails there.
   */
  readonly pairs?: 'alone' | 'crossed'
  /** Times of both halves are told: slowness can be seen. */
  readonly timed?: boolean
}

const between =
  (from: string, until: string) =>
  (at: Instant): boolean =>
    at >= evening(from) && at < evening(until)
const shutOn = between('15:02:00', '17:04:00')
const noon = between('07:02:00', '08:47:00')
const NEWER = instant(PUBLISHED - 2 * DAY_MS - 20 * HOUR_MS)
const quarterly = (): number => 15
/** One exchange in a hundred fails with its control: the line of that device. */
const quiet = (draw: number): Outcome => (draw < 0.01 ? 'line' : 'open')
const open = (service: string, asn: number, probes: number): Plan => ({
  service,
  asn,
  probes,
  every: () => 30,
  since: NEWER,
  meets: (_at, _probe, draw) => quiet(draw),
})

/** Devices of the first series for which it opens. */
const SPARED: ReadonlySet<number> = new Set([4, 8, 12])
/** When three devices of the first series could deliver nothing. */
const held = between('15:40:00', '16:45:00')

const PLANS: readonly Plan[] = [
  {
    // Eleven devices measure each quarter of an hour and are shut out; three measure once an hour, and it opens for them.
    // Of three what they measured while it was shut comes hours later.
    service: 'youtube',
    asn: 64500,
    probes: 14,
    every: (probe) => (SPARED.has(probe) ? 60 : 15),
    since: NEWER,
    meets: (at, probe, draw) => (shutOn(at) && !SPARED.has(probe) ? (draw < 0.03 ? 'open' : 'shut') : quiet(draw)),
    arrives: (at, probe) => (held(at) && probe > 4 && probe < 8 ? evening('20:25:00') : undefined),
    pairs: 'crossed',
  },
  {
    // At noon three devices of one house see it shut; what nineteen others measured arrives late, and it opened for all of them.
    service: 'whatsapp',
    asn: 64500,
    probes: 22,
    every: quarterly,
    since: NEWER,
    meets: (at, probe, draw) => (noon(at) && probe < 3 ? 'shut' : quiet(draw)),
    arrives: (at, probe) => (probe > 2 && at > evening('06:00:00') ? evening('18:12:00') : undefined),
  },
  {
    service: 'instagram',
    asn: 64497,
    probes: 4,
    every: quarterly,
    since: NEWER,
    anchor: evening('16:30:04'),
    meets: (at, _probe, draw) => (at >= evening('16:30:00') ? 'shut' : quiet(draw)),
  },
  {
    service: 'telegram',
    asn: 64498,
    probes: 5,
    every: quarterly,
    since: evening('14:03:00'),
    anchor: evening('14:03:04'),
    meets: (at, _probe, draw) => (at < evening('17:04:00') ? 'shut' : quiet(draw)),
  },
  {
    service: 'telegram',
    asn: 64500,
    probes: 9,
    every: quarterly,
    since: NEWER,
    meets: (at, _probe, draw) => (shutOn(at) ? 'shut' : quiet(draw)),
  },
  {
    service: 'signal',
    asn: 64499,
    probes: 1,
    every: quarterly,
    since: NEWER,
    meets: (at, _probe, draw) => (shutOn(at) ? 'shut' : quiet(draw)),
  },
  {
    // About half of the attempts fail, nobody measures for an hour and a quarter, and no innocent name is tried.
    service: 'facebook',
    asn: 64496,
    probes: 12,
    every: quarterly,
    since: NEWER,
    meets: (at, _probe, draw) =>
      between('15:35:00', '16:50:00')(at)
        ? 'missing'
        : shutOn(at) && (draw < 0.5 || at < evening('15:03:00'))
          ? 'shut'
          : quiet(draw),
    pairs: 'alone',
  },
  {
    service: 'youtube',
    asn: 64498,
    probes: 6,
    every: quarterly,
    since: instant(PUBLISHED - 11 * DAY_MS),
    meets: (at, _probe, draw) => (shutOn(at) ? 'slow' : quiet(draw)),
    timed: true,
  },
  open('youtube', 64496, 5),
  open('youtube', 64499, 4),
  open('facebook', 64500, 9),
  open('wikipedia', 64500, 14),
  open('wikipedia', 64496, 5),
  open('wikipedia', 64497, 4),
  open('wikipedia', 64498, 5),
]

const probeName = (service: string, asn: number, probe: number): string =>
  `probe-${createHash('sha256').update(`${service} ${asn} ${probe}`).digest('hex').slice(0, 8)}`

/** Id of a made measurement. */
const idOf = (plan: Plan, probe: number, turn: number): Sha256 =>
  parseSha256(createHash('sha256').update(`${plan.service} ${plan.asn} ${probe} ${turn}`).digest('hex'))

function rowsOf(plan: Plan, since: Instant = instant(0)): readonly Judged[] {
  const index = PLANS.indexOf(plan)
  const rows: Judged[] = []
  for (let probe = 0; probe < plan.probes; probe++) {
    const every = plan.every(probe) * MINUTE_MS
    const random = createRandom(index * 1000 + probe)
    const phase = ((plan.anchor ?? evening('15:02:04')) + (probe / plan.probes) * every - plan.since) % every
    for (let turn = 0; ; turn++) {
      const at = instant(Math.floor((plan.since + phase + turn * every + random.next() * 50_000) / 1000) * 1000)
      if (at >= PUBLISHED - MINUTE_MS) break
      const outcome = plan.meets(at, probe, random.next())
      const jitter = [random.next(), random.next()] as const
      if (outcome === 'missing' || at < since) continue
      const leafIndex = index * 1_000_000 + probe * 10_000 + turn
      rows.push(rowOf(plan, { at, probe, outcome, jitter, leafIndex, id: idOf(plan, probe, turn) }))
    }
  }
  return rows
}

interface Made {
  readonly at: Instant
  readonly probe: number
  readonly outcome: Exclude<Outcome, 'missing'>
  readonly jitter: readonly [number, number]
  readonly leafIndex: number
  readonly id: Sha256
}

function rowOf(plan: Plan, { at, probe, outcome, jitter, leafIndex, id }: Made): Judged {
  const control = 0.1 * (0.9 + 0.2 * jitter[0])
  const target = 0.1 * (outcome === 'slow' ? 3.2 : 1) * (0.9 + 0.2 * jitter[1])
  const made = judged({
    leafIndex,
    at,
    service: plan.service,
    asn: `AS${plan.asn}`,
    simulated: true,
    verdict: verdictOf(outcome, plan.pairs),
    observations: handshakes(plan, outcome, { target, control }),
  })
  return {
    ...made,
    provenance: {
      ...made.provenance,
      id,
      receivedAt: plan.arrives?.(at, probe) ?? instant(at + 9000),
      channel: 'simulator',
    },
    head: {
      ...made.head,
      testName: plan.pairs === undefined ? 'sni_blocking' : plan.pairs === 'alone' ? 'web_connectivity' : 'kuager',
      probe: probeName(plan.service, plan.asn, probe),
      scheduled: true,
    },
  }
}

/** The pair of a measurement, where it is timed or where the name failed alone. */
function handshakes(plan: Plan, outcome: Outcome, took: { readonly target: number; readonly control: number }) {
  if (outcome === 'shut' && plan.pairs !== 'alone') return pairRows({ ...took, failure: 'generic_timeout_error' })
  return plan.timed === true && outcome !== 'line' ? pairRows(took) : []
}

const ENDPOINT = { name: 'www.example.org', address: '192.0.2.10' } as const

function verdictOf(outcome: Exclude<Outcome, 'missing'>, pairs: Plan['pairs']): Partial<Verdict> {
  const dns = { layer: 'dns', state: 'reachable', rule: 'dns.matches', log10Lr: -0.5, hop: 0 } as const
  const innocent = pairs === 'alone' ? [] : ([{ fact: 'tls.innocent-passed', role: 'control', values: {} }] as const)
  const crossed = pairs === 'crossed' ? ([{ fact: 'pair.crossed-failed', role: 'context', values: {} }] as const) : []
  const abroad = [{ fact: 'tls.control-completed', role: 'control', values: {} }] as const
  switch (outcome) {
    case 'open':
    case 'slow':
      return {
        kind: 'reachable',
        rule: 'tls.completes',
        log10Lr: -1.08,
        layers: [dns],
        grounds: [{ fact: 'tls.completed', role: 'decisive', values: ENDPOINT }, ...innocent, ...abroad],
      }
    case 'shut':
      return {
        kind: 'interfered',
        rule: 'tls.silence',
        mechanism: 'tls.timeout.sni',
        layer: 'tls',
        log10Lr: 1.65,
        layers: [dns, { layer: 'tls', state: 'interfered', rule: 'tls.silence', log10Lr: 1.65, hop: 0 }],
        grounds: [{ fact: 'tls.silent', role: 'decisive', values: ENDPOINT }, ...innocent, ...abroad, ...crossed],
      }
    case 'line':
      return {
        kind: 'unreachable',
        rule: 'tls.fails-everywhere',
        mechanism: 'fault.client',
        log10Lr: 0,
        layers: [],
        grounds: [{ fact: 'tls.innocent-failed', role: 'control', values: {} }],
      }
  }
}

/** Every measurement of the evening, judged. */
export const eveningRows = (): readonly Judged[] => PLANS.flatMap((plan) => rowsOf(plan))

/** Readings of one series of the evening as the warehouse gives them, by time: what the page of its incident draws. */
export function eveningReadings(service: string, asn: number, since: Instant): readonly Reading[] {
  const plan = PLANS.find((one) => one.service === service && one.asn === asn)
  if (plan === undefined) return []
  return readingsOf(rowsOf(plan, since))
}
