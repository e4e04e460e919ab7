import { join } from 'node:path'
import { serviceOfHost } from '../../core/judge/judge.ts'
import { defined } from '../../core/model/defined.ts'
import type { OthersRecord } from '../../core/model/tables/others.ts'
import { loadOthers } from '../../runtime/tables/others.ts'
import { loadTables } from '../../runtime/tables/tables.ts'

const COUNTRY = { code: 'KZ', name: 'Kazakhstan' } as const

/**
 * What others measured, from `others/` of a data folder, else of its record (docs/formats/others.md); nothing where
 * there is neither. Throws InputError for a file that is not as described.
 */
export function folderOthers(folder: string, record: string): { readonly others?: OthersRecord } {
  const { services } = loadTables()
  const serviceOf = ({ host, test }: { readonly host?: string; readonly test?: string }): string | undefined => {
    const byTest = test === undefined ? undefined : services.find(({ tests }) => tests.includes(test))
    if (byTest !== undefined) return byTest.id
    return host === undefined ? undefined : (serviceOfHost(host, services)?.id ?? `web:${host}`)
  }
  const options = { serviceOf, country: COUNTRY }
  const others = loadOthers(join(folder, 'others'), options) ?? loadOthers(join(record, 'others'), options)
  return defined({ others })
}
