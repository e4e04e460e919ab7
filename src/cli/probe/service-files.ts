import { execFile } from 'node:child_process'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ONE_FILE, PACKAGE_ROOT, PROBE_ONLY } from '../../runtime/files/package-root.ts'
import type { World } from '../../runtime/world.ts'
import { downloadedProgram } from './update/built.ts'
import { escapePlist, launchdPlist, LAUNCHD_LABEL } from '../../probe/install/launchd.ts'
import { SERVICE_NAME } from '../../probe/install/program.ts'
import type { ServiceProgram } from '../../probe/install/program.ts'
import { quoteUnit, systemdUnit } from '../../probe/install/systemd.ts'
import { fitsEntry, HIDDEN_START, startHidden, stopHidden } from '../../probe/install/windows.ts'

/** How a system starts a daemon by itself: a file, and what starts and stops it. */
export interface ServiceFile {
  readonly path: string
  readonly text: string
  readonly start: readonly (readonly string[])[]
  readonly stop: readonly (readonly string[])[]
  /** The folder as the file names it, if it does. */
  readonly folderAsWritten?: string
  /** Whether `install` starts it: not where the system would not start it at sign-in. */
  readonly starts: boolean
  /** Never tried on a machine of that system. */
  readonly untested?: boolean
}

/** A script is started by the file next to it, which finds Node again after Node was updated. */
function ownStart(env: World['env']): readonly string[] {
  if (ONE_FILE) return [downloadedProgram(env)]
  if (PROBE_ONLY) return [join(PACKAGE_ROOT, SERVICE_NAME)]
  return [process.execPath, join(PACKAGE_ROOT, 'bin', 'kuager.js'), 'probe']
}

/** The service file of this system by which this program keeps the schedule of a folder. */
export function serviceFile(folder: string, world: Pick<World, 'env'>): ServiceFile {
  const program: ServiceProgram = { start: ownStart(world.env), folder }
  switch (platform()) {
    case 'darwin': {
      const path = join(homedir(), 'Library', 'LaunchAgents', `${LAUNCHD_LABEL}.plist`)
      return {
        path,
        text: launchdPlist(program),
        folderAsWritten: escapePlist(folder),
        start: [['launchctl', 'load', '-w', path]],
        stop: [['launchctl', 'unload', '-w', path]],
        starts: true,
        untested: true,
      }
    }
    case 'win32': {
      const path = join(folder, 'start-hidden.vbs')
      return {
        path,
        text: HIDDEN_START,
        start: startHidden(path, program),
        stop: stopHidden,
        starts: fitsEntry(path),
      }
    }
    default: {
      const config = world.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
      return {
        path: join(config, 'systemd', 'user', `${SERVICE_NAME}.service`),
        text: systemdUnit(program),
        folderAsWritten: quoteUnit(folder),
        start: [
          ['systemctl', '--user', 'daemon-reload'],
          ['systemctl', '--user', 'enable', '--now', SERVICE_NAME],
        ],
        stop: [['systemctl', '--user', 'disable', '--now', SERVICE_NAME]],
        starts: true,
      }
    }
  }
}

const run = promisify(execFile)
const LIMIT_MS = 30_000

/** Runs commands one after the other; false as soon as one fails: the owner is then told what to run. */
export async function runAll(commands: readonly (readonly string[])[], signal: AbortSignal): Promise<boolean> {
  for (const [command = '', ...words] of commands)
    try {
      await run(command, words, { signal, timeout: LIMIT_MS })
    } catch {
      signal.throwIfAborted()
      return false
    }
  return true
}
