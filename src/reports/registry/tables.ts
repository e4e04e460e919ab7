import type { RegistryPart } from '../../store/registry/database.ts'

/** Tables of what people told, as docs/formats/registry.md describes them. */
export interface ReportTables {
  reports: {
    id: string
    slot: number
    service: string
    problem: string
    since: string | null
    /** 0: not known. */
    asn: number
    said: number
    /** `''`: not known. */
    region: string
    state: string
    simulated: number
  }
  checks: {
    id: string
    slot: number
    service: string
    outcome: string
    asn: number
    region: string
    state: string
    simulated: number
  }
  notes: {
    id: string
    day: number
    service: string
    lang: string
    text: string
    state: string
    shown: string | null
    simulated: number
  }
}

export const REPORTS: RegistryPart = {
  name: 'reports',
  number: 1,
  migrations: [
    ({ text, whole, byName, spacer }) => [
      `CREATE TABLE reports (
         id ${text} PRIMARY KEY, slot ${whole} NOT NULL, service ${text} NOT NULL, problem ${text} NOT NULL,
         since ${text}, asn ${whole} NOT NULL, said ${whole} NOT NULL, region ${text} NOT NULL,
         state ${text} NOT NULL, simulated ${whole} NOT NULL
       )${byName}`,
      'CREATE INDEX reports_by_cell ON reports (slot, service, asn, said, region, problem, state, simulated)',
      `CREATE TABLE checks (
         id ${text} PRIMARY KEY, slot ${whole} NOT NULL, service ${text} NOT NULL, outcome ${text} NOT NULL,
         asn ${whole} NOT NULL, region ${text} NOT NULL, state ${text} NOT NULL, simulated ${whole} NOT NULL
       )${byName}`,
      'CREATE INDEX checks_by_cell ON checks (slot, service, asn, outcome, state, simulated)',
      `CREATE TABLE notes (
         id ${text} PRIMARY KEY, day ${whole} NOT NULL, service ${text} NOT NULL, lang ${text} NOT NULL,
         state ${text} NOT NULL, simulated ${whole} NOT NULL, ${spacer} text ${text} NOT NULL, shown ${text}
       )${byName}`,
      'CREATE INDEX notes_by_state ON notes (state, day)',
      'CREATE INDEX simulated_reports ON reports (simulated) WHERE simulated = 1',
      'CREATE INDEX simulated_checks ON checks (simulated) WHERE simulated = 1',
      'CREATE INDEX simulated_notes ON notes (simulated) WHERE simulated = 1',
    ],
  ],
  erasable: ['notes'],
}
