import type { Impact, Incident } from '../../model/incident/incident.ts'
import type { ImpactTable } from '../../model/tables/impact-table.ts'
import { formatAsn, type Asn } from '../../model/units.ts'
import { drawBeta, drawNormal } from '../chain/draw.ts'
import { activeShare, hoursCovered, type HourSpan } from './impact-hours.ts'
import { createRandom, type Random } from '../chain/random.ts'
import { quantile } from '../statistics/quantile.ts'

/** A network that was measured while the service was restricted somewhere. */
export interface ImpactNetwork {
  readonly asn: Asn
  /** Distinct probes, and those of them that the restriction touched. */
  readonly probes: number
  readonly failed: number
  /** Surely restricted, and at most restricted. */
  readonly inner: HourSpan
  readonly outer: HourSpan
}

export interface ImpactQuestion {
  readonly service: string
  readonly networks: readonly ImpactNetwork[]
  /** `networks`: only these; `country`: unmeasured networks enter the upper bound too. */
  readonly scope: 'networks' | 'country'
  readonly simulated: boolean
  readonly zone: string
  readonly seed: number
  readonly draws?: number
}

const DRAWS = 1000
/** `enough`: this many networks with this share of all users and this many probes each. */
const ENOUGH = { networks: 2, share: 0.1, probes: 5 } as const

/**
 * People cut off, as a lower and an upper 95 % bound, and person-hours of use lost: users of the network × share that
 * uses the service × share active in those local hours × prevalence inside the network, by Monte Carlo.
 * Networks without a figure of users enter the upper bound only. Undefined where the table has no figure of all users.
 * Method: docs/methods/impact.md.
 */
export function estimateImpact(question: ImpactQuestion, table: ImpactTable): Impact | undefined {
  const rows = pickRows(question, table)
  if (rows === undefined) return undefined
  const random = createRandom(question.seed)
  const draws = Array.from({ length: question.draws ?? DRAWS }, () => drawOnce(random, question, rows))
  const low = (of: (draw: Draw) => number): number => twoFigures(quantile(draws.map(of), 0.025), Math.floor)
  const high = (of: (draw: Draw) => number): number => twoFigures(quantile(draws.map(of), 0.975), Math.ceil)
  return {
    atLeast: low(({ least }) => least),
    atMost: Math.min(
      rows.all.value,
      high(({ most }) => most),
    ),
    personHours: { atLeast: low(({ leastHours }) => leastHours), atMost: high(({ mostHours }) => mostHours) },
    basis: isEnough(question, rows) ? 'enough' : 'thin',
    inputs: listInputs(question, rows),
  }
}

/** Two figures are as many as such an estimate has; the rest is cut off downwards or upwards. */
function twoFigures(value: number, round: (value: number) => number): number {
  const unit = value < 10 ? 1 : 10 ** (Math.floor(Math.log10(value)) - 1)
  return round(value / unit) * unit
}

/**
 * Impact of one incident on its own network. One that still runs has certainly lasted to its last failed measurement,
 * and at most to `until`, the time of the question: unmeasured hours enter only the upper bound.
 */
export function incidentImpact(
  incident: Pick<
    Incident,
    'service' | 'asn' | 'start' | 'end' | 'running' | 'probes' | 'probesFailed' | 'simulated' | 'seed'
  >,
  table: ImpactTable,
  options: { readonly zone: string; readonly until: number },
): Impact | undefined {
  const { start, end, running } = incident
  const innerFrom = start.hi95 ?? start.bracket[1] ?? start.median
  const innerUntil = running ? (end.bracket[0] ?? innerFrom) : (end.lo95 ?? end.bracket[0] ?? end.median)
  if (innerFrom === undefined || innerUntil === undefined) return undefined
  const inner = { from: innerFrom, until: Math.max(innerFrom, innerUntil) }
  const outer = {
    from: Math.min(inner.from, start.lo95 ?? start.bracket[0] ?? inner.from),
    until: running ? options.until : Math.max(inner.until, end.hi95 ?? end.bracket[1] ?? inner.until),
  }
  const network = { asn: incident.asn, probes: incident.probes, failed: incident.probesFailed, inner, outer }
  const { service, simulated, seed } = incident
  return estimateImpact({ service, networks: [network], scope: 'networks', simulated, zone: options.zone, seed }, table)
}

type Row<K extends 'internet_users' | 'networks' | 'services' | 'hours'> = ImpactTable[K][number]

interface Rows {
  readonly all: Row<'internet_users'>
  readonly hours: Row<'hours'>
  readonly service: Row<'services'> | undefined
  readonly networks: readonly (ImpactNetwork & {
    readonly users: Row<'networks'> | undefined
    readonly innerHours: readonly number[]
    readonly outerHours: readonly number[]
  })[]
  /** Longest cover of each hour on any network: what an unmeasured network may have had. */
  readonly widest: readonly number[]
  readonly spreads: ImpactTable['spreads']
}

function pickRows({ service, networks, simulated, zone }: ImpactQuestion, table: ImpactTable): Rows | undefined {
  const ofWorld = (row: { readonly simulated: boolean }): boolean => row.simulated === simulated
  const all = table.internet_users.find(ofWorld)
  const hours = table.hours.find(ofWorld)
  if (all === undefined || hours === undefined) return undefined
  const covered = networks.map((network) => ({
    ...network,
    users: table.networks.find((row) => ofWorld(row) && row.asn === network.asn),
    innerHours: hoursCovered(network.inner, zone),
    outerHours: hoursCovered(network.outer, zone),
  }))
  return {
    all,
    hours,
    service: table.services.find((row) => ofWorld(row) && row.service === service),
    networks: covered,
    widest: Array.from({ length: 24 }, (_, hour) =>
      covered.reduce((most, { outerHours }) => Math.max(most, outerHours[hour] ?? 0), 0),
    ),
    spreads: table.spreads,
  }
}

interface Draw {
  readonly least: number
  readonly most: number
  readonly leastHours: number
  readonly mostHours: number
}

const spread = (random: Random, sigma: number): number => Math.exp(sigma * drawNormal(random))

/** One world that the figures allow. What is wrong with a share or the hours is wrong for every network alike. */
function drawOnce(random: Random, { scope }: ImpactQuestion, rows: Rows): Draw {
  const everybody = rows.all.value * spread(random, rows.spreads.share)
  const share = drawShare(random, rows)
  const factor = drawActivity(random, rows)
  const activity = rows.hours.kind === 'profile' ? rows.hours.values : EVERY_HOUR
  let [least, most, leastHours, mostHours, known] = [0, 0, 0, 0, 0]
  let unknown = scope === 'country'
  for (const { users, probes, failed, innerHours, outerHours } of rows.networks) {
    const prevalence = drawBeta(random, 0.5 + failed, 0.5 + Math.max(0, probes - failed))
    if (users === undefined) {
      unknown = true
      continue
    }
    const people = users.users * spread(random, rows.spreads.users)
    known += people
    const outer = activeShare(outerHours, activity, factor)
    // An unmeasured network may be cut off whole; one that nothing touched adds nothing to "at least".
    const reached = people * (probes === 0 ? 1 : prevalence)
    most += reached * share.high * outer.most
    mostHours += reached * share.high * outer.hours
    if (failed === 0) continue
    const inner = activeShare(innerHours, activity, factor)
    least += reached * share.low * inner.least
    leastHours += reached * share.low * inner.hours
  }
  if (unknown) {
    const rest = Math.max(0, everybody - known) * share.high
    const outer = activeShare(rows.widest, activity, factor)
    most += rest * outer.most
    mostHours += rest * outer.hours
  }
  return { least, most, leastHours, mostHours }
}

/** Share of internet users who use the service; without a figure anything from none to all. */
function drawShare(random: Random, { service, all, spreads }: Rows): { readonly low: number; readonly high: number } {
  const factor = spread(random, spreads.share)
  if (service === undefined) return { low: 0, high: 1 }
  const share = Math.min(1, (service.users / all.value) * factor)
  return { low: share, high: share }
}

/** By how much the hours differ from the table's in this world: a profile by its spread, bounds uniform in the logarithm. */
const drawActivity = (random: Random, { hours, spreads }: Rows): number =>
  hours.kind === 'profile' ? spread(random, spreads.hours) : hours.low * (hours.high / hours.low) ** random.next()

const EVERY_HOUR: readonly number[] = Array.from({ length: 24 }, () => 1)

const isEnough = ({ networks }: ImpactQuestion, rows: Rows): boolean =>
  rows.hours.kind === 'profile' &&
  rows.service !== undefined &&
  networks.filter(
    ({ failed, probes }, index) =>
      failed > 0 &&
      probes >= ENOUGH.probes &&
      (rows.networks[index]?.users?.users ?? 0) >= ENOUGH.share * rows.all.value,
  ).length >= ENOUGH.networks

function listInputs({ service }: ImpactQuestion, rows: Rows): Impact['inputs'] {
  const { all, hours, spreads } = rows
  const [low, high] =
    hours.kind === 'flat' ? [hours.low, hours.high] : [Math.min(...hours.values), Math.max(...hours.values)]
  const input = (what: string, value: number, row: { readonly source: string; readonly as_of: string }) => ({
    what,
    value,
    source: row.source,
    asOf: row.as_of,
  })
  return [
    input('internet-users', all.value, all),
    ...(rows.service === undefined ? [] : [input(`service-users:${service}`, rows.service.users, rows.service)]),
    ...rows.networks.flatMap(({ asn, users, probes, failed, inner }) => {
      const counted = { source: 'measurements', as_of: new Date(inner.from).toISOString().slice(0, 10) }
      return [
        ...(users === undefined ? [] : [input(`network-users:${formatAsn(asn)}`, users.users, users)]),
        input(`probes:${formatAsn(asn)}`, probes, counted),
        input(`probes-failed:${formatAsn(asn)}`, failed, counted),
      ]
    }),
    input('hour-activity-low', low, hours),
    input('hour-activity-high', high, hours),
    input('spread-users', spreads.users, spreads),
    input('spread-share', spreads.share, spreads),
    input('spread-hours', spreads.hours, spreads),
  ]
}
