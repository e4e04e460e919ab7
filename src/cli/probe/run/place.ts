import { homedir, platform } from 'node:os'
import { join, resolve } from 'node:path'
import type { World } from '../../../runtime/world.ts'

/**
 * Folder of a probe: that of the option, else KUAGER_PROBE_FOLDER, else the place for the state of programs of this
 * system (XDG_STATE_HOME, Application Support, LOCALAPPDATA). Always absolute.
 */
export function probeFolder(given: string | undefined, world: Pick<World, 'cwd' | 'env'>): string {
  const named = given ?? world.env['KUAGER_PROBE_FOLDER']
  if (named !== undefined && named !== '') return resolve(world.cwd, named)
  return join(stateFolder(world), 'kuager-probe')
}

function stateFolder({ env }: Pick<World, 'env'>): string {
  switch (platform()) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support')
    case 'win32':
      return env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local')
    default:
      return env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  }
}
