import { basename, delimiter, resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { parseFingerprints } from '../../core/model/tables/fingerprints.ts'
import { readFingerprintFile } from '../../runtime/tables/tables.ts'

/** Files that were read whole once: a server asks for the same ones several times while it starts. */
const readable = new Set<string>()

/**
 * Files of block-page fingerprints, absolute: those a command names, else those of KUAGER_FINGERPRINTS. The operator
 * who uses them names them in the environment, so that a server that completes an interrupted import judges by the same
 * rules. Throws InputError for one that cannot be read: said here, since threads that judge would only fail to start.
 */
export function fingerprintFiles(named: readonly string[], world: World): readonly string[] {
  const known = (world.env['KUAGER_FINGERPRINTS'] ?? '').split(delimiter).filter((file) => file !== '')
  const files = (named.length > 0 ? named : known).map((file) => resolve(world.cwd, file))
  for (const file of files.filter((one) => !readable.has(one))) {
    parseFingerprints(readFingerprintFile(file).toString(), basename(file))
    readable.add(file)
  }
  return files
}
