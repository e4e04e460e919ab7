// The weighing on incidents that were raised: made worlds of every kind of cause go through our own probe's documents, the
// judge, the detector and the weighing. Says how often a cause raises an incident, and what the table of estimates and one
// that is conditional on being raised cost on worlds that neither has seen.
import { createRandom } from '../../src/core/detect/chain/random.ts'
import type { CauseWeights } from '../../src/core/detect/cause/ratio.ts'
import { makeCauseTable, mapCauses, type CauseTable } from '../../src/core/detect/cause/table.ts'
import { weighItems, type Weighing } from '../../src/core/detect/cause/weigh.ts'
import { CAUSES, CAUSE_ITEMS } from '../../src/core/model/incident/cause.ts'
import { loadCauseFile } from '../../src/runtime/tables/cause-files.ts'
import type { Figure } from '../run.ts'
import { pick } from './cause-incident.ts'
import { loadKinds, type Kind, type Law } from './cause-kinds.ts'
import { isInterference, makeWorld, type World } from './cause-world.ts'
import { observeWorld } from './raised-observe.ts'
import { conditionalTable, type Counted } from './raised-table.ts'
import { makeCauseWorld, type Dependence } from './raised-world.ts'

/** Seeds of no other benchmark: worlds that are counted, and worlds that are scored. */
const COUNTED_SEED = 9_000_000
const SCORED_SEED = 9_500_000
/** The dependence under which the table is counted. */
const USUAL: Dependence = { rho: 0.2, sharedShocks: 0.3 }
const EQUAL: CauseWeights = mapCauses(() => 1)

/** A raised incident, and the share of its kind among the incidents of its side. */
interface Incident extends Counted {
  readonly kind: string
  readonly interference: boolean
  /** Of its seeds: a table is scored on incidents of folds that it was not counted on. */
  readonly fold: number
}

const FOLDS = 4

/** A law without a row: every probability is drawn evenly, for each incident again. */
function unlistedLaw(seed: number, like: Law): Law {
  const random = createRandom(seed + 600_000_000)
  const even = (): number => random.next()
  const shares = (count: number): readonly number[] => {
    const drawn = Array.from({ length: count }, () => -Math.log(1 - random.next()))
    const sum = drawn.reduce((total, one) => total + one, 0)
    return drawn.map((one) => one / sum)
  }
  const [a = 0, b = 0, c = 0, d = 0] = shares(4)
  const [e = 0, f = 0, g = 0] = shares(3)
  const [h = 0, i = 0, j = 0] = shares(3)
  const stage = { dns: 0.2, 'tcp-silence': 0.2, 'tls-silence': 0.2, certificate: 0.1, 'tls-alert': 0.1, slow: 0.2 }
  return {
    ...like,
    targetFails: 0.3 + 0.7 * even(),
    innocentFails: even(),
    addressFails: even(),
    neighbourFails: even(),
    dns: [a, b, c, d],
    dohAnswers: even(),
    stage,
    artefact: even(),
    abroadFails: even(),
    countriesFail: even(),
    canary: [e, f, g],
    otherNameCures: even(),
    sharp: even(),
    daily: even(),
    oneVersion: even(),
    ipv6Only: 0,
    oneLine: even(),
    unrelated: even(),
    scope: [h, i, j],
    evening: even(),
  }
}

const UNLISTED = 'unlisted'

function lawOf(kind: Kind, seed: number): Law {
  const mode = pick(
    createRandom(seed + 500_000_000),
    kind.modes.map(({ share }) => share),
  )
  return kind.modes[mode]!.law // a kind has modes
}

interface Series {
  readonly table: CauseTable
  readonly dependence: Dependence
  /** First seed, and how many worlds of each kind. */
  readonly seed: number
  readonly each: number
}

/** Worlds of one kind, a seed each; gives the incidents that were raised. */
function raiseKind(kind: Kind, weight: number, { table, dependence, seed, each }: Series): readonly Incident[] {
  return Array.from({ length: each }, (_, at) => at).flatMap((at) => {
    const interference = isInterference(kind)
    const world = makeCauseWorld(seed + at, lawOf(kind, seed + at), { interference, dependence })
    const found = observeWorld(world, table)
    if (found === undefined) return []
    // Worlds have two versions of the program only where one of them fails: what is seen then is no share.
    const items = found.items.filter(({ item }) => item !== 'version')
    return [{ kind: kind.kind, row: kind.row, interference, weight, items, fold: at % FOLDS }]
  })
}

const raise = (world: World, series: Series): readonly Incident[] =>
  world.kinds.flatMap(
    (kind, at) => raiseKind(kind, world.shares[at]!, { ...series, seed: series.seed + at * 10_000 }), // a share each
  )

const unlistedOf = (series: Series): number => {
  const like = loadKinds()[0]!.modes[0]!.law // there are kinds, with modes
  const raised = Array.from({ length: series.each }, (_, at) => series.seed + 900_000 + at).filter((seed) => {
    const world = makeCauseWorld(seed, unlistedLaw(seed, like), { interference: false, dependence: series.dependence })
    return observeWorld(world, series.table) !== undefined
  })
  return raised.length / series.each
}

/** Edges of the steps of R, as the words of the scale have them. */
const STEPS = [0.1, 0.5, 2, 10, 100] as const

interface Scored {
  readonly cllr: { readonly averages: number; readonly quoted: number }
  readonly misleading: { readonly faults: number; readonly interference: number }
  /** Shares of restrictions, of faults, and of the worst kind of fault, that are called blocking. */
  readonly blocking: {
    readonly restrictions: number
    readonly faults: number
    readonly worst: readonly [string, number]
  }
  /** Of restrictions and of faults, the share with R from one edge to the next: their ratio is what an R of the step is worth. */
  readonly steps: readonly (readonly [restrictions: number, faults: number])[]
}

interface Weighed {
  readonly one: Incident
  readonly found: Weighing
}

const weigh = (incidents: readonly Incident[], table: CauseTable): readonly Weighed[] =>
  incidents.map((one) => ({ one, found: weighItems(one.items, table, EQUAL) }))

/** Scores weighed incidents, each side by itself, the kinds of a side by their shares. */
function scoreOf(all: readonly Weighed[]): Scored {
  const share = (those: readonly Weighed[], holds: (one: Weighed) => number): number =>
    those.reduce((sum, one) => sum + one.one.weight * holds(one), 0) /
    those.reduce((sum, { one }) => sum + one.weight, 0)
  const sides = { real: all.filter(({ one }) => one.interference), faults: all.filter(({ one }) => !one.interference) }
  const cost = (ratio: (one: Weighing) => number): number =>
    (share(sides.real, ({ found }) => Math.log2(1 + 10 ** -ratio(found))) +
      share(sides.faults, ({ found }) => Math.log2(1 + 10 ** ratio(found)))) /
    2
  const called = ({ found }: Weighed): number => (found.word === 'blocking' ? 1 : 0)
  const r = ({ found }: Weighed): number => found.quoted.log10Lr
  const step = (one: Weighed): number => STEPS.filter((edge) => r(one) >= Math.log10(edge)).length
  const kinds = [...Map.groupBy(sides.faults, ({ one }) => one.kind)]
    .filter(([, those]) => those.length >= LEAST_OF_KIND)
    .map(([kind, those]): readonly [string, number] => [kind, share(those, called)])
  return {
    cllr: { averages: cost(({ log10Lr }) => log10Lr), quoted: cost(({ quoted }) => quoted.log10Lr) },
    misleading: {
      faults: share(sides.faults, (one) => (r(one) >= 1 ? 1 : 0)),
      interference: share(sides.real, (one) => (r(one) <= -1 ? 1 : 0)),
    },
    blocking: {
      restrictions: share(sides.real, called),
      faults: share(sides.faults, called),
      worst: kinds.toSorted((a, b) => b[1] - a[1])[0] ?? ['none', 0],
    },
    steps: Array.from({ length: STEPS.length + 1 }, (_, at) => [
      share(sides.real, (one) => (step(one) === at ? 1 : 0)),
      share(sides.faults, (one) => (step(one) === at ? 1 : 0)),
    ]),
  }
}

/** Of a kind of fault with fewer raised incidents, no share is told. */
const LEAST_OF_KIND = 15

const rounded = (value: number): number => Math.round(value * 1000) / 1000

/** Entries of a table by cause and item, as data/causes.json has them. */
export const entriesOf = (table: CauseTable): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    CAUSES.map((cause, at) => [
      cause,
      Object.fromEntries(
        Object.entries(CAUSE_ITEMS).map(([item, outcomes]) => [
          item,
          Object.fromEntries(
            outcomes.map((outcome) => [
              outcome,
              rounded(table.p[item as keyof typeof CAUSE_ITEMS].get(outcome)?.[at] ?? 0),
            ]),
          ),
        ]),
      ),
    ]),
  )

/** Counts the table, and scores both on worlds of other seeds. */
export function run({ quick }: { readonly quick: boolean }): Promise<{
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, unknown>>
}> {
  const { file, digest } = loadCauseFile()
  const estimates = makeCauseTable(file, digest)
  const kinds = loadKinds()
  const each = quick ? 8 : 300
  const own = makeWorld(kinds, { seed: 0, shift: 0 })
  const usual: Series = { table: estimates, dependence: USUAL, seed: COUNTED_SEED, each }
  const counted = raise(own, usual)
  const conditional = conditionalTable(counted, estimates)
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const without = conditionalTable(
      counted.filter((one) => one.fold !== fold),
      estimates,
    )
    return weigh(
      counted.filter((one) => one.fold === fold),
      without,
    )
  })
  const scores = [
    {
      name: 'as counted',
      raised: counted.length,
      before: scoreOf(weigh(counted, estimates)),
      after: scoreOf(folds.flat()),
    },
  ]
  const others: readonly (readonly [string, World, Dependence])[] = [
    ['devices independent', own, { ...USUAL, rho: 0 }],
    ['correlation .5', own, { ...USUAL, rho: 0.5 }],
    ['shifted laws', makeWorld(kinds, { seed: 500, shift: 0.8, concentration: 8 }), USUAL],
  ]
  for (const [at, [name, world, dependence]] of others.entries()) {
    const seed = SCORED_SEED + at * 300_000
    const found = raise(world, { table: estimates, dependence, seed, each: Math.ceil(each / 10) })
    scores.push({
      name,
      raised: found.length,
      before: scoreOf(weigh(found, estimates)),
      after: scoreOf(weigh(found, conditional)),
    })
  }
  const shares = {
    ...Object.fromEntries(kinds.map(({ kind }) => [kind, counted.filter((one) => one.kind === kind).length / each])),
    [UNLISTED]: unlistedOf(usual),
  }
  const rows = Object.fromEntries(CAUSES.map((cause) => [cause, counted.filter(({ row }) => row === cause).length]))
  return Promise.resolve({
    table: [
      ...Object.entries(shares).map(([kind, share]) => ({ figure: `P(raised | ${kind})`, value: share })),
      ...scores.flatMap(figuresOf),
    ],
    json: { raised: shares, counted: rows, scores, conditional: entriesOf(conditional) },
  })
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

function figuresOf({
  name,
  raised,
  before,
  after,
}: {
  readonly name: string
  readonly raised: number
  readonly before: Scored
  readonly after: Scored
}): readonly Figure[] {
  const both = (value: (one: Scored) => string): string => `${value(before)}; ${value(after)}`
  const row = (figure: string, value: (one: Scored) => string): Figure => ({
    figure: `  ${figure}`,
    value: both(value),
  })
  return [
    { figure: `${name}: incidents raised (estimates; conditional table)`, value: raised },
    row('Cllr of the averages, of R', ({ cllr }) => `${cllr.averages.toFixed(3)}, ${cllr.quoted.toFixed(3)}`),
    row('R of 10 or more for the wrong side: of faults, of restrictions', ({ misleading }) => `${percent(misleading.faults)}, ${percent(misleading.interference)}`), // prettier-ignore
    row('called blocking: restrictions, faults', ({ blocking }) => `${percent(blocking.restrictions)}, ${percent(blocking.faults)}`), // prettier-ignore
    row('  worst kind of fault', ({ blocking: { worst } }) => `${worst[0]} ${percent(worst[1])}`),
    row('R below 1/10, to 1/2, to 2, to 10, to 100, more: restrictions / faults', ({ steps }) => steps.map(([real, fault]) => `${percent(real)} / ${percent(fault)}`).join(', ')), // prettier-ignore
  ]
}
