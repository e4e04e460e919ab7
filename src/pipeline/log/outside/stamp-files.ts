import { join } from 'node:path'
import { isMissing, type Disk, REAL_DISK } from '../../../runtime/files/disk.ts'
import { readWhole } from '../../../runtime/files/durable-file.ts'

/** A stamp as it is kept next to the log. */
export interface KeptStamp {
  readonly authority: string
  readonly query: Uint8Array
  readonly reply: Uint8Array
}

/** A checkpoint that was stamped: these very bytes, and what each authority stated about them. */
export interface StampedCheckpoint {
  readonly size: number
  readonly checkpoint: Uint8Array
  readonly stamps: readonly KeptStamp[]
}

const FOLDER = 'stamps'

/** Paths of stamps in the folder of a log. */
export const stampPaths = (folder: string) =>
  ({
    folder: join(folder, FOLDER),
    state: join(folder, FOLDER, 'state.json'),
    checkpoint: (size: number) => join(folder, FOLDER, `${size}.checkpoint`),
    query: (size: number, authority: string) => join(folder, FOLDER, `${size}-${authority}.tsq`),
    reply: (size: number, authority: string) => join(folder, FOLDER, `${size}-${authority}.tsr`),
  }) as const

async function names(folder: string, disk: Disk): Promise<readonly string[]> {
  try {
    return await disk.list(join(folder, FOLDER))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Files of the checkpoints that were stamped or were to be, by name. */
export async function listStampedFiles(folder: string, disk: Disk = REAL_DISK): Promise<readonly string[]> {
  const found = (await names(folder, disk)).filter((name) => /^(?:0|[1-9]\d{0,15})\.checkpoint$/.test(name))
  return found.map((name) => join(folder, FOLDER, name))
}

/**
 * Sizes of which stamps are kept, ascending, and the authorities of each. A reply is written last: with it all is
 * there.
 */
export async function listStamps(
  folder: string,
  disk: Disk = REAL_DISK,
): Promise<readonly { readonly size: number; readonly authorities: readonly string[] }[]> {
  const found = new Map<number, string[]>()
  for (const name of await names(folder, disk)) {
    const match = /^(0|[1-9]\d{0,15})-([a-z0-9_-]{1,40})\.tsr$/.exec(name)
    const [, size = '', authority = ''] = match ?? []
    if (match !== null) found.set(Number(size), [...(found.get(Number(size)) ?? []), authority])
  }
  return [...found].map(([size, authorities]) => ({ size, authorities })).toSorted((a, b) => a.size - b.size)
}

/** A stamped checkpoint with its stamps; undefined where a file of them is missing. */
export async function readStamped(
  folder: string,
  { size, authorities }: { readonly size: number; readonly authorities: readonly string[] },
  disk: Disk = REAL_DISK,
): Promise<StampedCheckpoint | undefined> {
  const paths = stampPaths(folder)
  const checkpoint = await readWhole(paths.checkpoint(size), disk)
  if (checkpoint === undefined) return undefined
  const stamps: KeptStamp[] = []
  for (const authority of authorities) {
    const query = await readWhole(paths.query(size, authority), disk)
    const reply = await readWhole(paths.reply(size, authority), disk)
    if (query !== undefined && reply !== undefined) stamps.push({ authority, query, reply })
  }
  return stamps.length === 0 ? undefined : { size, checkpoint, stamps }
}
