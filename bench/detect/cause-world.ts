// Simulated incidents with a known cause: which items an observer would see, and how each came out.
import { INTERFERENCE_CAUSES } from '../../src/core/model/incident/cause.ts'
import { drawGammaLaw, drawNormalLaw } from '../../src/core/detect/cause/laws.ts'
import { createRandom, type Random } from '../../src/core/detect/chain/random.ts'
import { drawItems, pick, type SeenItem } from './cause-incident.ts'
import { ENDINGS, type Ending, type Kind, type Law } from './cause-kinds.ts'

/** A world: the kinds with their shares and laws, as they are or perturbed. */
export interface World {
  readonly kinds: readonly Kind[]
  /** Share of each kind among all incidents; each side has one half. */
  readonly shares: readonly number[]
}

export interface WorldOptions {
  readonly seed: number
  /** Standard deviation of the shift of every probability, in logits; 0: the generator's own world. */
  readonly shift: number
  /** Concentration of the Dirichlet law from which the shares of kinds are drawn anew; absent: as they are. */
  readonly concentration?: number
}

/** Whether a kind is interference. */
export const isInterference = ({ row }: Kind): boolean => INTERFERENCE_CAUSES.some((cause) => cause === row)

/** Makes a world: every probability of every mode shifted, the shares of kinds drawn anew. */
export function makeWorld(kinds: readonly Kind[], options: WorldOptions): World {
  const random = createRandom(options.seed)
  const own = sideShares(kinds, (kind) => kind.weight)
  const shares =
    options.concentration === undefined
      ? own
      : sideShares(kinds, (_, at) => drawGammaLaw(random, own[at]! * 2 * (options.concentration ?? 0) + 0.15)) // one a kind
  if (options.shift === 0) return { kinds, shares }
  const shifted = kinds.map((kind) => ({
    ...kind,
    modes: kind.modes.map(({ share, law }) => ({ share, law: shiftLaw(random, law, options.shift) })),
  }))
  return { kinds: shifted, shares }
}

function sideShares(kinds: readonly Kind[], weigh: (kind: Kind, at: number) => number): readonly number[] {
  const weights = kinds.map(weigh)
  const sums = { true: 0, false: 0 }
  kinds.forEach((kind, at) => (sums[`${isInterference(kind)}`] += weights[at]!)) // one a kind
  return kinds.map((kind, at) => weights[at]! / sums[`${isInterference(kind)}`] / 2)
}

const logit = (p: number): number => Math.log(p / (1 - p))
const clip = (p: number): number => Math.min(0.996, Math.max(0.004, p))

function shiftLaw(random: Random, law: Law, sd: number): Law {
  const one = (p: number): number => 1 / (1 + Math.exp(-logit(clip(p)) - sd * drawNormalLaw(random)))
  const several = <T extends readonly number[]>(values: T): readonly number[] => {
    const made = values.map((value) => Math.max(0.004, value) * Math.exp(sd * drawNormalLaw(random)))
    const sum = made.reduce((total, value) => total + value, 0)
    return made.map((value) => value / sum)
  }
  const four = (values: readonly number[]): [number, number, number, number] => {
    const [a = 0, b = 0, c = 0, d = 0] = several(values)
    return [a, b, c, d]
  }
  const three = (values: readonly number[]): [number, number, number] => {
    const [a = 0, b = 0, c = 0] = several(values)
    return [a, b, c]
  }
  return {
    targetFails: law.targetFails === 'by-share' ? law.targetFails : one(law.targetFails),
    innocentFails: one(law.innocentFails),
    addressFails: one(law.addressFails),
    neighbourFails: one(law.neighbourFails),
    dns: four(law.dns),
    dohAnswers: one(law.dohAnswers),
    stage: shiftStage(random, law.stage, sd),
    artefact: one(law.artefact),
    abroadFails: one(law.abroadFails),
    countriesFail: one(law.countriesFail),
    canary: three(law.canary),
    outage: one(law.outage),
    vpnCures: one(law.vpnCures),
    otherNameCures: one(law.otherNameCures),
    ttl: four(law.ttl),
    sharp: one(law.sharp),
    daily: one(law.daily),
    oneVersion: one(law.oneVersion),
    ipv6Only: one(law.ipv6Only),
    oneLine: one(law.oneLine),
    sameAddressFails: one(law.sameAddressFails),
    unrelated: one(law.unrelated),
    scope: three(law.scope),
    evening: one(law.evening),
  }
}

/** Endings shifted, and one incident in twenty ends in a way the kind is not known for. */
function shiftStage(random: Random, stage: Law['stage'], sd: number): Law['stage'] {
  const made = ENDINGS.flatMap((ending) => {
    const share = stage[ending]
    return share === undefined ? [] : [{ ending, share: share * Math.exp(sd * drawNormalLaw(random)) }]
  })
  const sum = made.reduce((total, { share }) => total + share, 0)
  const out: Partial<Record<Ending, number>> = {}
  for (const { ending, share } of made) out[ending] = (share / sum) * 0.95
  const odd = ENDINGS[Math.floor(random.next() * ENDINGS.length)]! // next() is below 1
  out[odd] = (out[odd] ?? 0) + 0.05
  return out
}

export interface Simulated {
  readonly kind: Kind
  readonly items: readonly SeenItem[]
}

export interface SampleOptions {
  readonly seed: number
  readonly count: number
  /** Share of items that nobody looked at: drawn for each incident from this range. */
  readonly missing: readonly [number, number]
  /** Only this kind. */
  readonly kind?: string
}

/** Draws incidents of a world; same world and options, same incidents. */
export function drawIncidents(world: World, options: SampleOptions): readonly Simulated[] {
  const random = createRandom(options.seed)
  return Array.from({ length: options.count }, () => {
    const kind = world.kinds.find(({ kind: name }) => name === options.kind) ?? world.kinds[pick(random, world.shares)]! // a share each
    const mode = pick(
      random,
      kind.modes.map(({ share }) => share),
    )
    return { kind, items: drawItems(random, kind.modes[mode]!.law, options.missing) } // a kind has modes
  })
}
