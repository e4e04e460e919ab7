import { weighItems } from '../../../src/core/detect/cause/weigh.ts'
import { makeCauseTable } from '../../../src/core/detect/cause/table.ts'
import { widestOf, windowOf } from '../../../src/core/derive/window.ts'
import { HOUR_MS } from '../../../src/core/model/duration.ts'
import type { CauseItem } from '../../../src/core/model/incident/cause.ts'
import type { Incident } from '../../../src/core/model/incident/incident.ts'
import type { Reading } from '../../../src/core/model/measured/reading.ts'
import type { Instant } from '../../../src/core/model/units.ts'
import { loadCauseFile } from '../../../src/runtime/tables/cause-files.ts'

/** Readings as far as they are drawn and counted. */
export type Drawn = Pick<Reading, 'at' | 'probe' | 'target' | 'id'>

const near = (a: number, b: number, by = 1e-6): boolean => Math.abs(a - b) <= by
/** Items that count devices of the series itself. */
const OWN: ReadonlySet<CauseItem> = new Set([
  'pair',
  'stage',
  'artefact',
  'dns',
  'doh',
  'abroad',
  'onset',
  'ipv6',
  'line',
])
const failed = ({ target }: Drawn): boolean => target === 'fail' || target === 'slow'
const devices = (readings: readonly Drawn[]): number => new Set(readings.map(({ probe }) => probe)).size

let kept: ReturnType<typeof makeCauseTable> | undefined
function table(): ReturnType<typeof makeCauseTable> {
  const { file, digest } = loadCauseFile()
  return (kept ??= makeCauseTable(file, digest))
}

/**
 * What a reader who multiplies, adds up and compares finds wrong in one incident and the measurements that its page draws:
 * a sentence for each; empty where all of it agrees. `readings` are those of its series, at least two hours around it,
 * with what was slow marked as slow.
 */
export function contradictions(incident: Incident, readings: readonly Drawn[]): readonly string[] {
  const found: string[] = []
  const hold = (is: boolean, sentence: string): void => void (is || found.push(sentence))
  weight(incident, hold)
  times(incident, hold)
  counts(incident, readings, hold)
  return found.map((sentence) => `${incident.id} r${incident.revision}: ${sentence}`)
}

type Hold = (is: boolean, sentence: string) => void

function weight({ cause }: Incident, hold: Hold): void {
  const sum = cause.items.reduce((total, { log10Lr }) => total + log10Lr, 0)
  hold(near(sum, cause.log10Lr), `items multiply to ${10 ** sum}, the total is ${10 ** cause.log10Lr}`)
  hold(cause.lo95 <= cause.log10Lr && cause.log10Lr <= cause.hi95, `the total lies outside its interval`)
  for (const { item, alone, count } of cause.items) {
    hold(alone.lo95 <= alone.log10Lr && alone.log10Lr <= alone.hi95, `${item} alone lies outside its interval`)
    hold(count.k <= count.n, `${item} counts ${count.k} of ${count.n}`)
  }
  const weighed = weighItems(cause.items, table())
  hold(near(weighed.log10Lr, cause.log10Lr), `the table gives ${weighed.log10Lr} for its items`)
  const { quoted } = cause
  hold(quoted !== undefined && near(weighed.quoted.log10Lr, quoted.log10Lr), 'the table gives another ratio to quote')
  for (const { item, after } of cause.unseen)
    for (const { outcome, log10Lr } of after) {
      const then = weighItems([...cause.items, { item, outcome }], table()).quoted.log10Lr
      hold(near(then, log10Lr), `${item}: ${outcome} would give ${then}, not ${log10Lr}`)
    }
}

function times(incident: Incident, hold: Hold): void {
  const { start, end, revisedAt, alarm, running } = incident
  for (const [side, edge] of Object.entries({ start, end })) {
    const { lo95, lo50, median, hi50, hi95, bracket } = edge
    const order = [lo95, lo50, median, hi50, hi95].filter((one) => one !== undefined)
    hold(order.join() === order.toSorted((a, b) => a - b).join(), `the quantiles of its ${side} are out of order`)
    const [from, until] = bracket
    hold(
      from === undefined || until === undefined || from <= until,
      `the bracket of its ${side} is the wrong way round`,
    )
    for (const at of bracket)
      hold(at === undefined || at <= revisedAt, `its ${side} names a measurement later than the revision`)
  }
  hold(alarm === undefined || alarm.raisedAt <= revisedAt, 'its alarm was raised after the revision')
  hold(!running || end.median === undefined, 'it runs and has an end')
}

function counts(incident: Incident, readings: readonly Drawn[], hold: Hold): void {
  const { cause, probes, probesFailed, start, end, gaps } = incident
  const known = readings.filter(({ at }) => at <= incident.revisedAt)
  const { from, until } = windowOf(incident)
  const inside = known.filter(({ at }) => at >= from && at <= until)
  const around = known.filter(({ at }) => at >= from - 3 * HOUR_MS && at <= until)
  hold(probesFailed <= probes, `${probesFailed} of ${probes} devices failed`)
  const widest = widestOf(incident)
  const wide = known.filter(({ at }) => at >= widest.from && at <= widest.until)
  hold(probes <= devices(wide), `${probes} devices, and ${devices(wide)} measured`)
  for (const { item, count } of cause.items)
    if (OWN.has(item))
      hold(count.probes <= devices(around), `${item} counts ${count.probes} devices, and ${devices(around)} measured`)
  const first = (start.lo95 ?? from) - 3 * HOUR_MS
  const starting = known.filter(({ at }) => at >= first && at <= (start.hi95 ?? from) + 3 * HOUR_MS)
  const reaches = known.some(({ at }) => at <= first)
  for (const { item, count } of cause.items)
    if (OWN.has(item) && (item !== 'onset' || reaches)) {
      const whole = item === 'onset' ? starting.length : wide.length
      hold(count.n <= whole, `${item} counts ${count.n} of ${whole} measurements`)
    }
  const artefact = cause.items.find(({ item }) => item === 'artefact')
  const fails = inside.filter(failed).length
  // Of a device that measures more often than the schedule not every failure is weighed.
  hold(
    artefact === undefined || (artefact.count.n > 0 && artefact.count.n <= fails),
    `${artefact?.count.n} failures are weighed, ${fails} drawn`,
  )
  const ids = new Set(wide.flatMap(({ id }) => id ?? []))
  hold(
    incident.measurements.every((id) => ids.has(id)),
    'it names measurements that lie outside of it',
  )
  for (const gap of gaps) hold(!known.some(({ at }) => at > gap.from && at < gap.until), `measurements lie in a gap`)
  changes(
    { before: before(known, start), inside: share(known, [start.bracket[1] ?? from, end.bracket[0] ?? until]) },
    hold,
  )
  if (end.bracket[1] !== undefined) {
    const after = known.filter(({ at }) => at > (end.hi95 ?? end.bracket[1] ?? until) && at <= until + HOUR_MS)
    changes(
      { before: after.length < 3 ? undefined : ratio(after), inside: share(known, [from, end.bracket[0] ?? until]) },
      hold,
    )
  }
}

/** Share that failed in the hour before the start; undefined where too few were made. */
function before(known: readonly Drawn[], { lo95, bracket }: Incident['start']): number | undefined {
  const first = lo95 ?? bracket[0]
  if (first === undefined) return undefined
  const those = known.filter(({ at }) => at < first && at >= first - HOUR_MS)
  return those.length < 3 ? undefined : ratio(those)
}

const ratio = (those: readonly Drawn[]): number => those.filter(failed).length / those.length

function share(known: readonly Drawn[], [from, until]: readonly [Instant, Instant]): number {
  return ratio(known.filter(({ at }) => at >= from && at <= until))
}

function changes({ before: outside, inside }: { before: number | undefined; inside: number }, hold: Hold): void {
  hold(outside === undefined || inside > outside + 0.15, `${inside} failed inside and ${outside} beside it`)
}
