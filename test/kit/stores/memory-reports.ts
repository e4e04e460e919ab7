import { defined } from '../../../src/core/model/defined.ts'
import type { ReportState } from '../../../src/core/model/people/report.ts'
import type { NoteRow, ReportCount, ReportRow, ReportStore } from '../../../src/reports/registry/contract.ts'
import { parseAsn } from '../../../src/core/model/units.ts'

/** A store of reports in memory, for tests of what stands above it. Checks of browsers are not kept. */
export interface MemoryReports extends ReportStore {
  readonly reports: readonly ReportRow[]
  readonly kept: readonly NoteRow[]
}

export function memoryReports(rows: readonly ReportRow[] = []): MemoryReports {
  let reports: ReportRow[] = [...rows]
  let kept: NoteRow[] = []
  const within = ({ slot }: ReportRow, { since, until }: { since: number; until: number }): boolean =>
    slot >= since && slot < until
  return {
    get reports() {
      return reports
    },
    get kept() {
      return kept
    },
    async add(added) {
      reports.push(...(added.reports ?? []))
      kept.push(...(added.notes ?? []))
    },
    async setState(ids, state) {
      const wanted = new Set(ids)
      reports = reports.map((row) => (wanted.has(row.id) ? { ...row, state } : row))
    },
    async release(service, between) {
      const isHeld = (row: ReportRow): boolean =>
        row.service === service && row.state === 'held' && within(row, between)
      const count = reports.filter(isHeld).length
      reports = reports.map((row) => (isHeld(row) ? { ...row, state: 'released' as const } : row))
      return count
    },
    async counts(between, simulated) {
      const found = reports.filter((row) => within(row, between) && row.simulated === simulated)
      return [...Map.groupBy(found, keyOf).values()].map((group) => countOf(group))
    },
    crowdCounts: async () => [],
    notes: async (state, most) => kept.filter((note) => note.state === state).slice(0, most),
    async noteGroups({ state, simulated }, most) {
      const asked = kept.filter((note) => note.state === state && note.simulated === simulated)
      const groups = Map.groupBy(asked, ({ service, lang, text }) => JSON.stringify([service, lang, text]))
      return [...groups.values()].slice(0, most).map((group) => {
        const { id, day, service, lang, text } = group[0]! // a group is of one at least
        return { id, day, service, lang, text, count: group.length }
      })
    },
    countNotes: async ({ state, simulated }) =>
      kept.filter((note) => note.state === state && note.simulated === simulated).length,
    notesOf: async (start) => kept.filter(({ id }) => id.startsWith(start)).slice(0, 2),
    alike: async ({ service, lang, text }) =>
      kept.flatMap((note) =>
        note.state === 'waiting' && note.service === service && note.lang === lang && note.text === text
          ? [note.id]
          : [],
      ),
    async decideNote(id, state, shown) {
      const found = kept.some((note) => note.id === id)
      kept = kept.map((note) => (note.id === id ? { ...note, state, ...defined({ shown }) } : note))
      return found
    },
    async removeNote(id) {
      const before = kept.length
      kept = kept.filter((note) => note.id !== id)
      return kept.length < before
    },
    hasSimulated: async () => reports.some(({ simulated }) => simulated),
    async forget(before) {
      const count = reports.length
      reports = reports.filter(({ slot }) => slot >= before)
      return count - reports.length
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const keyOf = ({ slot, service, asn, said, region, problem, state }: ReportRow): string =>
  [slot, service, asn, said, region, problem, state].join(' ')

function countOf(group: readonly ReportRow[]): ReportCount {
  const { slot, service, asn, said, region, problem, state } = group[0]! // a group is of one at least
  return {
    slot,
    service,
    asn: asn ?? parseAsn(0),
    said: said === true,
    region: region ?? '',
    problem,
    state: state satisfies ReportState,
    count: group.length,
  }
}
