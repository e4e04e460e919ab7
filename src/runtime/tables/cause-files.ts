import { hash } from 'node:crypto'
import { join } from 'node:path'
import type { z } from 'zod'
import { causeTableSchema, ownersSchema, type CauseTableFile } from '../../core/model/tables/cause-table.ts'
import { Fault } from '../../core/model/errors.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { PACKAGE_ROOT, readPackaged } from '../files/package-root.ts'

function bundled<S extends z.ZodType>(
  name: string,
  schema: S,
): { readonly value: z.infer<S>; readonly digest: Sha256 } {
  const bytes = readPackaged(join(PACKAGE_ROOT, 'data', name))
  const parsed = schema.safeParse(JSON.parse(bytes.toString('utf8')))
  if (!parsed.success)
    throw new Fault(`Cannot load table "${name}": ${parsed.error.issues[0]?.message ?? 'wrong shape'}`)
  return { value: parsed.data, digest: parseSha256(hash('sha256', bytes)) }
}

/** Loads data/causes.json with its digest. Throws Fault for a broken file: it is bundled. */
export function loadCauseFile(): { readonly file: CauseTableFile; readonly digest: Sha256 } {
  const { value, digest } = bundled('causes.json', causeTableSchema)
  return { file: value, digest }
}

/** Owner of each service that data/owners.json knows. Throws Fault for a broken file: it is bundled. */
export function loadServiceOwners(): ReadonlyMap<string, string> {
  const { value } = bundled('owners.json', ownersSchema)
  return new Map(value.owners.map(({ service, owner }) => [service, owner]))
}
