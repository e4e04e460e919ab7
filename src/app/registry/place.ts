import { join } from 'node:path'
import type { World } from '../../runtime/world.ts'
import type { RegistryPlace } from '../../store/registry/database.ts'

/** Parts of a registry: the file of each in the folder `registry`, and the variable that names a database instead. */
export const PARTS = {
  reports: { file: 'reports.sqlite', variable: 'KUAGER_REPORTS_DATABASE' },
  subscriptions: { file: 'subscriptions.sqlite', variable: 'KUAGER_SUBSCRIPTIONS_DATABASE' },
  letters: { file: 'letters.sqlite', variable: 'KUAGER_LETTER_DATABASE' },
} as const
export type PartName = keyof typeof PARTS

/** Folder of the registry in a data folder or in that of a letter service. */
export const registryFolder = (folder: string): string => join(folder, 'registry')

/** Where a part of the registry is: in PostgreSQL where the environment names it, else in a file of the folder. */
export function registryPlace(folder: string, part: PartName, env: World['env']): RegistryPlace {
  const { file, variable } = PARTS[part]
  const url = env[variable]
  return url === undefined || url === ''
    ? { kind: 'sqlite', file: join(registryFolder(folder), file) }
    : { kind: 'postgres', url }
}
