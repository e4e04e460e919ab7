import type { CauseItem } from '../../core/model/incident/cause.ts'
import type { Lang } from '../../core/text/lang.ts'
import { countControls, type ControlKind } from '../exhibit/controls.ts'
import type { ExhibitFinding } from '../exhibit/finding.ts'

/** What a court or a body of the United Nations looks for, in the order of docs/methods/documents.md. */
export const POINTS = [
  'finding',
  'measurer',
  'tool',
  'line',
  'time',
  'target',
  'raw',
  'controls',
  'repetition',
  'networks',
  'alternatives',
  'mechanism',
  'false-positives',
  'independent',
  'attribution',
  'request',
  'effect',
  'integrity',
  'verification',
  'report',
  'translations',
  'consent',
  'contrary',
  'specialist',
  'annexes',
] as const
export type Point = (typeof POINTS)[number]

export const POINT_STATES = ['present', 'partly', 'missing'] as const
export type PointState = (typeof POINT_STATES)[number]

/** What a case holds besides the bundle; absent is not held. */
export interface BesideBundle {
  /** The qualification of the person who measured is documented. */
  readonly qualification?: boolean
  readonly device?: boolean
  readonly contract?: boolean
  readonly clock?: boolean
  /** Data of others about that time are enclosed. */
  readonly independent?: boolean
  /** Acts, replies or notices that say who restricted and under which law. */
  readonly attribution?: boolean
  readonly request?: 'sent' | 'answered' | 'term-passed'
  readonly effect?: boolean
  readonly signedStatement?: boolean
  readonly translations?: readonly Lang[]
  readonly consent?: boolean
  readonly specialist?: boolean
}

export interface PointFound {
  /** Its number in the list, from 1. */
  readonly number: number
  readonly point: Point
  readonly state: PointState
}

/** Which of the twenty-five points a bundle and a case have: nothing counts that is not in one of them. */
export function completeness(finding: ExhibitFinding, beside: BesideBundle = {}): readonly PointFound[] {
  const states: Readonly<Record<Point, PointState>> = { ...ofBundle(finding, beside), ...ofCase(finding, beside) }
  return POINTS.map((point, at) => ({ number: at + 1, point, state: states[point] }))
}

/** All conditions hold: present; some: partly; none: missing. */
function graded(...conditions: readonly boolean[]): PointState {
  const held = conditions.filter(Boolean).length
  return held === conditions.length ? 'present' : held === 0 ? 'missing' : 'partly'
}

type CasePoint =
  'independent' | 'attribution' | 'request' | 'effect' | 'report' | 'translations' | 'consent' | 'specialist'

function ofBundle(
  finding: ExhibitFinding,
  beside: BesideBundle,
): Readonly<Record<Exclude<Point, CasePoint>, PointState>> {
  const { incident, readings, annexes, log, software, compared, targets, operator } = finding
  const holds = (prefix: string): boolean => annexes.some(({ path }) => path.startsWith(prefix))
  const looked = (item: CauseItem): boolean => incident.cause.items.some((one) => one.item === item)
  const tried = (kind: ControlKind): boolean => countControls(finding, kind).tried > 0
  return {
    finding: incident.withdrawn ? 'missing' : 'present',
    measurer: graded(incident.probes > 0, operator !== undefined, beside.qualification === true),
    tool: graded(software.length > 0, finding.program.source_sha256 !== '', beside.device === true),
    line: graded(incident.asn !== 0, beside.contract === true),
    time: graded(incident.start.kind === 'dated', beside.clock === true),
    target: targets.length > 0 ? 'present' : 'missing',
    raw: holds('data/raw/') ? 'present' : 'missing',
    controls: graded(tried('control'), tried('canary'), looked('vpn')),
    repetition: readings.length > 1 ? 'present' : 'missing',
    networks: compared.some(({ kind }) => kind === 'network') ? 'present' : 'missing',
    alternatives: graded(incident.cause.items.length > 0, incident.cause.unseen.length === 0),
    mechanism: incident.mechanism === undefined ? 'missing' : 'present',
    // Failures among controls are reported; a rate over reachable services is known on simulated data only.
    'false-positives': graded(tried('control') || tried('canary'), false),
    integrity: graded(holds('data/log/'), log.keys.length > 0, log.stamps.length > 0, log.custodyEvents > 0),
    verification: graded(holds('data/VERIFY.md'), holds('data/VERIFY.html')),
    contrary: readings.length > 0 && finding.measurements.length > 0 ? 'present' : 'missing',
    annexes: annexes.length > 0 ? 'present' : 'missing',
  }
}

const LANGUAGES = 3

function ofCase(finding: ExhibitFinding, beside: BesideBundle): Readonly<Record<CasePoint, PointState>> {
  const artefact = finding.incident.cause.items.some(({ item, outcome }) => item === 'artefact' && outcome === 'seen')
  const translated = new Set(beside.translations).size
  return {
    independent: beside.independent === true ? 'present' : 'missing',
    attribution: beside.attribution === true ? 'present' : artefact ? 'partly' : 'missing',
    request: beside.request === undefined ? 'missing' : beside.request === 'sent' ? 'partly' : 'present',
    effect: beside.effect === true ? 'present' : 'missing',
    // Charts, tables and words are in the statement; it lacks a signature until someone signs it.
    report: beside.signedStatement === true ? 'present' : 'partly',
    translations: translated === 0 ? 'missing' : translated < LANGUAGES ? 'partly' : 'present',
    // The record of redactions is in every bundle.
    consent: beside.consent === true ? 'present' : 'partly',
    specialist: beside.specialist === true ? 'present' : 'missing',
  }
}
