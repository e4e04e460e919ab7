import {
  CASE_GROUPS,
  type CaseGroup,
  type ErrorRate,
  type GroupScore,
  type PredictedCase,
  type PredictedIncident,
  type ValidationLabels,
  type ValidationScore,
} from '../../model/incident/validation.ts'
import { clopperPearson } from '../statistics/binomial.ts'
import { cllr, leastCllr, tippett } from './cllr.ts'

type LabelledCase = ValidationLabels['cases'][number]

/** Groups in which there was interference. */
const INTERFERED: ReadonlySet<CaseGroup> = new Set(['positive', 'spike-in'])

interface ScoredCase {
  readonly group: CaseGroup
  readonly label: LabelledCase
  /** The incident that the label is about, or the most incriminating one of a placebo; absent: none was raised. */
  readonly incident?: PredictedIncident
  readonly incidents: number
}

/**
 * Scores predictions against labels (docs/methods/validation.md). A case without a label is left out. Pure: anyone who
 * has both files gets the same figures.
 */
export function scoreValidation(cases: readonly PredictedCase[], labels: ValidationLabels): ValidationScore {
  const predicted = new Map(cases.map((one) => [one.id, one]))
  const scored = labels.cases.flatMap((label): readonly ScoredCase[] => {
    const found = predicted.get(label.id)
    if (found === undefined) return []
    const incident = label.group === 'placebo' ? worstOf(found.incidents) : meetingOf(found.incidents, label)
    return [
      { group: label.group, label, incidents: found.incidents.length, ...(incident === undefined ? {} : { incident }) },
    ]
  })
  const stated = scored.filter(({ incident }) => incident !== undefined && incident.word !== 'insufficient')
  const ratiosOf = (interfered: boolean): readonly number[] =>
    stated.flatMap(({ group, incident }) =>
      INTERFERED.has(group) === interfered && incident !== undefined ? [incident.log10_lr] : [],
    )
  const ratios = { interference: ratiosOf(true), fault: ratiosOf(false) }
  const both = ratios.interference.length > 0 && ratios.fault.length > 0
  const wordOf = (interfered: boolean, word: string): number =>
    scored.filter(({ group, incident }) => INTERFERED.has(group) === interfered && incident?.word === word).length
  const all = (interfered: boolean): number => scored.filter(({ group }) => INTERFERED.has(group) === interfered).length
  return {
    groups: CASE_GROUPS.map((group) =>
      groupScore(
        group,
        scored.filter((one) => one.group === group),
      ),
    ),
    ...(both
      ? {
          cllr: {
            cllr: cllr(ratios),
            least: leastCllr(ratios),
            interference: ratios.interference.length,
            fault: ratios.fault.length,
          },
        }
      : {}),
    tippett: both ? tippett(ratios) : [],
    misleading: {
      forInterference: rateOf(ratios.fault, (x) => x > 0),
      forInterferenceTen: rateOf(ratios.fault, (x) => x >= 1),
      namedBlocking: errorRate(wordOf(false, 'blocking'), all(false)),
      forFault: rateOf(ratios.interference, (x) => x < 0),
      forFaultTen: rateOf(ratios.interference, (x) => x <= -1),
      namedFault: errorRate(wordOf(true, 'fault'), all(true)),
    },
    coverage: { start: covered(scored, 'start'), end: covered(scored, 'end') },
    falseIncidents: scored.reduce((sum, { group, incidents }) => sum + (group === 'placebo' ? incidents : 0), 0),
  }
}

function groupScore(group: CaseGroup, scored: readonly ScoredCase[]): GroupScore {
  const count = (test: (word: string) => boolean): number =>
    scored.filter(({ incident }) => incident !== undefined && test(incident.word)).length
  return {
    group,
    cases: scored.length,
    raised: count((word) => word !== 'insufficient'),
    insufficient: count((word) => word === 'insufficient'),
    blocking: count((word) => word === 'blocking'),
    fault: count((word) => word === 'fault'),
  }
}

/** k of n with the one-sided upper limit at 95 %: 3/n for no error in many. */
const errorRate = (k: number, n: number): ErrorRate => ({ k, n, upper95: clopperPearson(k, n, 0.9)[1] })

const rateOf = (ratios: readonly number[], wrong: (x: number) => boolean): ErrorRate =>
  errorRate(ratios.filter(wrong).length, ratios.length)

interface Span {
  readonly from: number
  readonly until: number
}

const at = (text: string | null | undefined): number | undefined =>
  text === null || text === undefined ? undefined : Date.parse(text)

/** Widest time of an incident; what is not known of an edge is without end. */
const spanOf = ({ start, end }: PredictedIncident): Span => ({
  from: at(start.lo95_utc) ?? at(start.bracket_utc[0]) ?? Number.NEGATIVE_INFINITY,
  until: at(end.hi95_utc) ?? at(end.bracket_utc[1]) ?? Number.POSITIVE_INFINITY,
})

/** Widest labelled time. */
const labelledSpan = ({ start, end }: LabelledCase): Span => ({
  from: at(start?.earliest_utc) ?? Number.NEGATIVE_INFINITY,
  until: at(end?.latest_utc) ?? Number.POSITIVE_INFINITY,
})

const overlap = (a: Span, b: Span): number => Math.min(a.until, b.until) - Math.max(a.from, b.from)

/** The incident with most of the labelled time; one with a stated ratio before one without. */
function meetingOf(incidents: readonly PredictedIncident[], label: LabelledCase): PredictedIncident | undefined {
  const span = labelledSpan(label)
  const meeting = incidents.filter((one) => overlap(spanOf(one), span) >= 0)
  const stated = meeting.filter(({ word }) => word !== 'insufficient')
  return (stated.length > 0 ? stated : meeting).toSorted(
    (a, b) => overlap(spanOf(b), span) - overlap(spanOf(a), span),
  )[0]
}

/** The incident that speaks most for interference. */
function worstOf(incidents: readonly PredictedIncident[]): PredictedIncident | undefined {
  const stated = incidents.filter(({ word }) => word !== 'insufficient')
  return (stated.length > 0 ? stated : incidents).toSorted((a, b) => b.log10_lr - a.log10_lr)[0]
}

/** Of dated cases that were raised: how many intervals meet the labelled bracket. The limit is that of the misses. */
function covered(scored: readonly ScoredCase[], side: 'start' | 'end'): ErrorRate {
  const dated = scored.flatMap(({ label, incident }) => {
    const bracket = label[side]
    if (bracket === undefined || incident === undefined) return []
    const { lo95_utc: lo, hi95_utc: hi } = incident[side]
    if (lo === null || hi === null) return []
    return [
      {
        lo: Date.parse(lo),
        hi: Date.parse(hi),
        first: Date.parse(bracket.earliest_utc),
        last: Date.parse(bracket.latest_utc),
      },
    ]
  })
  const missed = dated.filter(({ lo, hi, first, last }) => lo > last || hi < first).length
  const { upper95 } = errorRate(missed, dated.length)
  return { k: dated.length - missed, n: dated.length, upper95 }
}
