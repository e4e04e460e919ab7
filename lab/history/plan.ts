import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import type { Probe } from './probes.ts'
import { createRandom, type Random } from './random.ts'
import type { Effect, Span, Story } from './stories.ts'

/** Services that fell silent together on the evenings of 2018 and 2019. Source: the dated record of restrictions. */
export const EVENING_SERVICES = ['youtube', 'facebook', 'instagram', 'telegram', 'twitter'] as const

export interface PlanOptions {
  readonly seed: number
  /** Midnight UTC of the first day, milliseconds since 1970. */
  readonly since: number
  readonly days: number
  readonly probes: readonly Probe[]
}

interface Planner extends PlanOptions {
  readonly random: Random
  readonly asns: readonly number[]
  readonly stories: Story[]
}

// One for all: each takes tens of kilobytes outside the heap, which the collector does not see.
const OFFSETS = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Almaty', timeZoneName: 'longOffset' })

/** Milliseconds since 1970 at which a local hour begins in Almaty on the day of `midnightUtc`; zone rules of IANA. */
export function almatyHour(midnightUtc: number, hour: number): number {
  const parts = OFFSETS.formatToParts(midnightUtc + 12 * HOUR_MS).find((part) => part.type === 'timeZoneName')
  const offset = Number(/GMT\+(\d\d)/.exec(parts?.value ?? '')?.[1] ?? Number.NaN)
  if (!Number.isFinite(offset)) throw new RangeError('Cannot place an evening: the zone of Almaty is not known here')
  return midnightUtc + (hour - offset) * HOUR_MS
}

/**
 * Places the stories of a history: more than half of them are no blocking, and several look like it: busy evenings at
 * the same hours, a service that is down, a provider whose line is cut.
 */
export function planStories(options: PlanOptions): readonly Story[] {
  const asns = [...new Set(options.probes.map((probe) => probe.network.asn))]
  const planner: Planner = { ...options, asns, stories: [], random: createRandom(options.seed, 'plan') }
  planEvenings(planner)
  planBlocks(planner)
  planFaults(planner)
  planProbes(planner)
  return planner.stories
}

interface Wanted {
  readonly services?: readonly string[]
  readonly asns?: readonly number[]
  readonly probes?: readonly string[]
}

function add(planner: Planner, name: string, effect: Effect, span: Span, wanted: Wanted & { about: string }): void {
  const asns = wanted.asns ?? planner.asns
  planner.stories.push({
    id: name,
    about: wanted.about,
    effect,
    services: wanted.services ?? [],
    probes: wanted.probes ?? [],
    spans: new Map(asns.map((asn) => [asn, span])),
  })
}

/** A span that lies wholly in the history, beginning in the given part of it. */
function place(planner: Planner, hours: number): Span {
  const whole = planner.days * DAY_MS
  const length = Math.min(hours * HOUR_MS, whole / 3)
  const start = planner.since + Math.floor(planner.random.between(0, (whole - length) / MINUTE_MS)) * MINUTE_MS
  return { start, end: start + Math.floor(length / MINUTE_MS) * MINUTE_MS }
}

function planEvenings(planner: Planner): void {
  const { random, asns } = planner
  const enforcing = random.shuffle(asns).slice(0, Math.max(1, Math.ceil(asns.length * 0.6)))
  for (let day = 0; day < planner.days; day++) {
    const evening = almatyHour(planner.since + day * DAY_MS, 20)
    const name = String(day + 1).padStart(3, '0')
    const lot = random.next()
    if (lot < 0.4) {
      const middle = evening + random.between(-10, 15) * MINUTE_MS
      const length = random.between(100, 135) * MINUTE_MS
      const spans = new Map(
        enforcing.map((asn) => {
          const start = Math.round((middle + random.between(-3, 3) * MINUTE_MS) / 1000) * 1000
          return [asn, { start, end: start + Math.round(length / 1000) * 1000 }]
        }),
      )
      planner.stories.push({
        id: `evening-${name}`,
        about: 'social networks silent after ClientHello for two hours of an evening',
        effect: { kind: 'interference', how: 'tls-silence', leak: 0.06 },
        services: EVENING_SERVICES,
        probes: [],
        spans,
      })
    } else if (lot < 0.75) {
      const span = { start: evening - HOUR_MS, end: evening + 3 * HOUR_MS }
      add(planner, `busy-${name}`, { kind: 'congestion', stall: 0.15 }, span, {
        asns: random.shuffle(asns).slice(0, Math.ceil(asns.length / 2)),
        about: 'busy evening: slow exchanges, some runs stall altogether',
      })
    }
  }
}

function planBlocks(planner: Planner): void {
  const { random, asns } = planner
  const block = (name: string, how: Extract<Effect, { kind: 'interference' }>['how'], hours: number, service: string) =>
    add(planner, name, { kind: 'interference', how, leak: 0.02 }, place(planner, hours), {
      services: [service],
      asns: [random.pick(asns)],
      about: `one service, one network: ${how}`,
    })
  block('nxdomain-twitter', 'dns-nxdomain', 60, 'twitter')
  block('bogon-press', 'dns-bogon', 48, 'web:press.example')
  block('certificate-library', 'state-certificate', 40, 'web:library.example')
  block('page-press', 'block-page', 60, 'web:press.example')
  block('reset-signal', 'tls-reset', 48, 'signal')
}

function planFaults(planner: Planner): void {
  const { random, asns } = planner
  const one = (): readonly number[] => [random.pick(asns)]
  add(planner, 'provider-dead', { kind: 'line', state: 'dead' }, place(planner, 5), {
    asns: one(),
    about: 'a provider loses its line: nothing passes, names are not resolved',
  })
  add(planner, 'provider-abroad', { kind: 'line', state: 'abroad-lost' }, place(planner, 4), {
    asns: one(),
    about: 'a provider loses its way abroad: its resolver answers, nothing beyond it does',
  })
  for (const service of ['youtube', 'instagram', 'signal'])
    add(planner, `outage-${service}`, { kind: 'origin', state: 'down' }, place(planner, 3), {
      services: [service],
      about: 'a platform is down for everybody',
    })
  add(planner, 'expired-library', { kind: 'origin', state: 'expired' }, place(planner, 72), {
    services: ['web:library.example'],
    about: 'a site forgets to renew its certificate',
  })
  const always = { start: planner.since, end: planner.since + planner.days * DAY_MS }
  add(planner, 'forbidden-shop', { kind: 'origin', state: 'forbidden' }, always, {
    services: ['web:shop.example'],
    about: 'a shop refuses the whole country with 403 under its own certificate',
  })
  add(planner, 'moved-wikipedia', { kind: 'origin', state: 'moved' }, place(planner, 96), {
    services: ['wikipedia'],
    asns: random.shuffle(asns).slice(0, Math.ceil(asns.length / 2)),
    about: 'a site is served by another content network in some places',
  })
  add(planner, 'helper', { kind: 'helper' }, place(planner, 8), { about: 'the control does not answer anybody' })
  add(planner, 'lossy', { kind: 'loss', share: 0.08 }, place(planner, 10), {
    asns: one(),
    about: 'a line loses lone handshakes at random',
  })
}

function planProbes(planner: Planner): void {
  const { random, probes } = planner
  const anyone = random.shuffle(probes)
  const only = (i: number): Wanted => {
    const probe = anyone[i % anyone.length]! // there is at least one probe
    return { asns: [probe.network.asn], probes: [probe.id] }
  }
  const always = { start: planner.since, end: planner.since + planner.days * DAY_MS }
  for (const probe of probes.filter((candidate) => !candidate.hasIpv6))
    add(planner, `no-ipv6-${probe.id}`, { kind: 'no-ipv6' }, always, {
      asns: [probe.network.asn],
      probes: [probe.id],
      about: 'a line without IPv6',
    })
  const evening = almatyHour(planner.since + random.below(planner.days) * DAY_MS, 19)
  add(
    planner,
    'portal',
    { kind: 'line', state: 'portal' },
    { start: evening, end: evening + 4 * HOUR_MS },
    {
      ...only(0),
      about: 'a traveller sits behind the login page of a hotel',
    },
  )
  add(planner, 'resolver', { kind: 'resolver' }, place(planner, 18), {
    ...only(1),
    about: "the owner's resolver is broken",
  })
  for (const i of [2, 3, 4])
    add(planner, `absent-${i}`, { kind: 'absent' }, place(planner, 90), {
      ...only(i),
      about: 'a probe is switched off',
    })
  for (const i of [5, 6, 7])
    add(planner, `burst-${i}`, { kind: 'burst', times: 8 }, place(planner, 2), {
      ...only(i),
      about: 'somebody presses the button again and again',
    })
}
