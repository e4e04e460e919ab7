import type { World } from '../../src/runtime/world.ts'
import { SECRET } from './served.ts'

/** What a command may touch of a benchmark. */
export const quietWorld = (signal: AbortSignal): World => ({
  out: { write: () => undefined },
  err: { write: () => undefined },
  terminal: false,
  env: { KUAGER_WORK_SECRET: SECRET },
  cwd: process.cwd(),
  signal,
  runCommand: () => Promise.resolve(1),
})
