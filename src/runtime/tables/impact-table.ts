import { join } from 'node:path'
import { impactTableSchema, type ImpactTable } from '../../core/model/tables/impact-table.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'
import { readTable } from './table-file.ts'

/** Loads the figures behind the number of people, by default data/impact.json. Throws InputError with file and path. */
export const loadImpactTable = (file: string = join(PACKAGE_ROOT, 'data', 'impact.json')): ImpactTable =>
  readTable(file, impactTableSchema, {
    what: 'figures of impact',
    code: 'impact.invalid',
    form: 'the form of docs/methods/impact.md',
  })
