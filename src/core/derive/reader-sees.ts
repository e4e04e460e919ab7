import { HOUR_MS, MINUTE_MS } from '../model/duration.ts'
import { PAIRS_LOG10, type PairsShown } from '../model/incident/cause.ts'
import type { Edge, Impact, Incident, PooledStart } from '../model/incident/incident.ts'
import {
  encodeCause,
  encodeDetected,
  encodePooled,
  type ToldCause,
  type ToldIncident,
} from '../model/incident/incident-wire.ts'
import { outageText, type KnownOutage } from '../model/tables/others.ts'
import type { Instant } from '../model/units.ts'
import { widestOf } from './window.ts'

/** What is compared of two revisions. */
export interface ComparedRevision extends ToldIncident {
  readonly withdrawn: boolean
  readonly cause: ToldCause
  readonly pooledStart?: PooledStart
  readonly outages?: readonly KnownOutage[]
  readonly impact?: Impact
}

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

/** Whether a start with others taken into account has come or gone, or one of its times has moved. */
const pooledMoved = (before: PooledStart | undefined, after: PooledStart | undefined): boolean =>
  before === undefined || after === undefined ? before !== after : edgeMoved(asEdge(before), asEdge(after), EDGE_MS)
const asEdge = (pooled: PooledStart): Edge => ({ ...pooled, kind: 'dated', bracket: [undefined, undefined] })

const far = (a: number, b: number, tolerance: number): boolean => Math.abs(a - b) > tolerance

/** A bound on people is said in two significant figures. */
const twoFigures = (value: number | undefined): string => (value === undefined ? '' : value.toPrecision(2))

/**
 * How far an incident is from its last word: `running`; `settling`, when it has ended and the measurements after it
 * still sharpen its end; `finished`.
 */
export type IncidentStage = 'running' | 'settling' | 'finished'

/** As long as this after its end, measurements still sharpen the end of an incident. */
const SETTLING_MS = 3 * HOUR_MS

/** How far an incident is from its last word at an instant. */
export function stageOf(incident: Pick<Incident, 'start' | 'end' | 'running'>, now: Instant): IncidentStage {
  if (incident.running) return 'running'
  return now - widestOf(incident).until < SETTLING_MS ? 'settling' : 'finished'
}

/** What may change before the last word without a revision: it would only hide the revisions that matter. */
const EDGE_MS = 5 * MINUTE_MS
const LOG10_LR = 0.3
const TIMES = 1.25

/**
 * Whether a reader of the incident's page would read something else. New rules that say the same are none: the published
 * revision names the rules it was made by. Of one that is finished every word and figure is compared. Of one that is not
 * yet finished counts, exact share and small movements are not compared, and of one that runs its end only where it has
 * lasted twice as long: they change with every measurement.
 */
export function readerSeesChange(before: ComparedRevision, after: ComparedRevision, stage: IncidentStage): boolean {
  if (before.withdrawn !== after.withdrawn) return true
  if (outagesText(before) !== outagesText(after)) return true
  if (stage === 'finished') return textOf(before) !== textOf(after)
  return (
    before.state !== after.state ||
    before.running !== after.running ||
    before.mechanism !== after.mechanism ||
    slowdownMoved(before.slowdown?.value, after.slowdown?.value, TIMES) ||
    before.cause.word !== after.cause.word ||
    before.cause.support !== after.cause.support ||
    far(ratioOf(before.cause), ratioOf(after.cause), LOG10_LR) ||
    pairsMoved(before.cause.pairs, after.cause.pairs) ||
    edgeMoved(before.start, after.start, EDGE_MS) ||
    pooledMoved(before.pooledStart, after.pooledStart) ||
    (stage === 'running' ? hasLasted(before, after) : edgeMoved(before.end, after.end, EDGE_MS))
  )
}

/** Which outages there are: a later answer that has the same ones is no news. */
const outagesText = ({ outages = [] }: ComparedRevision): string => outages.map(outageText).join(' ')

/** The ratio that is quoted; of earlier rules that of the averages. */
const ratioOf = ({ quoted, log10Lr }: ToldCause): number => quoted?.log10Lr ?? log10Lr

/** A greater figure of the pairs is shown as this one, as log10: so one that runs for years makes some twenty revisions. */
const MOST_SHOWN = 9

/** Whether what the pairs show came or went, or reads as another figure. One that is too small to be shown has none. */
function pairsMoved(before: PairsShown | undefined, after: PairsShown | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after
  const was = Math.min(before.log10E, MOST_SHOWN)
  const is = Math.min(after.log10E, MOST_SHOWN)
  if (was < PAIRS_LOG10 || is < PAIRS_LOG10) return was < PAIRS_LOG10 !== is < PAIRS_LOG10
  return far(was, is, LOG10_LR)
}

/** Twice as long as was last said, and an hour at least: a restriction of years then makes some twenty revisions. */
const LASTED = 2
const LASTED_MS = HOUR_MS

/** Whether one that runs is known to have lasted so much longer that its length, people and weight read otherwise. */
function hasLasted(before: ToldIncident, after: ToldIncident): boolean {
  const known = ({ start, end }: ToldIncident): number =>
    (end.bracket[0] ?? 0) - (start.median ?? start.bracket[1] ?? end.bracket[0] ?? 0)
  return known(after) >= LASTED * known(before) && known(after) - known(before) >= LASTED_MS
}

/** Whether a ratio of times came, went or became so many times as large or as small. */
const slowdownMoved = (before: number | undefined, after: number | undefined, times: number): boolean =>
  before === undefined || after === undefined ? before !== after : Math.max(before / after, after / before) > times

/** All that a reader of a finished incident, or a program, gets: everything but names of rules and of measurements. */
const textOf = (incident: ComparedRevision): string =>
  JSON.stringify([
    { ...encodeDetected(incident), ...encodePooled(incident) },
    { ...encodeCause(incident.cause), table: null },
    twoFigures(incident.impact?.atLeast),
    twoFigures(incident.impact?.atMost),
  ])
