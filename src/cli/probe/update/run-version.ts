import { packageVersion } from '../../../runtime/files/package-root.ts'
import type { World } from '../../../runtime/world.ts'
import { takeTurn } from '../../../probe/measure/turn.ts'
import { probeFolder } from '../run/place.ts'
import { downloadedProgram, PROGRAM_VARIABLE, updatable } from './built.ts'
import {
  beginTrial,
  launch,
  replaceProcess,
  START_AGAIN,
  TRIAL_VARIABLE,
  WAITED_VARIABLE,
  type LaunchOptions,
} from './launch.ts'

/**
 * Runs a command line in the version that is in use: this program, or a newer one that it starts instead. Where this is
 * a newer one that is tried, the watch over its trial runs with it.
 */
export async function runVersion(
  args: readonly string[],
  world: World,
  run: (args: readonly string[]) => Promise<number>,
): Promise<number> {
  const found = updatable(world.env)
  if (found.kind !== 'one-file') return run(args)
  const folder = probeFolder(folderIn(args), world)
  const options: LaunchOptions = {
    ...{ folder, args, env: world.env, signal: world.signal, own: packageVersion() },
    ...{ program: downloadedProgram(world.env), builtRoot: found.builtRoot, system: found.system },
    scheduleIsKept: () => isTaken(folder),
  }
  for (;;) {
    const launched = await launch(options)
    if (launched.kind === 'ended') return launched.code
    using trial = beginTrial(folder, args, world.env)
    const code = await run(args)
    await trial?.ended(code)
    if (code !== START_AGAIN || world.env[WAITED_VARIABLE] !== undefined) return code
    // Where it can, it becomes the downloaded program again, which chooses; else that program waits, or is this one.
    const { [PROGRAM_VARIABLE]: _, [TRIAL_VARIABLE]: __, ...env } = world.env
    if (process.platform !== 'win32') replaceProcess(options.program, args, env)
  }
}

/** The folder that a command line names. */
function folderIn(args: readonly string[]): string | undefined {
  const at = args.findLastIndex((word) => word === '--folder' || word.startsWith('--folder='))
  const word = args[at]
  return word === '--folder' ? args[at + 1] : word?.slice('--folder='.length)
}

async function isTaken(folder: string): Promise<boolean> {
  const taken = await takeTurn(folder, 'schedule')
  if (taken.kind === 'held') await taken.turn[Symbol.asyncDispose]()
  return taken.kind === 'taken'
}
