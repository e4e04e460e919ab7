import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MINUTE_MS } from '../../../core/model/duration.ts'
import type { ProgramSystem } from '../../../core/model/update/update-folder.ts'
import { takeTurn } from '../../../probe/measure/turn.ts'
import {
  chooseStart,
  failedProgram,
  loadUpdateState,
  passedTrial,
  programPath,
  saveUpdateState,
  settledTrial,
  undoneStart,
  withoutProgram,
  UPDATES,
  type KeptProgram,
} from '../../../probe/update/update-state.ts'
import { PROGRAM_VARIABLE } from './built.ts'

/** Set for a version that is tried: its hash. */
export const TRIAL_VARIABLE = 'KUAGER_PROBE_TRIAL'
/** Set where the program that started this one waits for its end. */
export const WAITED_VARIABLE = 'KUAGER_PROBE_WAITED_FOR'

/** Exit code by which a daemon asks to be started again, as another version. */
export const START_AGAIN = 75
/** A daemon or page that ran for so long has passed its trial. */
const TRIAL_MS = 5 * MINUTE_MS

/** Commands in which a new version may be tried: those that volunteers use to measure. */
const TRIED_IN: readonly (string | undefined)[] = ['daemon', 'run', 'page', undefined]

export type Env = Readonly<Record<string, string | undefined>>

export interface LaunchOptions {
  /** The program that was downloaded, which runs now, and its version. */
  readonly program: string
  readonly own: string
  /** The probe's folder. */
  readonly folder: string
  readonly builtRoot: Buffer
  readonly system: ProgramSystem
  readonly args: readonly string[]
  readonly env: Env
  readonly signal: AbortSignal
  /** Whether another process keeps the schedule, so that a daemon of any version ends at once. */
  readonly scheduleIsKept: () => Promise<boolean>
}

export type Launched = { readonly kind: 'own' } | { readonly kind: 'ended'; readonly code: number }

/**
 * Starts the newest version that is signed and passed its trial, or tries a newer one, with the same words; `own` where
 * the downloaded program itself is to run. A version that ends its trial with an error is marked as broken, and the one
 * before it is started at once. A stop at any instruction leaves a state from which the next start chooses well:
 * a start of a trial is counted before it begins.
 */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { folder, args, own } = options
  if (options.env[PROGRAM_VARIABLE] !== undefined || isForOwn(args)) return { kind: 'own' }
  if (!existsSync(join(folder, UPDATES, 'state.json'))) return { kind: 'own' }
  for (let former = false; ;) {
    await using tries = former ? undefined : await mayTry(options)
    const kept = await loadUpdateState(folder)
    const state = tries === undefined ? kept : settledTrial(kept)
    const start = chooseStart(state, own, tries !== undefined)
    if (start.kind === 'own') {
      if (state !== kept) await saveUpdateState(folder, state)
      return start
    }
    const { program } = start
    if (!(await mayStart(program, options))) {
      await saveUpdateState(folder, withoutProgram(state, program))
      continue
    }
    if (start.kind === 'trial') {
      await saveUpdateState(folder, start.state)
      const ended = await runTrial(program, options)
      if (typeof ended === 'number') return { kind: 'ended', code: ended }
      former = ended === 'former'
      continue
    }
    if (state !== kept) await saveUpdateState(folder, state)
    const code = await runCurrent(program, options)
    if (code !== START_AGAIN) return { kind: 'ended', code }
  }
}

/** The right to try a new version; undefined where none waits, for other commands, and where another process tries it. */
async function mayTry({ folder, args }: LaunchOptions): Promise<AsyncDisposable | undefined> {
  if (!TRIED_IN.includes(args[0]) || (await loadUpdateState(folder)).trial === undefined) return undefined
  const taken = await takeTurn(folder, 'trial')
  return taken.kind === 'held' ? taken.turn : undefined
}

/** Going back must work where the version in use does not; on Windows a program cannot delete its own file. */
const isForOwn = ([command, ...rest]: readonly string[]): boolean =>
  (command === 'update' && rest.includes('--back')) || (command === 'forget' && process.platform === 'win32')

async function mayStart(program: KeptProgram, options: LaunchOptions): Promise<boolean> {
  try {
    accessSync(programPath(options.folder, program), constants.X_OK)
  } catch {
    return false
  }
  // Loaded only where there is something to check.
  const { isIntact } = await import('../../../probe/update/look-for-update.ts')
  return isIntact(options.folder, program, options)
}

/** Replaces this process, where the system can; gives the exit code where it waited. */
async function runCurrent(program: KeptProgram, options: LaunchOptions): Promise<number> {
  const path = programPath(options.folder, program)
  const env = { ...options.env, [PROGRAM_VARIABLE]: options.program }
  if (process.platform !== 'win32') replaceProcess(path, options.args, env)
  const { code } = await runChild(path, options, { ...env, [WAITED_VARIABLE]: '1' })
  await finishForget(options.folder)
  return code
}

/** Becomes another program. Never returns. */
export function replaceProcess(path: string, args: readonly string[], env: Env): never {
  const set = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  if (process.execve === undefined) throw new Error('this system cannot replace a process')
  return process.execve(path, [path, ...args], set)
}

/**
 * Exit code of a version in trial, or what comes next: `again` where another version is to be chosen, `former` where that
 * is to be one that passed its trial.
 */
async function runTrial(program: KeptProgram, options: LaunchOptions): Promise<number | 'again' | 'former'> {
  const { folder, signal } = options
  const { code, how } = await runChild(programPath(folder, program), options, {
    ...options.env,
    [PROGRAM_VARIABLE]: options.program,
    [TRIAL_VARIABLE]: program.sha256,
    [WAITED_VARIABLE]: '1',
  })
  await finishForget(folder)
  if (!existsSync(join(folder, UPDATES, 'state.json'))) return code // everything was deleted
  const state = await loadUpdateState(folder)
  if (state.trial?.sha256 !== program.sha256) return code === START_AGAIN ? 'again' : code // it passed
  if (signal.aborted || (await saysNothing(code, options))) {
    await saveUpdateState(folder, undoneStart(state, program))
    return code
  }
  // It found consent or settings missing: perhaps only it does. The former one says, and this start counts.
  if (code === 2 || code === 3) return 'former'
  await saveUpdateState(folder, failedProgram(state, program, `ended in its trial: ${how}`))
  return 'again'
}

/** Whether the end of a version in trial says nothing against it. A daemon that was not stopped does not end. */
const saysNothing = async (code: number, { args, scheduleIsKept }: LaunchOptions): Promise<boolean> =>
  isLasting(args) ? scheduleIsKept() : [0, 2, 3].includes(code)

/** Whether a command goes on until it is stopped; "daemon --once" ends by itself. */
const isLasting = (args: readonly string[]): boolean => args[0] === 'daemon' && !args.includes('--once')
const measuresOnce = (args: readonly string[]): boolean =>
  args[0] === 'run' || (args[0] === 'daemon' && args.includes('--once'))

interface Ended {
  readonly code: number
  readonly how: string
}

/** Runs a program with the words of this one, passes stops on, and waits for its end. */
function runChild(path: string, { args, signal }: LaunchOptions, env: Env): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: 'inherit', env, windowsHide: true })
    const stop = (): void => void child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const end = (ended: Ended): void => {
      signal.removeEventListener('abort', stop)
      resolve(ended)
    }
    child.once('error', (error) => end({ code: 1, how: error.message }))
    child.once('exit', (code, by) => end({ code: code ?? 1, how: by ?? `exit code ${code ?? 1}` }))
  })
}

/** After a version deleted everything but its own file, which on Windows it cannot: that goes too. */
async function finishForget(folder: string): Promise<void> {
  if (process.platform !== 'win32' || existsSync(join(folder, UPDATES, 'state.json'))) return
  await rm(join(folder, UPDATES), { recursive: true, force: true, maxRetries: 5 })
  if ((await readdir(folder).catch(() => ['?'])).length === 0) await rmdir(folder)
}

/** What a version that is tried does about its own trial. */
export interface Trial extends Disposable {
  /** To be called with the exit code at the end of the command. */
  ended(code: number): Promise<void>
}

/** Begins the watch over the trial of this very program; undefined where it is not tried. */
export function beginTrial(folder: string, args: readonly string[], env: Env): Trial | undefined {
  const sha256 = env[TRIAL_VARIABLE]
  if (sha256 === undefined) return undefined
  const pass = async (): Promise<void> => {
    const state = await loadUpdateState(folder)
    if (state.trial?.sha256 === sha256) await saveUpdateState(folder, passedTrial(state, state.trial))
  }
  const timer = setTimeout(() => void pass().catch(() => undefined), TRIAL_MS)
  timer.unref()
  return {
    // One run that ends well says more than five minutes of waiting.
    ended: async (code) => (code === 0 && measuresOnce(args) ? pass() : undefined),
    [Symbol.dispose]: () => clearTimeout(timer),
  }
}
