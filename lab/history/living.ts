import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import { EVENING_SERVICES, almatyHour } from './plan.ts'
import type { Probe } from './probes.ts'
import { createRandom, type Random } from './random.ts'
import type { Effect, Span, Story } from './stories.ts'

/** A part of a history without an end: stories that touch it are planned. */
export interface LivingOptions {
  readonly seed: number
  /** Milliseconds since 1970. */
  readonly from: number
  readonly until: number
  readonly probes: readonly Probe[]
}

/** Restrictions of a day outside its evening: hours of Almaty between which one begins, and about how long it lasts. */
const BY_DAY = [
  { from: -1, to: -0.5, hours: 5, service: 'instagram', how: 'tls-silence' },
  { from: 5.5, to: 6.5, hours: 5, service: 'telegram', how: 'tls-silence' },
  { from: 11.5, to: 12, hours: 6, service: 'facebook', how: 'tls-reset' },
] as const satisfies readonly {
  readonly from: number
  readonly to: number
  readonly hours: number
  readonly service: string
  readonly how: Extract<Effect, { kind: 'interference' }>['how']
}[]

/**
 * Days that never end, for a demonstration whose time runs. Every evening from about 20:02 to 22:04 in Almaty YouTube and
 * one to three other services are silent after ClientHello on every network but the last, while everything is slow.
 * Before and after it, one service at a time is restricted on one or two networks for some hours: at most times of day
 * something is in progress. Each day has a fault too: a
 * platform that is down for everybody, or a provider that loses its line. A day's stories depend on the seed and the
 * day alone, so parts that are simulated one after another fit together.
 */
export function planLiving({ seed, from, until, probes }: LivingOptions): readonly Story[] {
  const asns = [...new Set(probes.map(({ network }) => network.asn))]
  const stories: Story[] = []
  // A local day reaches into the next one of UTC, and a restriction past its own midnight.
  for (let day = Math.floor(from / DAY_MS) - 1; day * DAY_MS < until + DAY_MS; day++)
    stories.push(...planDay({ random: createRandom(seed, `living ${day}`), midnight: day * DAY_MS, asns }))
  // The last run of a part goes on for some minutes after its end.
  return stories.filter(({ spans }) =>
    [...spans.values()].some(({ start, end }) => start < until + HOUR_MS && end > from),
  )
}

interface Day {
  readonly random: Random
  /** Of UTC. */
  readonly midnight: number
  readonly asns: readonly number[]
}

function planDay(day: Day): readonly Story[] {
  return [...planEvening(day), ...BY_DAY.map((one) => planByDay(day, one)), planFault(day)]
}

const story = (name: string, { midnight }: Day, rest: Omit<Story, 'id' | 'probes'>): Story => ({
  id: `${name}-${new Date(midnight).toISOString().slice(0, 10)}`,
  probes: [],
  ...rest,
})

const everywhere = (asns: readonly number[], span: Span): Story['spans'] => new Map(asns.map((asn) => [asn, span]))

function planEvening(day: Day): readonly Story[] {
  const { random, midnight, asns } = day
  const eight = almatyHour(midnight, 20)
  const touched = asns.length > 1 ? asns.slice(0, -1) : asns
  const others = random.shuffle(EVENING_SERVICES.filter((service) => service !== 'youtube'))
  const spans = new Map(
    touched.map((asn) => [
      asn,
      {
        start: eight + Math.round(random.between(0, 4) * 60) * 1000,
        end: eight + 2 * HOUR_MS + Math.round(random.between(0, 8) * 60) * 1000,
      },
    ]),
  )
  return [
    story('evening', day, {
      about: 'a video service and some others silent after ClientHello for two hours of an evening',
      effect: { kind: 'interference', how: 'tls-silence', leak: 0.06 },
      services: ['youtube', ...others.slice(0, 1 + random.below(3))],
      spans,
    }),
    story('busy', day, {
      about: 'busy evening: slow exchanges, some runs stall altogether',
      effect: { kind: 'congestion', stall: 0.06 },
      services: [],
      spans: everywhere(asns, { start: eight - HOUR_MS, end: eight + 3 * HOUR_MS }),
    }),
  ]
}

function planByDay(day: Day, { from, to, hours, service, how }: (typeof BY_DAY)[number]): Story {
  const { random, midnight, asns } = day
  const start = almatyHour(midnight, 0) + Math.round(random.between(from, to) * 60) * MINUTE_MS
  const end = start + Math.round(hours * random.between(0.8, 1.2) * 60) * MINUTE_MS
  return story(`day-${service}`, day, {
    about: `one service, some networks: ${how}`,
    effect: { kind: 'interference', how, leak: 0.03 },
    services: [service],
    spans: everywhere(random.shuffle(asns).slice(0, 1 + random.below(2)), { start, end }),
  })
}

function planFault(day: Day): Story {
  const { random, midnight, asns } = day
  const start = almatyHour(midnight, 9) + random.below(8 * 60) * MINUTE_MS
  const span = { start, end: start + 50 * MINUTE_MS + random.below(50) * MINUTE_MS }
  if (random.chance(0.3))
    return story('provider', day, {
      about: 'a provider loses its line: nothing passes, names are not resolved',
      effect: { kind: 'line', state: 'dead' },
      services: [],
      spans: everywhere([random.pick(asns)], span),
    })
  return story('outage', day, {
    about: 'a platform is down for everybody',
    effect: { kind: 'origin', state: 'down' },
    services: [random.pick(['instagram', 'tiktok', 'facebook'])],
    spans: everywhere(asns, span),
  })
}
