import { runAlone as run, startServed as start, type Served } from '../served.ts'

/** Signs challenges of the servers of this benchmark, so that their solutions can be made and need not be searched. */
export const SECRET = 'only for a benchmark: whoever knows it pays nothing'
const env = { ...process.env, KUAGER_WORK_SECRET: SECRET }

/** Starts a command that serves, behind a proxy on loopback. Throws where it ends by itself. */
export const startServed = (args: readonly string[]): Promise<Served> =>
  start([...args, '--trusted-proxy', '127.0.0.1'], env)

/** Runs a command of the program; gives what it printed. Throws where it fails. */
export const runAlone = async (args: readonly string[]): Promise<string> => (await run(args, env)).out
