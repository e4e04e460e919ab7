import { defined } from '../../../src/core/model/defined.ts'
import { SLOT_MS, type Problem } from '../../../src/core/model/people/report.ts'
import type { Region } from '../../../src/core/model/region.ts'
import { instant, parseAsn } from '../../../src/core/model/units.ts'
import { ShownReports } from '../../../src/reports/shown-reports.ts'
import type { ReportRow } from '../../../src/reports/registry/contract.ts'
import { memoryReports } from '../stores/memory-reports.ts'

// An invented evening of reports: many about YouTube on two networks, a few about others. Figures are made up for tests
// of pages.

const EVENING = Date.UTC(2026, 2, 5, 15)
/** 22:10 of the same evening in Almaty. */
const NOW = instant(Date.UTC(2026, 2, 5, 17, 10))

interface Crowd {
  readonly service: string
  readonly asn?: number
  readonly said?: true
  readonly region?: Region
  readonly problem: Problem
  /** Reports of each quarter of an hour from 20:00 on. */
  readonly slots: readonly number[]
}

const CROWDS: readonly Crowd[] = [
  { service: 'youtube', asn: 64500, region: 'KZ-75', problem: 'video-stalls', slots: [6, 9, 14, 21, 17, 11] },
  { service: 'youtube', asn: 64500, region: 'KZ-71', problem: 'does-not-open', slots: [2, 4, 7, 8, 6, 2] },
  { service: 'youtube', asn: 64503, problem: 'does-not-open', slots: [0, 1, 5, 6, 5, 3] },
  { service: 'youtube', asn: 64502, said: true, problem: 'slow', slots: [0, 0, 5, 2, 1, 0] },
  { service: 'youtube', problem: 'slow', slots: [2, 1, 2, 1, 1, 0] },
  { service: 'telegram', asn: 64501, problem: 'calls-fail', slots: [1, 0, 1, 0, 0, 1] },
  { service: 'whatsapp', asn: 64500, problem: 'upload-fails', slots: [0, 2, 0, 5, 0, 0] },
]

let made = 0
const rowsOf = ({ service, asn, said, region, problem, slots }: Crowd): readonly ReportRow[] =>
  slots.flatMap((count, at) =>
    Array.from({ length: count }, () => ({
      id: (made++).toString(16).padStart(32, '0'),
      slot: EVENING + at * SLOT_MS,
      service,
      problem,
      ...(asn === undefined ? {} : { asn: parseAsn(asn) }),
      ...defined({ said, region }),
      state: 'counted' as const,
      simulated: true,
    })),
  )

/** Months in which three or four people wrote each evening: by them the evening is measured. */
const usual = (): readonly ReportRow[] =>
  Array.from({ length: 60 }, (_, day) =>
    rowsOf({ service: 'youtube', asn: 64500, problem: 'slow', slots: [1, 0, 1, 1] }).map((row) => ({
      ...row,
      slot: row.slot - (day + 1) * 86_400_000,
    })),
  ).flat()

/** What may be shown of the evening. */
export const samplePeople = (): ShownReports =>
  new ShownReports({
    store: memoryReports([...CROWDS.flatMap(rowsOf), ...usual()]),
    clock: { now: () => NOW },
    simulated: true,
  })
