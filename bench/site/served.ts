import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../bin/kuager.js', import.meta.url))

/** A `kuager serve` in a process of its own. */
export interface Served extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly pid: number
}

/** Serves a folder until disposed. Throws where the server ends by itself. */
export async function startServer(folder: string): Promise<Served> {
  const args = [PROGRAM, 'serve', '--folder', folder, '--port', '0', '--rate', '999999']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const port = await new Promise<number>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = /127\.0\.0\.1:(\d+)/.exec(said)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    void ended.then(() => reject(new Error(`the server ended: ${said}`)))
  })
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Runs a command of the program in a process of its own; gives what it printed and how long it took. */
export async function runAlone(args: readonly string[]): Promise<{ readonly out: string; readonly seconds: number }> {
  const begun = performance.now()
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`kuager ${args.join(' ')} ended with ${String(code)}: ${out}`)
  return { out, seconds: (performance.now() - begun) / 1000 }
}
