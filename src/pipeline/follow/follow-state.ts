import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

const objectSchema = z.strictObject({ key: z.string(), size: z.number(), etag: z.string() })
const stateSchema = z.strictObject({
  v: z.literal(1),
  /** Every slot before this one is closed: it is never listed again. Milliseconds since 1970. */
  closed_until: z.number().int(),
  /** Slots that were found settled and wait for their last listing. */
  settled: z.array(z.number().int()),
  /** Objects imported, of slots that are not closed. */
  done: z.array(objectSchema),
  /** Objects that were cut short or could not be fetched, tried again in every pass. */
  retry: z.array(objectSchema.extend({ tries: z.number().int(), since: z.number().int(), why: z.string() })),
  /** Keys given up after a month of trying. */
  given_up: z.array(z.string()),
})
export type FollowState = z.infer<typeof stateSchema>
export const emptyFollowState = (closedUntil: number): FollowState => ({
  v: 1,
  closed_until: closedUntil,
  settled: [],
  done: [],
  retry: [],
  given_up: [],
})

const pathOf = (folder: string, name: string): string => join(folder, 'follow', `${name}.json`)

/** State of an earlier pass, or undefined before the first. Throws Fault where the file is not ours. */
export async function loadFollowState(folder: string, name: string): Promise<FollowState | undefined> {
  const path = pathOf(folder, name)
  const bytes = await readWhole(path)
  if (bytes === undefined) return undefined
  try {
    return stateSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new Fault(`Cannot read "${path}": not the state of a follower; remove it to start again`, { cause: error })
  }
}

/** Durable when resolved. */
export async function saveFollowState(folder: string, name: string, state: FollowState): Promise<void> {
  await REAL_DISK.makeFolder(join(folder, 'follow'))
  await writeDurable(pathOf(folder, name), Buffer.from(JSON.stringify(state)))
}
