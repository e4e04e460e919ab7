// A made world around one cause: measurements of our own probe of one service on several networks and of other services
// on one of them. What fails follows the laws of cause-kinds.json; nothing here knows of items or ratios.
import { MeasuredSet, type Measured } from '../../src/core/derive/measured.ts'
import { HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import type { Random } from '../../src/core/detect/chain/random.ts'
import { createRandom } from '../../src/core/detect/chain/random.ts'
import { drawBetaLaw, drawNormalLaw } from '../../src/core/detect/cause/laws.ts'
import type { SeriesOf } from '../../src/core/model/measured/series.ts'
import { instant, parseAsn, parseCountryCode, parseSha256 } from '../../src/core/model/units.ts'
import { pick } from './cause-incident.ts'
import { ENDINGS, type Ending, type Law } from './cause-kinds.ts'
import { HEALTHY, judgeShape, type Shape } from './raised-documents.ts'

/** How alike devices and neighbouring hours are beyond their cause. */
export interface Dependence {
  /** Correlation of two measurements of one device inside an incident. */
  readonly rho: number
  /** P(a network has a gateway that all its devices share and that fails for a while, several times). */
  readonly sharedShocks: number
}

export interface MadeWorld {
  readonly set: MeasuredSet
  readonly target: SeriesOf
  /** All series but those from abroad. */
  readonly series: readonly SeriesOf[]
  /** When the cause was at work. */
  readonly span: Stretch
  readonly until: number
}

const EPOCH = Date.UTC(2026, 9, 4, 19)
const DAYS_BEFORE = 5.2
/** Other series are watched from so long before the cause. */
const HOURS_BESIDE = 16
const SCHEDULE_MS = 15 * MINUTE_MS
export const TARGET = 'youtube'
/** Other services on the network of the series; each has an owner of its own, and the last is the comparison. */
export const OTHERS = ['x', 'instagram', 'wikipedia'] as const
export const COMPARISON = 'wikipedia'
const HOME = 64_496
const ABROAD = 64_600
const WATCHED = [0.25, 0.3, 0.2, 0.15, 0.1]

const hit = (random: Random, p: number): boolean => random.next() < p

/** What is drawn once for an incident. */
interface Scene {
  readonly ending: Ending
  /** How often the target's half fails of those that a device meets. */
  readonly share: number
  /** P(the other half fails with it). */
  readonly with: number
  readonly neighbour: number
  readonly dns: Shape['dns']
  readonly doh: boolean
  readonly artefact: boolean
  readonly abroad: Shape['abroad']
  readonly crossed: Shape['crossed']
  /** Share of the exchanges with names never restricted that are lost. */
  readonly canariesLost: number
  readonly oneLine: boolean
  readonly oneVersion: boolean
  readonly gradual: boolean
  readonly ipv6: boolean
}

function drawScene(random: Random, law: Law): Scene {
  const of = <T>(values: readonly T[], weights: readonly number[]): T => values[pick(random, weights)]! // a weight each
  const share = law.targetFails === 'by-share' ? 0.4 + 0.4 * random.next() : law.targetFails
  const dns = of(['right', 'odd', 'negative-one-name', 'all-fail'] as const, law.dns)
  const drawn = of(
    ENDINGS,
    ENDINGS.map((one) => law.stage[one] ?? 0),
  )
  const level = of([0.03, 0.35, 0.95] as const, law.canary)
  // In half of the incidents both halves fail together, in the others each for itself.
  const pairwise = hit(random, 0.5) ? Math.min(1, law.innocentFails / Math.max(0.3, share)) : law.innocentFails
  return {
    ending: drawn,
    // What fails elsewhere than in the pair fails as often as it does where the pair is what fails.
    share: share < 0.3 ? 0.9 : share,
    with: pairwise,
    neighbour: Math.min(1, law.neighbourFails / Math.max(0.3, law.addressFails)),
    dns: drawn === 'dns' && dns === 'right' ? (level > 0.5 ? 'all-fail' : 'negative-one-name') : dns,
    doh: hit(random, law.dohAnswers),
    artefact: hit(random, law.artefact),
    abroad: hit(random, 0.05) ? 'down' : hit(random, law.abroadFails) ? 'fails' : 'passes',
    crossed: hit(random, 0.5) ? (hit(random, law.otherNameCures) ? 'cures' : 'no') : undefined,
    canariesLost: level,
    oneLine: hit(random, law.oneLine),
    oneVersion: hit(random, law.oneVersion),
    gradual: !hit(random, law.sharp),
    ipv6: hit(random, law.ipv6Only),
  }
}

interface Device {
  readonly name: string
  readonly version: string
  readonly phase: number
  /** Share of its target's halves that the cause makes fail; 0: not met by it. */
  readonly share: number
  /** When the cause reaches it. */
  readonly from: number
}

/** Makes the world of one cause. Same seed, law and dependence, same measurements. */
export function makeCauseWorld(
  seed: number,
  law: Law,
  about: { readonly interference: boolean; readonly dependence: Dependence },
): MadeWorld {
  const random = createRandom(seed)
  const scene = drawScene(random, law)
  const evening = hit(random, law.evening)
  const hour = evening ? 19 + 3 * random.next() : 24 * random.next()
  const from = EPOCH + DAYS_BEFORE * 24 * HOUR_MS + hour * HOUR_MS
  const median = about.interference ? 5 : 3
  const hours = Math.min(30, Math.max(0.75, median * Math.exp(drawNormalLaw(random))))
  const span = { from, until: from + hours * HOUR_MS }
  const until = span.until + 4 * HOUR_MS
  const watched = pick(random, WATCHED)
  const scope = scene.oneLine ? 0 : pick(random, law.scope)
  const leaves: Measured[] = []
  const series: SeriesOf[] = []
  const shocks = new Map<number, readonly Stretch[]>()
  const daily = hit(random, Math.min(0.95, law.daily * (evening ? 1.4 : 0.8)))
  const add = (service: string, asn: number, of: Partial<SeriesPlan> = {}): void => {
    if (of.country === undefined) series.push({ service, asn: parseAsn(asn), simulated: true })
    const shared = shocks.get(asn) ?? (hit(random, about.dependence.sharedShocks) ? drawShocks(random, until) : [])
    shocks.set(asn, shared)
    const plan = { service, asn, scene, span, until, daily: false, days: false, rho: about.dependence.rho }
    measureSeries(random, { ...plan, shocks: shared, ...of }, leaves)
  }
  add(TARGET, HOME, { met: true, days: true, daily })
  for (let other = 1; other <= watched; other++) {
    const met = scope > 0 && hit(random, scope === 1 ? 0.88 : 0.5)
    const late = scope === 2 ? (random.next() - 0.5) * 12 * HOUR_MS : 0
    add(TARGET, HOME + other, { met, late })
  }
  const unrelated = hit(random, law.unrelated)
  for (const service of OTHERS) add(service, HOME, { met: unrelated && service === OTHERS[0] })
  if (hit(random, 0.5)) add(TARGET, ABROAD, { country: 'RU', met: hit(random, law.countriesFail), foreign: true })
  return { set: new MeasuredSet(leaves), target: series[0]!, series, span, until } // the first was added
}

interface Stretch {
  readonly from: number
  readonly until: number
}

interface SeriesPlan {
  readonly rho: number
  readonly shocks: readonly Stretch[]
  readonly service: string
  readonly asn: number
  readonly scene: Scene
  readonly span: Stretch
  readonly until: number
  /** Watched for five days before, not for some hours. */
  readonly days: boolean
  /** The cause was at work in the same hours of days before. */
  readonly daily: boolean
  readonly met?: boolean
  readonly late?: number
  readonly country?: string
  readonly foreign?: boolean
}

function devicesOf(random: Random, plan: SeriesPlan): readonly Device[] {
  const { scene, span, rho } = plan
  const count = 3 + Math.floor((plan.days ? 5 : 3) * random.next())
  return Array.from({ length: count }, (_, at): Device => {
    const own = scene.oneLine ? at === 0 : !scene.oneVersion || at % 2 === 0
    const gradual = scene.gradual ? random.next() * 1.5 * HOUR_MS : drawNormalLaw(random) * MINUTE_MS
    return {
      name: `device-${plan.asn}-${at}`,
      version: scene.oneVersion && at % 2 === 0 ? '0.1.0' : '0.2.0',
      phase: random.next(),
      share: plan.met === true && own ? shareOfDevice(random, scene.share, rho) : 0,
      from: span.from + gradual + (plan.late ?? 0),
    }
  })
}

/** A device's own share: of a beta law with correlation `rho` between its measurements. */
function shareOfDevice(random: Random, share: number, rho: number): number {
  if (rho === 0) return share
  const size = 1 / rho - 1
  return drawBetaLaw(random, share * size, (1 - share) * size)
}

function measureSeries(random: Random, plan: SeriesPlan, into: Measured[]): void {
  const { scene, span, until, shocks } = plan
  const begin = plan.days ? EPOCH : span.from - HOURS_BESIDE * HOUR_MS
  const days = plan.daily ? [1, 2, 3, 4].filter(() => hit(random, 0.8)) : []
  const troubles = [0, ...days].map((day) => ({
    from: span.from - day * 24 * HOUR_MS,
    until: span.until - day * 24 * HOUR_MS,
  }))
  for (const device of devicesOf(random, plan)) {
    const late = device.from - span.from
    for (let round = 0; begin + round * SCHEDULE_MS < until; round++) {
      const at = Math.round(begin + (round + device.phase) * SCHEDULE_MS + drawNormalLaw(random) * MINUTE_MS)
      if (at >= until || hit(random, 0.1)) continue
      const during = troubles.some((one) => at >= one.from + late && at < one.until + Math.max(0, late))
      const shape = shapeOf(random, plan, {
        device,
        during,
        shock: shocks.some((one) => at >= one.from && at < one.until),
      })
      push(into, { plan, device, at, shape: scene.ipv6 && shape.ending !== undefined ? HEALTHY : shape }, random)
    }
  }
}

/** Half an hour to two, six times, in which every device of the network loses much, whatever it asks for. */
function drawShocks(random: Random, until: number): readonly Stretch[] {
  return Array.from({ length: 6 }, () => {
    const from = EPOCH + random.next() * (until - EPOCH)
    return { from, until: from + (0.5 + 1.5 * random.next()) * HOUR_MS }
  })
}

const NOISE = 0.015

function shapeOf(
  random: Random,
  { scene, service, foreign }: SeriesPlan,
  { device, during, shock }: { readonly device: Device; readonly during: boolean; readonly shock: boolean },
): Shape {
  const lost =
    during && foreign !== true && (device.share > 0 || service === COMPARISON) ? scene.canariesLost : shock ? 0.3 : 0.02
  const canaries = Array.from({ length: 15 }, () => (hit(random, lost) ? 0 : 1)).reduce<number>(
    (sum, one) => sum + one,
    0,
  )
  if (shock && hit(random, 0.4)) return both(random, canaries)
  if (service === COMPARISON && during && hit(random, scene.canariesLost)) return both(random, canaries)
  if (!during || !hit(random, device.share))
    return hit(random, NOISE) ? noise(random, canaries) : { ...HEALTHY, canaries }
  return {
    ending: scene.ending,
    innocentFails: hit(random, scene.with) || hit(random, NOISE),
    neighbourFails: hit(random, scene.neighbour),
    dns: scene.dns,
    doh: scene.doh,
    artefact: scene.artefact,
    abroad: foreign === true ? 'passes' : scene.abroad,
    ...(scene.crossed === undefined ? {} : { crossed: scene.crossed }),
    canaries,
  }
}

/** A stray failure: of the name, of both, or of the connection to the address. */
const noise = (random: Random, canaries: number): Shape => ({
  ...HEALTHY,
  canaries,
  ending: hit(random, 0.7) ? 'tls-silence' : 'tcp-silence',
  innocentFails: hit(random, 0.5),
  neighbourFails: hit(random, 0.5),
})

/** The network loses packets: both halves go together nearly always. */
const both = (random: Random, canaries: number): Shape => ({
  ...HEALTHY,
  canaries,
  ending: 'tls-silence',
  innocentFails: hit(random, 0.9),
  neighbourFails: hit(random, 0.8),
})

function push(
  into: Measured[],
  { plan, device, at, shape }: { plan: SeriesPlan; device: Device; at: number; shape: Shape },
  random: Random,
): void {
  const { head, verdict, times, discordant } = judgeShape(shape)
  const leafIndex = into.length
  into.push({
    leafIndex,
    provenance: {
      id: parseSha256(leafIndex.toString(16).padStart(64, '0')),
      channel: 'simulator',
      origin: 'made',
    },
    head: {
      ...head,
      startedAt: instant(at),
      probe: device.name,
      softwareVersion: device.version,
      probeAsn: parseAsn(plan.asn),
      probeCc: parseCountryCode(plan.country ?? 'KZ'),
      simulated: true,
      scheduled: true,
    },
    service: plan.service,
    verdict,
    device: device.name,
    ...(times && { times: { ...times, lnRatio: times.lnRatio + 0.15 * drawNormalLaw(random) } }),
    ...(discordant && { discordant }),
  })
}
