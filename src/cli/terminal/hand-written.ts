import type { World } from '../../runtime/world.ts'

export interface HandWritten {
  /** Whole text of `kuager <command> --help`. */
  readonly help: string
  /** What stands above the help for somebody who reads another language than English. */
  readonly helpAbove?: (args: readonly string[], world: World) => string
  /** Gives the exit code: 0 done, 1 broke, 2 wrong use, 3 done but something was found wanting. */
  run(args: readonly string[], world: World): Promise<number>
}
