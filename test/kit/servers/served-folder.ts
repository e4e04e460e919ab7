import { runCommand } from '../../../src/cli/main.ts'
import { testWorld } from './world.ts'

/** A data folder that `kuager serve` holds, on a free port of this machine. */
export interface ServedFolder extends AsyncDisposable {
  readonly url: string
  /** Runs a command line on the folder, as another process would; gives what it printed. Throws where it does not end with 0. */
  kuager(...args: readonly string[]): Promise<string>
}

/** Serves a folder until disposed; `cwd` is where the commands are run, `options` are more of "kuager serve". Throws where the server ends by itself. */
export async function serveFolderAt(
  folder: string,
  cwd: string,
  options: readonly string[] = [],
): Promise<ServedFolder> {
  const stop = new AbortController()
  const { promise: opened, resolve } = Promise.withResolvers<string>()
  let said = ''
  const world = testWorld(cwd, (text) => {
    said += text
    const url = /(http:\/\/127\.0\.0\.1:\d+\/)/.exec(text)?.[1]
    if (url !== undefined) resolve(url)
  })
  const served = runCommand(['serve', '--folder', folder, '--port', '0', ...options], { ...world, signal: stop.signal })
  const early = served.then((code): never => {
    throw new Error(`serve ended with ${code}: ${said}`)
  })
  early.catch(() => undefined) // awaited below, and of no account after that
  const url = await Promise.race([opened, early])
  return {
    url,
    async kuager(...args) {
      let out = ''
      const code = await runCommand(
        [...args, '--folder', folder],
        testWorld(cwd, (text) => (out += text)),
      )
      if (code !== 0) throw new Error(`kuager ${args.join(' ')} ended with ${code}: ${out}`)
      return out
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('done'))
      await served
    },
  }
}
