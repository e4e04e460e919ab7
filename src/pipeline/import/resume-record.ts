import { hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { isMissing, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { ImportedSource } from './read/source.ts'
import type { ImportTally } from './tally.ts'

const HEAD_BYTES = 64 * 1024
const amount = z.number().int().nonnegative()
const tallySchema = z.strictObject({
  read: amount,
  added: amount,
  known: amount,
  barred: amount,
  aside: amount,
  rejected: amount,
  reasons: z.record(z.string(), amount),
})

const recordSchema = z.strictObject({
  v: z.literal(1),
  /** What the file was: size, time of change and its first bytes. Anything else than this is another file. */
  size: amount,
  changed_ms: z.number(),
  head_sha256: z.string(),
  /** Values and rejects settled, counted from the beginning of the file. */
  pieces: amount,
  /** First leaf that this import has not yet counted as added. */
  next_leaf: amount,
  rejects: z.strictObject({ name: z.string().regex(/^[\w.-]+$/), bytes: amount }),
  tally: tallySchema,
})

/** How far the import of one file came; all before `pieces` is durable in the archive. */
export interface ResumeProgress {
  readonly pieces: number
  readonly nextLeaf: number
  readonly rejects: { readonly name: string; readonly bytes: number }
  readonly tally: ImportTally
}

/** The place where an interrupted import of a file continues. */
export interface ResumeRecord {
  /** Progress of an earlier, interrupted import of the very same file. */
  readonly earlier: ResumeProgress | undefined
  save(progress: ResumeProgress): Promise<void>
  /** Called when the import is complete. */
  remove(): Promise<void>
}

/** Opens the record of a file below `imports/` of a data folder; undefined for a URL, which has no fixed content. */
export async function openResumeRecord(
  folder: string,
  source: ImportedSource,
  disk: Disk,
): Promise<ResumeRecord | undefined> {
  if (source.path === undefined) return undefined
  const identity = await identify(source.path)
  const path = join(folder, 'imports', `${hash('sha256', resolve(source.path))}.json`)
  const earlier = parseRecord(await readWhole(path, disk))
  const same =
    earlier?.size === identity.size &&
    earlier.changed_ms === identity.changed_ms &&
    earlier.head_sha256 === identity.head_sha256
  return {
    earlier:
      earlier === undefined || !same
        ? undefined
        : { pieces: earlier.pieces, nextLeaf: earlier.next_leaf, rejects: earlier.rejects, tally: earlier.tally },
    async save({ pieces, nextLeaf, rejects, tally }) {
      await disk.makeFolder(join(folder, 'imports'))
      const record = { v: 1, ...identity, pieces, next_leaf: nextLeaf, rejects, tally } satisfies z.infer<
        typeof recordSchema
      >
      await writeDurable(path, Buffer.from(JSON.stringify(record)), disk)
    },
    async remove() {
      await disk.remove(path).catch((error: unknown) => {
        if (!isMissing(error)) throw error
      })
    },
  }
}

async function identify(path: string): Promise<{ size: number; changed_ms: number; head_sha256: string }> {
  await using handle = await open(path)
  const { size, mtimeMs } = await handle.stat()
  const head = Buffer.alloc(Math.min(size, HEAD_BYTES))
  const { bytesRead } = await handle.read(head, 0, head.length, 0)
  return { size, changed_ms: mtimeMs, head_sha256: hash('sha256', head.subarray(0, bytesRead)) }
}

/** A record that cannot be read is as good as none: the import then starts at the beginning. */
function parseRecord(bytes: Uint8Array | undefined): z.infer<typeof recordSchema> | undefined {
  if (bytes === undefined) return undefined
  try {
    return recordSchema.safeParse(JSON.parse(Buffer.from(bytes).toString())).data
  } catch {
    return undefined
  }
}
