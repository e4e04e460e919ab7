// The weighing of a cause on simulated incidents whose cause is known: calibration, and how the word is used.
import type { CauseWeights } from '../../src/core/detect/cause/ratio.ts'
import { makeCauseTable, mapCauses, type CauseTable } from '../../src/core/detect/cause/table.ts'
import { weighItems, type Weighing } from '../../src/core/detect/cause/weigh.ts'
import { causeWord } from '../../src/core/detect/cause/word.ts'
import { DECISIVE_LOG10 } from '../../src/core/model/incident/cause.ts'
import { loadCauseFile } from '../../src/runtime/tables/cause-files.ts'
import type { Figure } from '../run.ts'
import { loadKinds, type Kind } from './cause-kinds.ts'
import { countTable, coverage, type Coverage } from './cause-coverage.ts'
import { costOfRatios, drawReliability, reliability, score, type Scores } from './cause-scores.ts'
import { drawIncidents, isInterference, makeWorld, type Simulated, type World } from './cause-world.ts'

const SPARSE = [0.2, 0.6] as const
const DENSE = [0, 0.1] as const
const WORLDS = 15

/** Shares of the rows of the table in the generator's own world: the weights of causes within their side. */
function ownWeights(kinds: readonly Kind[]): CauseWeights {
  return mapCauses((cause) => kinds.filter(({ row }) => row === cause).reduce((sum, { weight }) => sum + weight, 0))
}

interface Setting {
  readonly table: CauseTable
  readonly weights: CauseWeights
}

/** P(interference) of each incident at even odds, and which of them are. */
function judge(incidents: readonly Simulated[], { table, weights }: Setting): { p: number[]; real: boolean[] } {
  const p = incidents.map(({ items }) => 1 / (1 + 10 ** -weighItems(items, table, weights).log10Lr))
  return { p, real: incidents.map(({ kind }) => isInterference(kind)) }
}

/** What the ratio of averages and the quoted one cost, with equal weights. */
function costs(incidents: readonly Simulated[], { table, weights }: Setting) {
  const weighed = incidents.map(({ items }) => weighItems(items, table, weights))
  const real = incidents.map(({ kind }) => isInterference(kind))
  return {
    mean: costOfRatios(
      weighed.map(({ log10Lr }) => log10Lr),
      real,
    ),
    quoted: costOfRatios(
      weighed.map(({ quoted }) => quoted.log10Lr),
      real,
    ),
  }
}

interface WordShares {
  readonly blocking: number
  readonly fault: number
  /** By the rule until revision 2026.11.6: a ratio of averages of 20. */
  readonly earlier: number
}

const EARLIER_LOG10 = Math.log10(20)

function words(incidents: readonly Simulated[], { table, weights }: Setting): WordShares {
  const weighed = incidents.map(({ items }) => weighItems(items, table, weights))
  const share = (is: (one: Weighing) => boolean): number => weighed.filter(is).length / weighed.length
  return {
    blocking: share(({ word }) => word === 'blocking'),
    fault: share(({ word }) => word === 'fault'),
    earlier: share(
      ({ log10Lr, outcomes }) => log10Lr >= EARLIER_LOG10 && causeWord(DECISIVE_LOG10, outcomes) === 'blocking',
    ),
  }
}

interface KindWords extends WordShares {
  readonly kind: Kind
}

/** The words for incidents of each kind. */
function wordsByKind(
  world: World,
  setting: Setting,
  of: { readonly count: number; readonly missing: readonly [number, number]; readonly seed: number },
): readonly KindWords[] {
  return world.kinds.map((kind, at) => ({
    kind,
    ...words(drawIncidents(world, { ...of, seed: of.seed + at, kind: kind.kind }), setting),
  }))
}

/** Share over kinds of one side, each by its weight in the world. */
function sideShare(shares: readonly KindWords[], side: boolean, word: keyof WordShares): number {
  const those = shares.filter(({ kind }) => isInterference(kind) === side)
  const sum = those.reduce((total, { kind }) => total + kind.weight, 0)
  return those.reduce((total, one) => total + one.kind.weight * one[word], 0) / sum
}

const faults = (shares: readonly KindWords[]): readonly KindWords[] =>
  shares.filter(({ kind }) => !isInterference(kind))
const worstEarlier = (shares: readonly KindWords[]): number => Math.max(...shares.map(({ earlier }) => earlier))
const worst = (shares: readonly KindWords[]): KindWords =>
  shares.reduce((most, one) => (one.blocking > most.blocking ? one : most))

/** The row of every fault taken out of the table in turn: which words its incidents then get. */
function leftOut(
  world: World,
  { table, weights }: Setting,
  of: { readonly count: number; readonly missing: readonly [number, number]; readonly seed: number },
): readonly KindWords[] {
  return faults(world.kinds.map((kind) => ({ kind, blocking: 0, fault: 0, earlier: 0 }))).map(({ kind }, at) => {
    const without = mapCauses((cause) => (cause === kind.row ? 0 : weights[cause]))
    const incidents = drawIncidents(world, { ...of, seed: of.seed + at, kind: kind.kind })
    return { kind, ...words(incidents, { table, weights: without }) }
  })
}

/** The same in worlds whose every probability is shifted and whose kinds are mixed anew. */
function perturbed(
  kinds: readonly Kind[],
  by: { readonly calibration: Setting; readonly words: Setting },
  count: number,
) {
  const worlds = Array.from({ length: WORLDS }, (_, at) =>
    makeWorld(kinds, { seed: 100 + at, shift: 0.8, concentration: 8 }),
  )
  const scores = worlds.map((world, at) => {
    const { p, real } = judge(drawIncidents(world, { seed: 200 + at, count, missing: SPARSE }), by.calibration)
    return score(p, real)
  })
  const called = worlds.map((world, at) => {
    const incidents = drawIncidents(world, { seed: 400 + at, count, missing: SPARSE })
    return words(
      incidents.filter(({ kind }) => !isInterference(kind)),
      by.words,
    ).blocking
  })
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    brier: mean(scores.map(({ brier }) => brier)),
    logLoss: mean(scores.map(({ logLoss }) => logLoss)),
    ece: mean(scores.map(({ ece }) => ece)),
    worst: Math.max(...scores.map(({ ece }) => ece)),
    called: mean(called),
    calledWorst: Math.max(...called),
  }
}

/**
 * What intervals are worth in shifted worlds that did not serve to choose their width (those were the first six of the
 * perturbed worlds).
 */
function intervalCoverage(kinds: readonly Kind[], setting: Setting, quick: boolean): Coverage {
  const found = Array.from({ length: quick ? 2 : 6 }, (_, at) => {
    const world = makeWorld(kinds, { seed: 300 + at, shift: 0.8, concentration: 8 })
    const own = countTable(world, { seed: 600, each: 2000 })
    const incidents = drawIncidents(world, { seed: 700 + at, count: quick ? 100 : 200, missing: SPARSE })
    return coverage(incidents, { ours: setting.table, own }, setting.weights)
  })
  const mean = (key: keyof Coverage): number => found.reduce((sum, one) => sum + one[key], 0) / found.length
  return { held: mean('held'), overstated: mean('overstated') }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Measures the weighing of causes; the figures of the JSON are those of the generator's own weights within a side. */
export function run(options: { readonly quick: boolean }): Promise<{
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, unknown>>
  readonly drawing: string
}> {
  const { file, digest } = loadCauseFile()
  const kinds = loadKinds()
  const world = makeWorld(kinds, { seed: 0, shift: 0 })
  const setting = { table: makeCauseTable(file, digest), weights: ownWeights(kinds) }
  const equal = { table: setting.table, weights: mapCauses(() => 1) }
  const incidents = drawIncidents(world, { seed: 2, count: options.quick ? 6000 : 30_000, missing: SPARSE })
  const judged = judge(incidents, setting)
  const own = score(judged.p, judged.real)
  const even = judge(incidents, equal)
  const shifted = perturbed(kinds, { calibration: setting, words: equal }, options.quick ? 1000 : 4000)
  const each = options.quick ? 400 : 4000
  // Words as they are said: with equal weights.
  const dense = wordsByKind(world, equal, { count: each, missing: DENSE, seed: 1000 })
  const sparse = wordsByKind(world, equal, { count: each, missing: SPARSE, seed: 2000 })
  const out = {
    dense: leftOut(world, equal, { count: each, missing: DENSE, seed: 3000 }),
    sparse: leftOut(world, equal, { count: each, missing: SPARSE, seed: 4000 }),
  }
  return Promise.resolve(
    report({
      own,
      equal: score(even.p, even.real),
      shifted,
      dense,
      sparse,
      intervals: intervalCoverage(kinds, setting, options.quick),
      out,
      curve: reliability(judged.p, judged.real),
      cost: costs(incidents, equal),
    }),
  )
}

interface Measured {
  readonly own: Scores
  readonly equal: Scores
  readonly shifted: ReturnType<typeof perturbed>
  readonly dense: readonly KindWords[]
  readonly sparse: readonly KindWords[]
  readonly out: { readonly dense: readonly KindWords[]; readonly sparse: readonly KindWords[] }
  readonly intervals: Coverage
  readonly curve: ReturnType<typeof reliability>
  readonly cost: ReturnType<typeof costs>
}

function report(it: Measured) {
  const kind = { dense: worst(faults(it.dense)), sparse: worst(faults(it.sparse)) }
  const out = { dense: worst(it.out.dense), sparse: worst(it.out.sparse) }
  const faultsCalled = Math.max(sideShare(it.dense, false, 'blocking'), sideShare(it.sparse, false, 'blocking'))
  const denseBlocks = sideShare(it.dense, true, 'blocking')
  const sparseBlocks = sideShare(it.sparse, true, 'blocking')
  const blocksFault = Math.max(sideShare(it.dense, true, 'fault'), sideShare(it.sparse, true, 'fault'))
  const named = (shares: readonly KindWords[], word: keyof WordShares): string => percent(sideShare(shares, true, word))
  const most = (figure: string, value: number, target: number, shown = value.toFixed(3)): Figure => ({
    figure,
    value: shown,
    target: `≤ ${target}`,
    met: value <= target,
  })
  const share = (figure: string, value: number, target: number, least = false): Figure => ({
    figure,
    value: percent(value),
    target: `${least ? '≥' : '≤'} ${Number((100 * target).toFixed(1))} %`,
    met: least ? value >= target : value <= target,
  })
  const table: Figure[] = [
    most('Brier score, own world', it.own.brier, 0.12),
    most('log loss, own world', it.own.logLoss, 0.37),
    most('calibration error, own world', it.own.ece, 0.02),
    most(`calibration error, mean of ${WORLDS} perturbed worlds`, it.shifted.ece, 0.05),
    most(`calibration error, worst of ${WORLDS} perturbed worlds`, it.shifted.worst, 0.1),
    {
      figure: 'Brier, log loss, perturbed worlds',
      value: `${it.shifted.brier.toFixed(3)}, ${it.shifted.logLoss.toFixed(3)}`,
    },
    {
      figure: 'Brier, log loss, calibration error with equal weights',
      value: `${it.equal.brier.toFixed(3)}, ${it.equal.logLoss.toFixed(3)}, ${it.equal.ece.toFixed(3)}`,
    },
    {
      figure: 'Cllr: ratio of averages, ratio to quote',
      value: `${it.cost.mean.cllr.toFixed(3)}, ${it.cost.quoted.cllr.toFixed(3)}`,
    },
    {
      figure: 'ratios of 10 or more for the wrong side, of faults and of restrictions: averages; to quote',
      value: [it.cost.mean, it.cost.quoted]
        .map(({ misleading }) => `${percent(misleading.faults)}, ${percent(misleading.interference)}`)
        .join('; '),
    },
    share('faults called blocking', faultsCalled, 0.01),
    share(`  worst kind, 20–60 % of items missing (${kind.sparse.kind.kind})`, kind.sparse.blocking, 0.03),
    share(`  worst kind, 0–10 % of items missing (${kind.dense.kind.kind})`, kind.dense.blocking, 0.03),
    share(`  row left out, 20–60 % of items missing (${out.sparse.kind.kind})`, out.sparse.blocking, 0.05),
    share(`  row left out, 0–10 % of items missing (${out.dense.kind.kind})`, out.dense.blocking, 0.05),
    {
      figure: 'faults called blocking, perturbed worlds, mean and worst',
      value: `${percent(it.shifted.called)}, ${percent(it.shifted.calledWorst)}`,
    },
    {
      figure: 'blocks called blocking, 0–10 % and 20–60 % of items missing (earlier rule)',
      value: `${named(it.dense, 'blocking')} (${named(it.dense, 'earlier')}), ${named(it.sparse, 'blocking')} (${named(it.sparse, 'earlier')})`,
    },
    {
      figure: '  faults called blocking by the earlier rule; worst kind; worst row left out (0–10 % missing)',
      value: [sideShare(it.dense, false, 'earlier'), worstEarlier(faults(it.dense)), worstEarlier(it.out.dense)]
        .map(percent)
        .join(', '),
    },
    share('blocks called fault', blocksFault, 0.01),
    share('intervals that claim more than the table of a shifted world', it.intervals.overstated, 0.025),
    { figure: 'intervals that hold the ratio of the table of a shifted world', value: percent(it.intervals.held) },
    {
      figure: 'faults called fault, 0–10 % and 20–60 % missing',
      value: `${percent(sideShare(it.dense, false, 'fault'))}, ${percent(sideShare(it.sparse, false, 'fault'))}`,
    },
  ]
  const json = {
    brier: it.own.brier,
    log_loss: it.own.logLoss,
    ece: it.own.ece,
    cllr_averages: it.cost.mean.cllr,
    cllr_quoted: it.cost.quoted.cllr,
    ece_perturbed_mean: it.shifted.ece,
    ece_perturbed_worst: it.shifted.worst,
    faults_called_blocking: faultsCalled,
    faults_called_blocking_worst_kind: kind.sparse.blocking,
    faults_called_blocking_worst_kind_dense: kind.dense.blocking,
    faults_called_blocking_left_out: out.sparse.blocking,
    faults_called_blocking_left_out_dense: out.dense.blocking,
    blocks_called_blocking: denseBlocks,
    blocks_called_blocking_sparse: sparseBlocks,
    blocks_called_fault: blocksFault,
    intervals_held: it.intervals.held,
    intervals_overstated: it.intervals.overstated,
    brier_equal_weights: it.equal.brier,
    log_loss_equal_weights: it.equal.logLoss,
    ece_equal_weights: it.equal.ece,
    blocks_called_blocking_earlier_rule: sideShare(it.dense, true, 'earlier'),
    blocks_called_blocking_sparse_earlier_rule: sideShare(it.sparse, true, 'earlier'),
  }
  return { table, json, drawing: `${drawReliability(it.curve)}\n\n${drawKinds(it.dense, it.sparse)}` }
}

/** Which word each kind gets, one line a kind. */
function drawKinds(dense: readonly KindWords[], sparse: readonly KindWords[]): string {
  const line = (one: KindWords, at: number): string =>
    `  ${one.kind.kind.padEnd(20)} ${[one.blocking, one.fault, sparse[at]?.blocking ?? 0, sparse[at]?.fault ?? 0].map((value) => percent(value).padStart(9)).join('')}`
  return [
    'The word, by kind of cause (simulated)',
    `  ${''.padEnd(20)}   0–10 % missing   20–60 % missing`,
    `  ${''.padEnd(20)} ${['blocking', 'fault', 'blocking', 'fault'].map((head) => head.padStart(9)).join('')}`,
    ...dense.map(line),
  ].join('\n')
}
