import type { Edge, Incident } from '../../model/incident.ts'

const MINUTE = 60_000

type Shown = Omit<Incident, 'id' | 'service' | 'asn' | 'revision' | 'revisedAt' | 'reason' | 'note' | 'episode'>

/** Whether a time as shown has moved by more than a minute, or has come or gone. */
const moved = (a: number | undefined, b: number | undefined): boolean =>
  a === undefined || b === undefined ? a !== b : Math.abs(a - b) > MINUTE

const edgeMoved = (a: Edge, b: Edge): boolean =>
  a.kind !== b.kind ||
  moved(a.median, b.median) ||
  moved(a.lo95, b.lo95) ||
  moved(a.hi95, b.hi95) ||
  moved(a.bracket[0], b.bracket[0]) ||
  moved(a.bracket[1], b.bracket[1])

const far = (a: number, b: number, tolerance: number): boolean => Math.abs(a - b) > tolerance

/** A bound on people is said in two significant figures. */
const twoFigures = (value: number | undefined): string => (value === undefined ? '' : value.toPrecision(2))

/**
 * Whether a reader of the incident's page would read something else. While it runs, its end, its counts and the exact
 * share are not compared: they change with every measurement, and a revision for each would hide the ones that matter.
 */
export function readerSeesChange(before: Shown, after: Shown): boolean {
  const running = before.running && after.running
  return (
    before.state !== after.state ||
    before.running !== after.running ||
    before.withdrawn !== after.withdrawn ||
    before.mechanism !== after.mechanism ||
    before.rulesVersion !== after.rulesVersion ||
    before.cause.word !== after.cause.word ||
    before.cause.support !== after.cause.support ||
    before.cause.rival.cause !== after.cause.rival.cause ||
    before.cause.table !== after.cause.table ||
    far(before.cause.log10Lr, after.cause.log10Lr, running ? 0.3 : 0.02) ||
    edgeMoved(before.start, after.start) ||
    (!running && edgeMoved(before.end, after.end)) ||
    (!running && countsDiffer(before, after)) ||
    (!running && twoFigures(before.impact?.atLeast) !== twoFigures(after.impact?.atLeast)) ||
    (!running && twoFigures(before.impact?.atMost) !== twoFigures(after.impact?.atMost))
  )
}

const countsDiffer = (before: Shown, after: Shown): boolean =>
  before.episodes !== after.episodes ||
  before.probes !== after.probes ||
  before.probesFailed !== after.probesFailed ||
  before.readings !== after.readings ||
  far(before.share.value, after.share.value, 0.005)
