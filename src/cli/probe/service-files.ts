import { execFile } from 'node:child_process'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ONE_FILE, PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import type { World } from '../../runtime/world.ts'
import { launchdPlist, LAUNCHD_LABEL } from '../../probe/install/launchd.ts'
import { SERVICE_NAME } from '../../probe/install/program.ts'
import type { ServiceProgram } from '../../probe/install/program.ts'
import { systemdUnit } from '../../probe/install/systemd.ts'
import { windowsTask } from '../../probe/install/windows-task.ts'

/** How a system starts a daemon by itself: a file, and what starts and stops it. */
interface ServiceFile {
  readonly path: string
  readonly text: string
  readonly encoding: 'utf8' | 'utf16le'
  readonly start: readonly (readonly string[])[]
  readonly stop: readonly (readonly string[])[]
  /** Whether it was ever run on a real device. */
  readonly tested: boolean
}

const ownStart = (): readonly string[] =>
  ONE_FILE ? [process.execPath] : [process.execPath, join(PACKAGE_ROOT, 'bin', 'kuager.js'), 'probe']

/** The service file of this system by which this program keeps the schedule of a folder. */
export function serviceFile(folder: string, world: Pick<World, 'env'>): ServiceFile {
  const program: ServiceProgram = { start: ownStart(), folder }
  switch (platform()) {
    case 'darwin': {
      const path = join(homedir(), 'Library', 'LaunchAgents', `${LAUNCHD_LABEL}.plist`)
      return {
        path,
        text: launchdPlist(program),
        encoding: 'utf8',
        start: [['launchctl', 'load', '-w', path]],
        stop: [['launchctl', 'unload', '-w', path]],
        tested: false,
      }
    }
    case 'win32':
      return {
        path: join(program.folder, `${SERVICE_NAME}.xml`),
        text: `\ufeff${windowsTask(program)}`,
        encoding: 'utf16le',
        start: [
          ['schtasks', '/create', '/f', '/tn', SERVICE_NAME, '/xml', join(program.folder, `${SERVICE_NAME}.xml`)],
        ],
        stop: [['schtasks', '/delete', '/f', '/tn', SERVICE_NAME]],
        tested: false,
      }
    default: {
      const config = world.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
      return {
        path: join(config, 'systemd', 'user', `${SERVICE_NAME}.service`),
        text: systemdUnit(program),
        encoding: 'utf8',
        start: [
          ['systemctl', '--user', 'daemon-reload'],
          ['systemctl', '--user', 'enable', '--now', SERVICE_NAME],
        ],
        stop: [['systemctl', '--user', 'disable', '--now', SERVICE_NAME]],
        tested: true,
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
