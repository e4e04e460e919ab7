import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../bin/kuager.js', import.meta.url))

/** A `kuager serve` in a process of its own. */
export interface Served extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Processor seconds of all its threads up to now, where /proc tells them. */
  cpuSeconds(): number
  /** Until it hardly works: what stood in the folder is detected. Gives up after five minutes. */
  idle(): Promise<void>
}

const GIVE_UP_MS = 300_000

/** User and system time in /proc/<pid>/stat, fields 14 and 15, in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Serves a folder until disposed. Throws where the server ends by itself. */
export async function startServer(folder: string): Promise<Served> {
  const args = [PROGRAM, 'serve', '--folder', folder, '--port', '0', '--rate', '999999', '--strangers-per-day', '999G']
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
  const cpuSeconds = (): number => cpuSecondsOf(child.pid ?? 0)
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    cpuSeconds,
    async idle() {
      const begun = performance.now()
      for (let quiet = 0; quiet < 3 && performance.now() - begun < GIVE_UP_MS;) {
        const before = cpuSeconds()
        await pause(1000)
        quiet = cpuSeconds() - before < 0.2 || process.platform !== 'linux' ? quiet + 1 : 0
      }
    },
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
