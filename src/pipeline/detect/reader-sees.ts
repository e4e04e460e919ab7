import type { Edge, Incident } from '../../model/incident.ts'

const MINUTE = 60_000

type Shown = Omit<Incident, 'id' | 'service' | 'asn' | 'revision' | 'revisedAt' | 'reason' | 'note' | 'episode'>

/** Whether any time of an edge has moved by more than a tolerance, or has come or gone. */
function edgeMoved(a: Edge, b: Edge, tolerance: number): boolean {
  const moved = (one: number | undefined, other: number | undefined): boolean =>
    one === undefined || other === undefined ? one !== other : Math.abs(one - other) > tolerance
  return (
    a.kind !== b.kind ||
    moved(a.median, b.median) ||
    moved(a.lo95, b.lo95) ||
    moved(a.hi95, b.hi95) ||
    moved(a.bracket[0], b.bracket[0]) ||
    moved(a.bracket[1], b.bracket[1])
  )
}

const far = (a: number, b: number, tolerance: number): boolean => Math.abs(a - b) > tolerance

/** A bound on people is said in two significant figures. */
const twoFigures = (value: number | undefined): string => (value === undefined ? '' : value.toPrecision(2))

/**
 * How far an incident is from its last word: `running`; `settling`, when it has ended and the measurements after it
 * still sharpen its end; `finished`.
 */
export type Stage = 'running' | 'settling' | 'finished'

/** What may change at each stage without a revision: it would only hide the revisions that matter. */
const TOLERANCES = {
  running: { edgeMs: 5 * MINUTE, log10Lr: 0.3, ratio: 1.25, counts: false },
  settling: { edgeMs: 5 * MINUTE, log10Lr: 0.3, ratio: 1.25, counts: false },
  finished: { edgeMs: MINUTE, log10Lr: 0.02, ratio: 1.02, counts: true },
} as const satisfies Record<
  Stage,
  { readonly edgeMs: number; readonly log10Lr: number; readonly ratio: number; readonly counts: boolean }
>

/**
 * Whether a reader of the incident's page would read something else. New rules that say the same are none: the published
 * revision names the rules it was made by. Of one that runs the end, of one that is not yet
 * finished counts, exact share and small movements are not compared: they change with every measurement.
 */
export function readerSeesChange(before: Shown, after: Shown, stage: Stage): boolean {
  const { edgeMs, log10Lr, ratio, counts } = TOLERANCES[stage]
  return (
    before.state !== after.state ||
    before.running !== after.running ||
    before.withdrawn !== after.withdrawn ||
    before.mechanism !== after.mechanism ||
    slowdownMoved(before.slowdown?.value, after.slowdown?.value, ratio) ||
    before.cause.word !== after.cause.word ||
    before.cause.support !== after.cause.support ||
    far(before.cause.log10Lr, after.cause.log10Lr, log10Lr) ||
    edgeMoved(before.start, after.start, edgeMs) ||
    (stage !== 'running' && edgeMoved(before.end, after.end, edgeMs)) ||
    (counts && countsDiffer(before, after))
  )
}

/** Whether a ratio of times came, went or became so many times as large or as small. */
const slowdownMoved = (before: number | undefined, after: number | undefined, times: number): boolean =>
  before === undefined || after === undefined ? before !== after : Math.max(before / after, after / before) > times

/** What the weight counts, as its table shows it: `41 of 41`. */
const itemsOf = ({ cause }: Pick<Shown, 'cause'>): string =>
  JSON.stringify(cause.items.map(({ item, outcome, count: { k, n, probes } }) => [item, outcome, k, n, probes]))

const countsDiffer = (before: Shown, after: Shown): boolean =>
  before.episodes !== after.episodes ||
  before.probes !== after.probes ||
  before.probesFailed !== after.probesFailed ||
  before.readings !== after.readings ||
  before.cause.rival.cause !== after.cause.rival.cause ||
  itemsOf(before) !== itemsOf(after) ||
  far(before.share.value, after.share.value, 0.005) ||
  twoFigures(before.impact?.atLeast) !== twoFigures(after.impact?.atLeast) ||
  twoFigures(before.impact?.atMost) !== twoFigures(after.impact?.atMost)
