import { HOUR_MS } from '../../model/duration.ts'
import { FEWEST_REPORTERS, PROBLEMS, SLOT_MS, type Problem } from '../../model/people/report.ts'
import { CELL_LEVELS, type CellLevel, type ReportCell } from '../../model/people/report-cell.ts'
import type { Region } from '../../model/region.ts'
import type { Asn } from '../../model/units.ts'

/** So many reports that share all that is known of them. */
export interface ReportAtom {
  /** Start of its slot, milliseconds. */
  readonly slot: number
  readonly service: string
  /** 0 where not known. */
  readonly asn: Asn
  /** The network is people's word. */
  readonly said: boolean
  /** `''` where not known. */
  readonly region: Region | ''
  readonly problem: Problem
  readonly count: number
}

const hourOf = (slot: number): number => Math.floor(slot / HOUR_MS) * HOUR_MS

/** What distinguishes the cells of a level; undefined if a report cannot be counted at that level. */
const KEYS: Readonly<Record<CellLevel, (atom: ReportAtom) => string | undefined>> = {
  place: ({ slot, asn, said, region }) => (asn === 0 || region === '' ? undefined : `${slot} ${asn} ${said} ${region}`),
  network: ({ slot, asn, said }) => (asn === 0 ? undefined : `${slot} ${asn} ${said}`),
  region: ({ slot, region }) => (region === '' ? undefined : `${slot} ${region}`),
  slot: ({ slot }) => `${slot}`,
  hour: ({ slot }) => `${hourOf(slot)}`,
}

/**
 * Arranges reports into cells that may be shown (docs/methods/reports.md, "What is shown"): of slots that ended before
 * `settled`, and of hours that did. A cell of fewer than five is rolled up: the region goes first, since restrictions
 * follow networks, then the network, then both, then the 15 minutes; what is still fewer in the hour is not
 * shown. Because every report is in one cell, nothing follows by subtraction; and because a slot's reports do not
 * change once it is settled, what is shown later never differs from what was shown before but by whole cells.
 */
export function rollUp(atoms: readonly ReportAtom[], settled: number): readonly ReportCell[] {
  const due = atoms.filter(({ slot, count }) => slot + SLOT_MS <= settled && count > 0)
  return [...Map.groupBy(due, ({ service }) => service).values()].flatMap((own) => rollUpService(own, settled))
}

function rollUpService(atoms: readonly ReportAtom[], settled: number): readonly ReportCell[] {
  const cells: ReportCell[] = []
  let rest = atoms
  for (const level of CELL_LEVELS) {
    const key = KEYS[level]
    const isDue = ({ slot }: ReportAtom): boolean => level !== 'hour' || hourOf(slot) + HOUR_MS <= settled
    const groups = Map.groupBy(rest, (atom) => (isDue(atom) ? key(atom) : undefined))
    rest = [...groups].flatMap(([name, group]) => {
      if (name === undefined || countOf(group) < FEWEST_REPORTERS) return group
      cells.push(cellOf(level, group))
      return []
    })
  }
  return cells
}

const countOf = (atoms: readonly ReportAtom[]): number => atoms.reduce((sum, { count }) => sum + count, 0)

function cellOf(level: CellLevel, group: readonly ReportAtom[]): ReportCell {
  const [{ service, slot, asn, said, region }] = group as [ReportAtom, ...ReportAtom[]] // a group is of one at least
  const from = level === 'hour' ? hourOf(slot) : slot
  return {
    service,
    level,
    from,
    until: from + (level === 'hour' ? HOUR_MS : SLOT_MS),
    ...(level === 'place' || level === 'network' ? { asn, said } : {}),
    ...(level === 'place' || level === 'region' ? { region } : {}),
    count: countOf(group),
    problems: problemsOf(group),
  }
}

/** Kinds that five or more named, the most named first. The last of them goes where what is left would be one to four. */
function problemsOf(group: readonly ReportAtom[]): ReportCell['problems'] {
  const counts = PROBLEMS.map((problem) => ({
    problem,
    count: countOf(group.filter((one) => one.problem === problem)),
  }))
  const shown = counts.filter(({ count }) => count >= FEWEST_REPORTERS).toSorted((a, b) => b.count - a.count)
  const total = countOf(group)
  const left = (): number => total - shown.reduce((sum, { count }) => sum + count, 0)
  while (shown.length > 0 && left() > 0 && left() < FEWEST_REPORTERS) shown.pop()
  return shown
}
