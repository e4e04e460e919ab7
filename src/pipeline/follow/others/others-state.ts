import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../../core/model/errors.ts'
import { othersIndexSchema, type OthersFile } from '../../../core/model/tables/others.ts'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'

const questionSchema = z.strictObject({
  /** Milliseconds since 1970. */
  asked_at: z.number().int(),
  etag: z.string().optional(),
  last_modified: z.string().optional(),
  /** Asked so long after its month that nothing more is expected. */
  settled: z.boolean(),
})

const stateSchema = z.strictObject({
  v: z.literal(1),
  since: z.number().int(),
  questions: z.record(z.string(), questionSchema),
  /** Sources that asked for patience, with when they may be asked again. */
  wait_until: z.record(z.string(), z.number().int()),
})
export type OthersState = z.infer<typeof stateSchema>

const statePath = (folder: string): string => join(folder, 'follow', 'others.json')
const listPath = (folder: string): string => join(folder, 'others', 'followed.json')
const journalPath = (folder: string): string => join(folder, 'others', 'answers.jsonl')

/** Where the answers are. */
export const answerPath = (folder: string, file: string): string => join(folder, 'others', file)

/** State of an earlier pass; a first one begins with `since`. Throws Fault where the file is not ours. */
export async function loadOthersState(folder: string, since: number): Promise<OthersState> {
  const bytes = await readWhole(statePath(folder))
  if (bytes === undefined) return { v: 1, since, questions: {}, wait_until: {} }
  try {
    return stateSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new Fault(`Cannot read "${statePath(folder)}": not the state of a follower; remove it to start again`, {
      cause: error,
    })
  }
}

/** Durable when resolved. */
export async function saveOthersState(folder: string, state: OthersState): Promise<void> {
  await REAL_DISK.makeFolder(join(folder, 'follow'))
  await writeDurable(statePath(folder), Buffer.from(JSON.stringify(state)))
}

/** The list of what was fetched, as pages read it. Throws Fault where it is not ours. */
export async function loadFollowed(folder: string): Promise<readonly OthersFile[]> {
  const bytes = await readWhole(listPath(folder))
  if (bytes === undefined) return []
  try {
    return othersIndexSchema.parse(JSON.parse(bytes.toString('utf8'))).files
  } catch (error) {
    throw new Fault(`Cannot read "${listPath(folder)}": not the list of a follower; remove it to start again`, {
      cause: error,
    })
  }
}

/** Whether the file of an entry is there with the bytes that its hash names. */
export async function isHeld(folder: string, { file, sha256 }: OthersFile): Promise<boolean> {
  const bytes = await readWhole(answerPath(folder, file)).catch(() => undefined)
  return bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === sha256
}

/** Durable when resolved: a reader finds the old list or the new one. */
export async function saveFollowed(folder: string, files: readonly OthersFile[]): Promise<void> {
  await writeDurable(listPath(folder), Buffer.from(`${JSON.stringify({ simulated: false, files }, undefined, 1)}\n`))
}

/** What was asked, when, and what came: one line for each answer, also of one that is not used. */
export interface AnswerLine {
  readonly at_utc: string
  readonly url: string
  readonly status: number
  readonly bytes: number
  readonly sha256: string
  /** Absent: the same as before, or not in its form. */
  readonly file?: string
  readonly why?: string
}

/** Durable when resolved. */
export async function noteAnswer(folder: string, line: AnswerLine): Promise<void> {
  const file = await REAL_DISK.open(journalPath(folder), 'append')
  try {
    await file.write(Buffer.from(`${JSON.stringify(line)}\n`), await file.size())
    await file.sync()
  } finally {
    await file.close()
  }
}
