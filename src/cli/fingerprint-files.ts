import { delimiter, resolve } from 'node:path'
import type { World } from './command.ts'

/**
 * Files of block-page fingerprints, absolute: those a command names, else those of KUAGER_FINGERPRINTS. Whoever uses
 * them names them in the environment, so that a server that completes an interrupted import judges by the same rules.
 */
export function fingerprintFiles(named: readonly string[], world: World): readonly string[] {
  const known = (world.env['KUAGER_FINGERPRINTS'] ?? '').split(delimiter).filter((file) => file !== '')
  return (named.length > 0 ? named : known).map((file) => resolve(world.cwd, file))
}
