import { randomBytes } from 'node:crypto'
import { open, realpath, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { defined } from '../../../core/model/defined.ts'
import { formatInstantUtc, type Instant } from '../../../core/model/units.ts'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import { openAnew, readWhole, UNFINISHED } from '../../../runtime/files/durable-file.ts'
import { findBirth, readBirth, sameBirth, type Birth, type Machine } from '../../../runtime/files/machine.ts'
import { sha256 } from '../../../runtime/ed25519.ts'

/** Name of the fencing file in the folder of a log. */
const NAME = 'fence.json'
/** File by which a restore marks the folder of a log; alone it says as much as a fencing file of another folder. */
export const RESTORED_MARK = 'restored.json'

const birthSchema = z.strictObject({ born: z.string().nullable(), number: z.string() })

const takenSchema = z.strictObject({
  at: z.iso.datetime(),
  reason: z.string().min(1).max(500),
  /** Generation of the folder that this one is a copy of. */
  from: z.number().int().min(1),
  /** Whether custody has the event of it. */
  recorded: z.boolean(),
})

const fenceSchema = z.strictObject({
  format: z.literal('kuager-fence/1'),
  /** Random; the identity of the machine is hashed together with it. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  generation: z.number().int().min(1),
  since: z.iso.datetime(),
  machine: z.string().nullable(),
  folder: birthSchema,
  file: birthSchema,
  /** Where the folder was at its last opening: a snapshot that is mounted next to it has the same births. */
  seen: z.strictObject({ boot: z.string().nullable(), device: z.string(), path: z.string() }),
  /** Where machines agree on who signs: without it this folder says nothing about that. */
  register: z.string().optional(),
  /** The last take-over by an operator. */
  taken: takenSchema.optional(),
})

/** Which folder may sign: written into the folder itself, and true of no copy of it. */
export type FenceFile = z.infer<typeof fenceSchema>

/** What shows that a folder is a copy of the one that may sign. */
export const COPY_SIGNS = ['machine', 'folder', 'file', 'volume', 'damaged', 'restored', 'register'] as const
export type CopySign = (typeof COPY_SIGNS)[number]

export type FenceFinding =
  /** None was ever written: of a new log, or of a version that knew none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'here'; readonly fence: FenceFile }
  | { readonly kind: 'copy'; readonly sign: CopySign; readonly generation: number; readonly since?: string }

/** Why a copy does not sign, as a part of a sentence. */
export const COPY_WORDS: Readonly<Record<CopySign, string>> = {
  machine: 'it was last used on another machine, so this is a copy, or its disk was moved',
  folder: 'its files were copied from another folder, so this is a copy, or was restored from a backup',
  file: 'the file "fence.json" was written over, so a backup was put back into this folder',
  volume: 'it is at another place and on another volume than before, so this may be a snapshot of it',
  damaged: 'its file "fence.json" is damaged',
  restored: 'it was restored from a backup',
  register:
    'which machine signs is agreed on in object storage or a database, and this server was not given its address',
}

const fencePath = (logFolder: string): string => join(logFolder, NAME)

const machineHash = ({ id: machine }: Machine, id: string): string | null =>
  machine === undefined
    ? null
    : Buffer.from(sha256(Buffer.from(`kuager-fence/1\n${id}\n${machine}`)))
        .toString('hex')
        .slice(0, 32)

/** Compares a folder with its fencing file; changes nothing. `leads`: a register of several machines is asked besides. */
export async function readFence(logFolder: string, machine: Machine, leads = false): Promise<FenceFinding> {
  const path = fencePath(logFolder)
  const bytes = await readWhole(path)
  if (bytes === undefined && (await readWhole(join(logFolder, RESTORED_MARK))) !== undefined)
    return { kind: 'copy', sign: 'restored', generation: 1 }
  if (bytes === undefined) return { kind: 'none' }
  const fence = parseFence(bytes)
  if (fence === undefined) return { kind: 'copy', sign: 'damaged', generation: 1 }
  const alone = !leads && fence.register !== undefined
  const sign = (await signOfCopy(fence, { logFolder, machine })) ?? (alone ? 'register' : undefined)
  const { generation, since } = fence
  return sign === undefined ? { kind: 'here', fence } : { kind: 'copy', sign, generation, since }
}

function parseFence(bytes: Uint8Array): FenceFile | undefined {
  try {
    return fenceSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch {
    return undefined
  }
}

async function signOfCopy(
  fence: FenceFile,
  { logFolder, machine }: { readonly logFolder: string; readonly machine: Machine },
): Promise<CopySign | undefined> {
  const now = machineHash(machine, fence.id)
  // Where one of the two is not known, as in a container, the machine shows nothing.
  if (fence.machine !== null && now !== null && fence.machine !== now) return 'machine'
  const folder = await readBirth(logFolder)
  if (!sameBirth(fence.folder, folder)) return 'folder'
  if (!sameBirth(fence.file, await readBirth(fencePath(logFolder)))) return 'file'
  // Numbers of devices change when a machine is started again, and places when a folder is moved: only both in one run
  // of the machine are a second volume.
  const { boot, device, path } = fence.seen
  const moved = path !== (await realpath(logFolder)) && device !== folder.device
  return boot !== null && boot === machine.boot && moved ? 'volume' : undefined
}

/** Makes a folder the one that may sign; durable when resolved. The folder of the log exists. */
export async function writeFence(
  logFolder: string,
  machine: Machine,
  { at, ...rest }: { readonly at: Instant } & Pick<FenceFile, 'generation' | 'taken' | 'register'>,
): Promise<FenceFile> {
  const id = randomBytes(16).toString('hex')
  return save(logFolder, machine, { id, since: formatInstantUtc(at), ...rest })
}

/** Writes where the folder is now, and what was recorded of a take-over; nothing where that is written already. */
export async function renewFence(logFolder: string, machine: Machine, fence: FenceFile): Promise<FenceFile> {
  const { device } = await readBirth(logFolder)
  const seen = { boot: machine.boot ?? null, device, path: await realpath(logFolder) }
  const written = parseFence((await readWhole(fencePath(logFolder))) ?? Buffer.alloc(0))
  if (JSON.stringify(written) === JSON.stringify({ ...fence, seen })) return fence
  return save(logFolder, machine, fence)
}

async function save(
  logFolder: string,
  machine: Machine,
  { id, generation, since, register, taken }: Pick<FenceFile, 'id' | 'generation' | 'since' | 'register' | 'taken'>,
): Promise<FenceFile> {
  const path = fencePath(logFolder)
  const unfinished = `${path}${UNFINISHED}`
  // The file holds its own birth: it is made first, and written when that is known.
  await (await openAnew(unfinished)).close()
  const [folder, file, { device }] = [
    await findBirth(logFolder),
    await findBirth(unfinished),
    await readBirth(logFolder),
  ]
  const fence: FenceFile = {
    ...{ format: 'kuager-fence/1', id, generation, since, machine: machineHash(machine, id) },
    ...{ folder: birthOf(folder), file: birthOf(file) },
    seen: { boot: machine.boot ?? null, device, path: await realpath(logFolder) },
    ...defined({ register, taken }),
  }
  const handle = await open(unfinished, 'r+')
  try {
    await handle.writeFile(`${JSON.stringify(fence, undefined, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, path)
  await REAL_DISK.syncFolder(logFolder)
  return fence
}

const birthOf = ({ born, number }: Birth): Birth => ({ born, number })
