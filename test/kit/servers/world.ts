import type { World } from '../../../src/runtime/world.ts'
import { runCommand } from '../../../src/cli/main.ts'

/** A world for a command under test: nobody watches, no environment, and everything said goes to `write`. */
export function testWorld(cwd: string, write: (text: string) => unknown = () => undefined): World {
  const stream = { write }
  return {
    out: stream,
    err: stream,
    terminal: false,
    env: {},
    cwd,
    signal: new AbortController().signal,
    runCommand,
  }
}
