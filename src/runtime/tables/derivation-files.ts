import { join } from 'node:path'
import { DERIVATION_TABLES, fingerprintsName } from '../../core/model/tables/parse-tables.ts'
import { PACKAGE_ROOT, readPackaged } from '../files/package-root.ts'
import { readFingerprintFile, type TableOptions } from './tables.ts'

/**
 * The bytes of every table that verdicts and incidents rest on, by the names that they have in a bundle: fingerprints are
 * numbered in the order in which they are given. Throws InputError for a fingerprint file that cannot be read.
 */
export function readDerivationFiles(options: TableOptions = {}): ReadonlyMap<string, Uint8Array> {
  const prints = (options.fingerprintFiles ?? []).map(
    (file, i) => [fingerprintsName(i + 1), readFingerprintFile(file)] as const,
  )
  return new Map([
    ...DERIVATION_TABLES.map((name) => [name, readPackaged(join(PACKAGE_ROOT, 'data', name))] as const),
    ...prints,
  ])
}
