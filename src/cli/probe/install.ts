import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import { cadenceFor } from '../../probe/plan/schedule.ts'
import { saveSettings } from '../../probe/plan/settings.ts'
import { formatNumber } from '../../core/text/number.ts'
import { permission } from './consent/consent.ts'
import { allowanceOf } from './consent/consent-text.ts'
import { runAll, serviceFile, type ServiceFile } from './service-files.ts'
import { knownServices } from './run/setup.ts'
import { teller } from './tell.ts'
import { task } from '../terminal/command.ts'
import { MEASURING, readAsked, someOptions, type Asked } from './options.ts'

export const command = task({
  about: `
Turn the schedule on: the system starts the daemon. The options are stored. The daemon is started by systemd, at
sign-in on Windows, or by launchd on macOS, which is untested.`,
  examples: ['--yes', '--print'],
  options: someOptions('yes', 'tiers', 'metered', 'allowance', 'print', 'no-start', ...MEASURING),
  exit: { 3: 'there is no consent' },
  run: async (values, call) => runInstall(await readAsked(values, call), call.world),
})

/**
 * keeps the options in the folder, writes the file by which this system starts the daemon, and
 * starts it. `--print` writes the file to standard output and nothing else anywhere.
 */
async function runInstall(asked: Asked, world: World): Promise<number> {
  const file = serviceFile(asked.folder, world)
  if (asked.print) {
    world.out.write(file.text)
    return 0
  }
  const permitted = await permission(asked, knownServices(asked), world)
  if (permitted.kind === 'refused') return 3
  await writeServiceFile(asked, file)
  const { lang } = asked
  const tell = teller(lang, world)
  tell('probe.install.written', { path: file.path })
  const { coreInterval, fullsPerDay } = cadenceFor(allowanceOf(asked))
  tell('probe.install.cadence', {
    minutes: formatNumber(lang, coreInterval / MINUTE_MS),
    fulls: formatNumber(lang, fullsPerDay, 1),
    allowance: formatNumber(lang, allowanceOf(asked) / 1e6),
  })
  if (file.untested === true) tell('probe.install.untested')
  const started = asked.start && file.starts && (await runAll(file.start, world.signal))
  if (started) tell('probe.install.started')
  else tell('probe.install.by-hand', { command: asTyped(file.start) })
  tell('probe.install.stop', { command: asTyped(file.stop) })
  return 0
}

/** Stores the options and the file by which this system starts the daemon. */
async function writeServiceFile(asked: Asked, file: ServiceFile): Promise<void> {
  await saveSettings(asked.folder, { ...asked.settings, lang: asked.lang })
  await mkdir(dirname(file.path), { recursive: true })
  await writeFile(file.path, file.text, { mode: 0o600 })
}

/**
 * Has the system keep the schedule of a folder, as `install` does. Where the system could not be asked: the command by
 * which its owner starts it.
 */
export async function startSchedule(asked: Asked, world: World): Promise<string | undefined> {
  const file = serviceFile(asked.folder, world)
  await writeServiceFile(asked, file)
  return file.starts && (await runAll(file.start, world.signal)) ? undefined : asTyped(file.start)
}

const asTyped = (commands: readonly (readonly string[])[]): string =>
  commands.map((words) => words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ')).join(' && ')
