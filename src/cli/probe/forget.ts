import { readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { millis } from '../../core/model/units.ts'
import { pause } from '../../probe/measure/pause.ts'
import { Spool } from '../../probe/spool/spool.ts'
import { TURNS, takeTurn } from '../../probe/measure/turn.ts'
import type { Turn } from '../../probe/measure/turn.ts'
import { say } from '../../core/text/format.ts'
import { askYes } from './consent/consent.ts'
import { scheduleIsKept, stillRunning } from './daemon.ts'
import { removeOurs, sortFolder } from './folder-files.ts'
import { runAll, serviceFile, type ServiceFile } from './service-files.ts'
import { forgetState } from '../../probe/update/update-state.ts'
import { commandLine } from '../terminal/command-line.ts'
import { teller } from './tell.ts'
import { task } from '../terminal/command.ts'
import { readAsked, someOptions, type Asked } from './options.ts'

export const command = task({
  about: `
Stop, and delete everything that the probe stored. Deleted are keys, queue, receipts, copies, settings, consent and
the service file. Other files in the folder stay and are named.`,
  examples: [''],
  options: someOptions('yes'),
  exit: { 3: 'nothing was deleted' },
  run: async (values, call) => runForget(await readAsked(values, call), call.world),
})

/**
 * asks, stops the daemon, deletes keys, spool, receipts, copies, settings and consent, and the
 * service file. Files that are none of the probe's are left alone and named. Gives 3 where nothing was deleted.
 */
async function runForget(asked: Asked, world: World): Promise<number> {
  const { folder, lang } = asked
  const tell = teller(lang, world)
  if ((await sortFolder(folder)).ours.length === 0) {
    tell('probe.forget.nothing', { folder })
    return 0
  }
  tell('probe.forget.what', { folder })
  const waiting = (await new Spool(folder).list()).length
  if (waiting > 0)
    tell('probe.forget.undelivered', { count: String(waiting), command: commandLine('probe', 'export', 'FILE') })
  if (!asked.yes && !(await askYes(lang, say(lang, 'probe.forget.ask'), world))) {
    tell('probe.forget.kept')
    return 3
  }
  const others = await forgetAll(asked, world)
  tell('probe.forget.done')
  if (others.length > 0) tell('probe.forget.left', { list: others.join(', ') })
  tell('probe.forget.published')
  return 0
}

/** Stops what uses the folder and removes all that is the probe's; gives the names of what is not, which stays. */
export async function forgetAll({ folder }: Pick<Asked, 'folder'>, world: World): Promise<readonly string[]> {
  await stop(folder, world)
  return removeOurs(folder)
}

/** Looks, half a second apart, before a process that was asked to stop counts as one that does not. */
const LOOKS = 40
const BETWEEN = millis(500)

/** Stops what uses the folder: the service where it is installed, else the process that keeps the schedule. */
async function stop(folder: string, world: World): Promise<void> {
  await forgetState(folder) // first: what started a version that is tried must not start another one
  const file = serviceFile(folder, world)
  if (await isInstalledFor(file, folder)) {
    for (const command of file.stop) await runAll([command], world.signal) // each, also where one has nothing to do
    await rm(file.path, { force: true })
  }
  const kept = await scheduleIsKept(folder)
  if (kept?.pid !== undefined) process.kill(kept.pid, 'SIGTERM') // it holds the lock now, so the number is its own
  for (const turn of TURNS) await waitUntilFree(folder, turn, world.signal)
}

async function waitUntilFree(folder: string, turn: Turn, signal: AbortSignal): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const taken = await takeTurn(folder, turn)
    if (taken.kind === 'held') return taken.turn[Symbol.asyncDispose]()
    if (look + 1 === LOOKS) throw stillRunning(taken.holder?.pid)
    await pause(BETWEEN, signal)
  }
}

/** Whether the service file is about this folder: another probe's is left alone. */
async function isInstalledFor({ path, folderAsWritten }: ServiceFile, folder: string): Promise<boolean> {
  try {
    const text = await readFile(path, 'utf8')
    return dirname(path) === folder || (folderAsWritten !== undefined && text.includes(folderAsWritten))
  } catch {
    return false
  }
}
