import type { RegistryPart } from '../database.ts'

/** Tables of keys of probes, as docs/formats/registry.md describes them: the same rows as in keys.sqlite. */
export interface KeyTables {
  keys: {
    pseudonym: string
    asn: number
    grade: string
    born_on: number
    seen_on: number
    matched_days: number
    matched_on: number
    ends_on: number | null
    lineage: string | null
  }
  lineages: { number: string; born_on: number; next: string | null }
  heirs: { lineage: string; asn: number; month: number }
  invitations: { hash: string; expires_on: number; uses_left: number; lineage: string }
  enrolments: { hash: string; asn: number; replaced_in: number | null }
  revocations: { name: string; from_day: number }
  /** Who has the rows in memory: a process that was cut off finds here that another one has read them since. */
  keys_holder: { one: number; token: string }
}

export const KEYS: RegistryPart = {
  name: 'keys',
  number: 4,
  migrations: [
    ({ text, whole, byName }) => [
      `CREATE TABLE keys (
         pseudonym ${text} PRIMARY KEY, asn ${whole} NOT NULL, grade ${text} NOT NULL, born_on ${whole} NOT NULL,
         seen_on ${whole} NOT NULL, matched_days ${whole} NOT NULL, matched_on ${whole} NOT NULL, ends_on ${whole},
         lineage ${text}
       )${byName}`,
      `CREATE TABLE lineages (number ${text} PRIMARY KEY, born_on ${whole} NOT NULL, next ${text})${byName}`,
      `CREATE TABLE heirs (
         lineage ${text} NOT NULL, asn ${whole} NOT NULL, month ${whole} NOT NULL, PRIMARY KEY (lineage, asn, month)
       )${byName}`,
      `CREATE TABLE invitations (
         hash ${text} PRIMARY KEY, expires_on ${whole} NOT NULL, uses_left ${whole} NOT NULL, lineage ${text} NOT NULL
       )${byName}`,
      `CREATE TABLE enrolments (
         hash ${text} NOT NULL, asn ${whole} NOT NULL, replaced_in ${whole}, PRIMARY KEY (hash, asn)
       )${byName}`,
      `CREATE TABLE revocations (name ${text} PRIMARY KEY, from_day ${whole} NOT NULL)${byName}`,
      `CREATE TABLE keys_holder (one ${whole} PRIMARY KEY, token ${text} NOT NULL)${byName}`,
    ],
  ],
  erasable: ['keys', 'heirs'],
}
