import { readFileSync } from 'node:fs'
import { DERIVATION_TABLES } from '../core/model/tables/parse-tables.ts'

// The only file here that reads a disk. The published package carries the texts themselves (scripts/build.ts), so that a
// browser has them too.

/** Texts of the tables in data/ that verdicts and weights depend on, by their names. */
export const TABLE_TEXTS: Readonly<Record<string, string>> = Object.fromEntries(
  DERIVATION_TABLES.map((name) => [name, readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8')]),
)
