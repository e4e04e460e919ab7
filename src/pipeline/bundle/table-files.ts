import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DERIVATION_TABLES, fingerprintsName } from '../../derive/derivation-tables.ts'
import { PACKAGE_ROOT } from '../../sys/package-root.ts'

/**
 * The tables that verdicts and incidents rest on, as they lie in the package, and the fingerprints that this observatory
 * judges with, by the names that they have in a bundle. Certificates are apart: which roots were needed shows in judging.
 */
export async function readTableFiles(fingerprintFiles: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const name of DERIVATION_TABLES) files.set(name, await readFile(join(PACKAGE_ROOT, 'data', name)))
  for (const [index, path] of fingerprintFiles.entries()) files.set(fingerprintsName(index + 1), await readFile(path))
  return files
}
