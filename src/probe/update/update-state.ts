import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { instant, type Instant } from '../../core/model/units.ts'
import { orderVersions, updateProgramSchema, versionSchema } from '../../core/model/update/update-folder.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

/** Folder of updates in the folder of a probe, and what is in it. */
export const UPDATES = 'updates'
const STATE = 'state.json'

const keptSchema = updateProgramSchema.pick({ version: true, sha256: true })
const failedSchema = keptSchema.extend({ why: z.string().max(300) })
const schema = z.object({
  /** What is used: it passed its trial. */
  current: keptSchema.optional(),
  /** What was used before it. */
  former: keptSchema.optional(),
  /** What is being tried, and how often it was started without proving itself. */
  trial: keptSchema.extend({ starts: z.int().nonnegative() }).optional(),
  /** Never tried again. */
  failed: z.array(failedSchema).max(20).default([]),
  /** The last look for a new version. */
  looked: z
    .object({
      at_utc: z.iso.datetime(),
      /** current: nothing newer. newer: found, not fetched. ready: being tried. unfit: did not start. failed: no carrier gave an answer that is valid. */
      outcome: z.enum(['current', 'newer', 'ready', 'unfit', 'failed']),
      version: versionSchema.optional(),
      why: z.string().max(300).optional(),
    })
    .optional(),
  /** When the daemon looks again. */
  next_utc: z.iso.datetime().optional(),
})

/** A program that was kept, by its version and the hash that was signed. */
export type KeptProgram = z.infer<typeof keptSchema>
export type UpdateState = z.infer<typeof schema>

/** A version in trial that was started so often without proving itself counts as broken. */
export const MOST_STARTS = 3
const MOST_FAILED = 20

/** The state; an empty one where there is no file, or none that can be read: then the program runs that was downloaded. */
export async function loadUpdateState(probeFolder: string): Promise<UpdateState> {
  try {
    const bytes = await readWhole(join(probeFolder, UPDATES, STATE))
    return schema.parse(bytes === undefined ? {} : JSON.parse(bytes.toString()))
  } catch {
    return { failed: [] }
  }
}

/** Writes the state, whole or not at all: every step of an update is one such write. */
export async function saveUpdateState(probeFolder: string, state: UpdateState): Promise<void> {
  await REAL_DISK.makeFolder(join(probeFolder, UPDATES))
  const text = JSON.stringify(schema.parse(state), null, 2)
  await writeDurable(join(probeFolder, UPDATES, STATE), Buffer.from(`${text}\n`))
}

/** Deletes the state: from then on only the program that was downloaded is started. */
export const forgetState = (probeFolder: string): Promise<void> =>
  rm(join(probeFolder, UPDATES, STATE), { force: true })

/** Where a kept program is; its name has nothing in it that a server wrote freely. */
export const programPath = (probeFolder: string, { version, sha256 }: KeptProgram): string =>
  join(
    probeFolder,
    UPDATES,
    'programs',
    `kuager-probe-${version}-${sha256.slice(0, 16)}${process.platform === 'win32' ? '.exe' : ''}`,
  )

/** Where the metadata are that say that a kept program was signed. */
export const statementPath = (probeFolder: string, program: KeptProgram): string =>
  `${programPath(probeFolder, program)}.targets.json`

const same = (a: KeptProgram | undefined, b: KeptProgram): boolean => a?.sha256 === b.sha256

/** What is started: nothing kept, a version in use, or one that is tried, with the state that says so. */
export type Start =
  | { readonly kind: 'own' }
  | { readonly kind: 'current'; readonly program: KeptProgram }
  | { readonly kind: 'trial'; readonly program: KeptProgram; readonly state: UpdateState }

/** Chooses what the program of version `own` starts; `tries`: whether this start may be the trial of a new version. */
export function chooseStart(state: UpdateState, own: string, tries: boolean): Start {
  const { trial, current } = state
  if (tries && trial !== undefined && isNewer(trial, own) && trial.starts < MOST_STARTS)
    return { kind: 'trial', program: trial, state: { ...state, trial: { ...trial, starts: trial.starts + 1 } } }
  return current !== undefined && isNewer(current, own) ? { kind: 'current', program: current } : { kind: 'own' }
}

const isNewer = (program: KeptProgram, own: string): boolean => orderVersions(program.version, own) > 0

/** The state after a new version was made ready. */
export const begunTrial = (state: UpdateState, { version, sha256 }: KeptProgram): UpdateState => ({
  ...state,
  trial: { version, sha256, starts: 0 },
})

/** The state after a start that says nothing of the version: it was stopped from outside. */
export const undoneStart = (state: UpdateState, program: KeptProgram): UpdateState =>
  state.trial !== undefined && same(state.trial, program)
    ? { ...state, trial: { ...state.trial, starts: Math.max(0, state.trial.starts - 1) } }
    : state

/** The state after a version in trial proved itself: it is used from now on, and the one before it is kept. */
export function passedTrial(state: UpdateState, program: KeptProgram): UpdateState {
  const { trial, current, ...rest } = state
  if (trial === undefined || !same(trial, program)) return state
  const { version, sha256 } = trial
  return { ...rest, current: { version, sha256 }, ...(current === undefined ? {} : { former: current }) }
}

/** The state after a version turned out not to work: it is never tried again. */
export function failedProgram(state: UpdateState, program: KeptProgram, why: string): UpdateState {
  const { version, sha256 } = program
  const others = state.failed.filter((one) => !same(one, program))
  const failed = [...others, { version, sha256, why: why.slice(0, 300) }].slice(-MOST_FAILED)
  return { ...withoutProgram(state, program), failed }
}

/** The state without a version whose file is damaged or no longer signed: it may be fetched again. */
export function withoutProgram(state: UpdateState, program: KeptProgram): UpdateState {
  const { trial, current, former, ...rest } = state
  const isCurrent = current !== undefined && same(current, program)
  const now = isCurrent ? former : current
  const before = isCurrent ? undefined : former
  return {
    ...rest,
    ...(trial === undefined || same(trial, program) ? {} : { trial }),
    ...(now === undefined ? {} : { current: now }),
    ...(before === undefined ? {} : { former: before }),
  }
}

/** A trial that was started too often counts as failed. */
export const settledTrial = (state: UpdateState): UpdateState =>
  state.trial !== undefined && state.trial.starts >= MOST_STARTS
    ? failedProgram(state, state.trial, `started ${MOST_STARTS} times without running for long`)
    : state

/** Whether a signed program is one to fetch: newer than all that is here, and not one that failed. */
export const isWanted = (state: UpdateState, own: string, program: KeptProgram): boolean =>
  [own, state.current?.version, state.trial?.version].every(
    (version) => version === undefined || orderVersions(program.version, version) > 0,
  ) && !state.failed.some((one) => same(one, program))

/** Time of the next look of the daemon; undefined: now. */
export const nextLook = ({ next_utc: next }: UpdateState): Instant | undefined =>
  next === undefined ? undefined : instant(Date.parse(next))
