import { PROBE_ONLY, packageVersion } from '../../runtime/files/package-root.ts'
import { askResolversOnce, takeLookupThreads } from '../../runtime/resolver-options.ts'
import type { World } from '../../runtime/world.ts'
import { runCommandLine } from '../terminal/run-command.ts'
import { reportError, startProgram } from '../terminal/start.ts'
import { command } from './probe.ts'
import { runVersion } from './update/run-version.ts'

/** One command line of the probe as a program of its own; errors become one sentence and an exit code. */
async function runProbe(argv: readonly string[], world: World): Promise<number> {
  try {
    return await runVersion(argv, world, async (args) => {
      if (args[0] === '--version') {
        world.out.write(`${packageVersion()}\n`)
        return 0
      }
      // Opened like any program, it shows its page.
      const words = args.length === 0 && PROBE_ONLY ? ['page'] : args
      return runCommandLine(command, { path: ['probe'], args: words, world })
    })
  } catch (error) {
    return reportError(error, world)
  }
}

askResolversOnce()
takeLookupThreads()
void startProgram(process.argv.slice(2), runProbe)
