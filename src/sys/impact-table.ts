import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { InputError } from '../model/errors.ts'
import { impactTableSchema, type ImpactTable } from '../model/impact-table.ts'
import { PACKAGE_ROOT } from './package-root.ts'

/** Loads the figures behind the number of people, by default data/impact.json. Throws InputError with file and path. */
export function loadImpactTable(file: string = join(PACKAGE_ROOT, 'data', 'impact.json')): ImpactTable {
  const refuse = (path: string, found: string): InputError =>
    new InputError(`Cannot read figures of impact "${basename(file)}", ${path}: ${found}`, {
      code: 'impact.invalid',
      path: `${file}${path}`,
      expected: 'the form of docs/methods/impact.md',
    })
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw refuse('', error instanceof Error ? error.message : String(error))
  }
  const parsed = impactTableSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw refuse(`/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'wrong shape')
}
