import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../bin/kuager.js', import.meta.url))

/** Signs challenges of the servers of this benchmark, so that their solutions can be made and need not be searched. */
export const SECRET = 'only for a benchmark: whoever knows it pays nothing'
const env = { ...process.env, KUAGER_WORK_SECRET: SECRET }

export interface Served {
  readonly port: number
  readonly pid: number
  /** Processor seconds of all its threads up to now, where /proc tells them. */
  cpuSeconds(): number
  /** Ends it by a signal and waits for its end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts a command that serves, in a process of its own, behind a proxy on loopback. Throws where it ends by itself. */
export async function startServed(args: readonly string[]): Promise<Served> {
  const whole = [PROGRAM, ...args, '--port', '0', '--trusted-proxy', '127.0.0.1']
  const child = spawn(process.execPath, whole, { stdio: ['ignore', 'pipe', 'inherit'], env })
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
    pid: child.pid ?? 0,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    end: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/** User and system time in /proc/<pid>/stat, fields 14 and 15, in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Runs a command of the program in a process of its own; gives what it printed. Throws where it fails. */
export async function runAlone(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`kuager ${args.join(' ')} ended with ${String(code)}: ${out}`)
  return out
}
