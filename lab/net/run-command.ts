import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { defined } from '../../src/core/model/defined.ts'

/** What a command printed, and how it ended. */
export interface Finished {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  /** Written to the command's standard input. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Milliseconds after which the command is ended; then the code is 124. */
  readonly limit?: number
}

/** Most bytes kept of what a command prints. */
const MOST_OUTPUT = 64 * 1024 * 1024

/** Runs a command to its end, whatever its exit code. Throws only where it cannot be started. */
export function tryCommand(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [file = '', ...args] = argv
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        maxBuffer: MOST_OUTPUT,
        env: { ...process.env, ...options.env },
        ...defined({ cwd: options.cwd }),
        ...(options.limit === undefined ? {} : { timeout: options.limit, killSignal: 'SIGTERM' }),
      },
      (error, out, err) => {
        if (error !== null && typeof error.code === 'string') reject(error)
        else resolve({ code: error === null ? 0 : error.killed === true ? 124 : Number(error.code ?? 1), out, err })
      },
    )
    child.stdin?.on('error', () => undefined) // a command that ends before it has read everything says so by its code
    child.stdin?.end(options.input ?? '')
  })
}

/** Runs a command that must succeed, and gives what it printed. Throws with its own words where it failed. */
export async function runCommand(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, out, err } = await tryCommand(argv, options)
  if (code === 0) return out
  throw new Error(`Cannot run "${argv.join(' ')}": exit ${code}: ${(err || out).trim().slice(0, 2000)}`)
}

/** A process that runs until it is stopped. */
export interface Daemon {
  readonly name: string
  readonly child: ChildProcess
  /** The last of what it printed. */
  log(): string
  stop(): Promise<void>
}

/** How long a process may take to end when it is asked to; then it is killed. */
const STOP_MS = 2000
const LOG_CHARACTERS = 20_000

/** Starts a process in the background; it also dies where this process is killed. */
export function startDaemon(name: string, argv: readonly string[], options: RunOptions = {}): Daemon {
  const [file = '', ...args] = argv
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...defined({ cwd: options.cwd }),
  })
  let kept = ''
  const keep = (chunk: Buffer): void => {
    kept = (kept + chunk.toString('utf8')).slice(-LOG_CHARACTERS)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.stdin.on('error', () => undefined)
  child.on('error', (error) => keep(Buffer.from(error.message)))
  return {
    name,
    child,
    log: () => kept,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const slow = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(slow)
    },
  }
}

/** Waits until a check holds. Throws with the last words of the process where it does not hold in time. */
export async function waitUntil(
  what: string,
  holds: () => Promise<boolean>,
  options: { readonly limit?: number; readonly log?: () => string } = {},
): Promise<void> {
  const end = Date.now() + (options.limit ?? 10_000)
  for (;;) {
    if (await holds()) return
    if (Date.now() > end)
      throw new Error(`Cannot start ${what}: it does not answer in time. ${options.log?.().slice(-2000) ?? ''}`)
    await wait(30)
  }
}
