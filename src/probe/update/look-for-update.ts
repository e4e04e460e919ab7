import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { defined } from '../../core/model/defined.ts'
import { SECOND_MS } from '../../core/model/duration.ts'
import type { Instant } from '../../core/model/units.ts'
import type { ProgramSystem } from '../../core/model/update/update-folder.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import { downloadProgram, hashOf } from './download-program.ts'
import { openSignedUpdates, type SignedProgram, type SignedUpdates } from './signed-updates.ts'
import { reasonOf } from '../../core/model/errors.ts'
import type { UpdateSource } from './update-source.ts'
import {
  begunTrial,
  failedProgram,
  isWanted,
  loadUpdateState,
  programPath,
  saveUpdateState,
  settledTrial,
  statementPath,
  UPDATES,
  type KeptProgram,
  type UpdateState,
} from './update-state.ts'

export interface LookOptions {
  /** The probe's folder. */
  readonly folder: string
  /** Root metadata that the program was built with. */
  readonly builtRoot: Buffer
  readonly system: ProgramSystem
  /** Version of the program that looks. */
  readonly own: string
  /** Carriers, asked one after another. */
  readonly sources: readonly UpdateSource[]
  /** Whether a new version is fetched, or only named. */
  readonly fetches: boolean
  readonly now: Instant
  readonly signal: AbortSignal
  /** Environment in which a new program is asked whether it starts. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What a look for a new version came to. */
export type Looked =
  | { readonly kind: 'current' }
  | { readonly kind: 'newer'; readonly version: string; readonly bytes: number }
  /** Fetched, verified and started once: it is tried at the next start. */
  | { readonly kind: 'ready'; readonly version: string }
  /** Signed, but it does not start here: never tried again. */
  | { readonly kind: 'unfit'; readonly version: string; readonly why: string }
  /** No carrier gave an answer that is valid, or none gave the program. */
  | { readonly kind: 'failed'; readonly reasons: readonly { readonly source: string; readonly why: string }[] }

/**
 * Looks for a newer version at each carrier in turn until one has it, fetches it, and makes it ready to be tried. A
 * carrier that shows an old state is no answer: the next one is asked. Keeps what came of it in the state.
 */
export async function lookForUpdate(options: LookOptions): Promise<Looked> {
  const { folder } = options
  const updates = await openSignedUpdates(join(folder, UPDATES, 'metadata'), options.builtRoot)
  await removeOld(folder, await loadUpdateState(folder))
  const { looked, change } = await ask(updates, options)
  const at_utc = new Date(options.now).toISOString()
  // Read again: a trial may have ended while a program was fetched.
  const state = change(await loadUpdateState(folder))
  await saveUpdateState(folder, { ...state, looked: { at_utc, outcome: looked.kind, ...aboutLook(looked) } })
  return looked
}

function aboutLook(looked: Looked): { readonly version?: string; readonly why?: string } {
  switch (looked.kind) {
    case 'current':
      return {}
    case 'newer':
    case 'ready':
      return { version: looked.version }
    case 'unfit':
      return { version: looked.version, why: looked.why.slice(0, 300) }
    case 'failed':
      return defined({ why: looked.reasons.at(-1)?.why.slice(0, 300) })
  }
}

interface Answer {
  readonly looked: Looked
  /** What follows for the state. */
  readonly change: (state: UpdateState) => UpdateState
}

const unchanged = (looked: Looked): Answer => ({ looked, change: (state) => state })

async function ask(updates: SignedUpdates, options: LookOptions): Promise<Answer> {
  const { folder, system, own, sources, signal } = options
  const state = settledTrial(await loadUpdateState(folder))
  const reasons: { readonly source: string; readonly why: string }[] = []
  let wanted: SignedProgram | undefined
  let answered = false
  for (const source of sources) {
    const checked = await updates.check(source, system, signal)
    if (checked.kind === 'valid') {
      answered = true
      await keepStatement(folder, state, checked.program)
      if (checked.program !== undefined && isWanted(state, own, checked.program)) wanted = checked.program
    } else reasons.push({ source: source.name, why: checked.why })
    // What another carrier showed can be fetched here as well: its hash is known.
    if (wanted === undefined) continue
    if (!options.fetches) return unchanged({ kind: 'newer', version: wanted.version, bytes: wanted.file.length })
    const why = await fetchProgram(wanted, source, options)
    if (why === undefined) return tryOnce(wanted, options)
    reasons.push({ source: source.name, why })
  }
  return unchanged(answered && wanted === undefined ? { kind: 'current' } : { kind: 'failed', reasons })
}

/** The version in use, signed again: after a change of keys it has to be, to be started on. */
async function keepStatement(folder: string, { current }: UpdateState, program?: SignedProgram): Promise<void> {
  if (program !== undefined && program.sha256 === current?.sha256)
    await writeDurable(statementPath(folder, current), program.statement)
}

async function fetchProgram(
  program: SignedProgram,
  source: UpdateSource,
  { folder, signal }: LookOptions,
): Promise<string | undefined> {
  await mkdir(join(folder, UPDATES, 'programs'), { recursive: true, mode: 0o700 })
  const to = programPath(folder, program)
  const why = await downloadProgram(program, source, { folder: join(folder, UPDATES), to, signal })
  if (why === undefined) await writeDurable(statementPath(folder, program), program.statement)
  return why
}

async function tryOnce(program: SignedProgram, options: LookOptions): Promise<Answer> {
  const { version } = program
  const why = await whyNotStarting(programPath(options.folder, program), version, options)
  if (why === undefined) return { looked: { kind: 'ready', version }, change: (state) => begunTrial(state, program) }
  options.signal.throwIfAborted()
  return { looked: { kind: 'unfit', version, why }, change: (state) => failedProgram(state, program, why) }
}

const run = promisify(execFile)
const START_LIMIT = 60 * SECOND_MS

/** Starts a new program twice, which writes nothing: for its version, and to read the folder of this probe. */
async function whyNotStarting(
  path: string,
  version: string,
  { folder, signal, env }: LookOptions,
): Promise<string | undefined> {
  const asked = {
    signal,
    env,
    timeout: START_LIMIT,
    windowsHide: true,
    maxBuffer: 2 ** 20,
    killSignal: 'SIGKILL',
  } as const
  try {
    const { stdout } = await run(path, ['--version'], asked)
    if (stdout.trim() !== version) return `it says that it is version ${stdout.trim().slice(0, 40)}`
    await run(path, ['status', '--json', '--folder', folder], asked)
    return undefined
  } catch (error) {
    return `it does not start: ${reasonOf(error).slice(0, 200)}`
  }
}

/** Removes programs that are no longer needed, and what a stop in the middle left. */
async function removeOld(folder: string, state: UpdateState): Promise<void> {
  const programs = join(folder, UPDATES, 'programs')
  const needed = [state.current, state.former, state.trial].flatMap((program) =>
    program === undefined ? [] : [basename(programPath(folder, program)), basename(statementPath(folder, program))],
  )
  for (const name of await readdir(programs).catch(() => []))
    if (!needed.includes(name)) await rm(join(programs, name), { force: true }).catch(() => undefined)
}

/** Whether a kept program is what was signed, to the byte. */
export async function isIntact(
  folder: string,
  program: KeptProgram,
  { builtRoot, system }: Pick<LookOptions, 'builtRoot' | 'system'>,
): Promise<boolean> {
  try {
    const updates = await openSignedUpdates(join(folder, UPDATES, 'metadata'), builtRoot)
    const statement = await readFile(statementPath(folder, program))
    return (
      updates.isSigned(statement, system, program) && (await hashOf(programPath(folder, program))) === program.sha256
    )
  } catch {
    return false
  }
}
