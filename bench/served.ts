import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../bin/kuager.js', import.meta.url))

/** A command that serves, in a process of its own. */
export interface Served extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Processor seconds of all its threads up to now, where /proc tells them. */
  cpuSeconds(): number
  /** Ends it by a signal and waits for its end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Until it hardly works: what stood in the folder is detected. Gives up after five minutes. */
  idle(): Promise<void>
}

const GIVE_UP_MS = 300_000
const CPU_LOOK_MS = 50

/** User and system time in /proc/<pid>/stat, fields 14 and 15, in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Serves a data folder to one sender that may send as much as it likes. */
export const startServer = (folder: string, env = process.env): Promise<Served> =>
  startServed(['serve', '--folder', folder, '--rate', '999999', '--strangers-per-day', '999G'], env)

/** Starts a command that serves, until it is ended or disposed. Throws where it ends by itself. */
export async function startServed(args: readonly string[], env = process.env): Promise<Served> {
  const child = spawn(process.execPath, [PROGRAM, ...args, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  })
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
  const end = (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child.kill(signal)
    return ended
  }
  return {
    port,
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}/`,
    cpuSeconds,
    end,
    async idle() {
      const begun = performance.now()
      for (let quiet = 0; quiet < 3 && performance.now() - begun < GIVE_UP_MS;) {
        const before = cpuSeconds()
        await pause(1000)
        quiet = cpuSeconds() - before < 0.2 || process.platform !== 'linux' ? quiet + 1 : 0
      }
    },
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  }
}

/** Runs a command of the program in a process of its own; gives what it printed and how long it took. Throws where it fails. */
export async function runAlone(
  args: readonly string[],
  env = process.env,
): Promise<{ readonly out: string; readonly seconds: number; readonly cpuSeconds: number }> {
  const begun = performance.now()
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  // Asked again and again: nothing tells it after the end.
  let cpuSeconds = 0
  const look = (): void => {
    if (child.pid !== undefined && child.exitCode === null) cpuSeconds = Math.max(cpuSeconds, cpuSecondsOf(child.pid))
  }
  const watch = setInterval(look, CPU_LOOK_MS)
  const code = await new Promise((resolve) => child.once('exit', resolve)).finally(() => clearInterval(watch))
  if (code !== 0) throw new Error(`kuager ${args.join(' ')} ended with ${String(code)}: ${out}`)
  return { out, seconds: (performance.now() - begun) / 1000, cpuSeconds }
}

/** Share of a core that this machine gives a thread while nothing of ours runs: says how busy it is with others. */
export function freeCore(): number {
  const block = Buffer.alloc(2 ** 20)
  const [begun, cpu] = [performance.now(), process.cpuUsage()]
  while (performance.now() - begun < 500) hash('sha256', block)
  const { user, system } = process.cpuUsage(cpu)
  return Math.round((user + system) / 10 / (performance.now() - begun)) / 100
}
