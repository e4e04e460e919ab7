import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { hexSha256 } from './format.ts'
import { backupsFolder } from './names.ts'
import type { Remembered } from './store-pieces.ts'

/** What a drill found, as its report in the target says. */
export const drillSchema = z.object({
  format: z.literal('kuager-backup-drill/1'),
  generation: z.number(),
  /** When the backup was made, and when the drill ended. */
  backup_at: z.string(),
  at: z.string(),
  passed: z.boolean(),
  steps: z.array(z.object({ step: z.string(), passed: z.boolean(), found: z.string(), seconds: z.number() })),
})
export type DrillReport = z.infer<typeof drillSchema>

const noteSchema = z.object({
  format: z.literal('kuager-backup-note/1'),
  target: z.string(),
  /** The last generation that this folder made, and the one that it was making. */
  generation: z.number(),
  making: z.number().optional(),
  at: z.string().optional(),
  /** Bytes of all files, of what was sent for the last generation, and how long that took. */
  bytes: z.number().optional(),
  sent_bytes: z.number().optional(),
  seconds: z.number().optional(),
  /** When keys were saved last. */
  keys_at: z.string().optional(),
  drill: drillSchema.optional(),
})

/** What a folder knows of its backups at one target. */
export type BackupNote = z.infer<typeof noteSchema>

const ENDING = '.note.json'
const pathOf = (folder: string, target: string, ending: string): string =>
  join(backupsFolder(folder), `${hexSha256(Buffer.from(target)).slice(0, 16)}${ending}`)

/** Undefined where there is none or it does not read: then it is written again. */
export async function readNote(folder: string, target: string): Promise<BackupNote | undefined> {
  return parseNote(await readWhole(pathOf(folder, target, ENDING)))
}

function parseNote(bytes: Buffer | undefined): BackupNote | undefined {
  try {
    return bytes === undefined ? undefined : noteSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch {
    return undefined
  }
}

/** Durable when resolved. */
export async function writeNote(folder: string, note: Omit<BackupNote, 'format'>): Promise<void> {
  await REAL_DISK.makeFolder(backupsFolder(folder))
  const text = `${JSON.stringify({ format: 'kuager-backup-note/1', ...note })}\n`
  await writeDurable(pathOf(folder, note.target, ENDING), Buffer.from(text))
}

/** Every target to which a folder was backed up. */
export async function readNotes(folder: string): Promise<readonly BackupNote[]> {
  if (!existsSync(backupsFolder(folder))) return []
  const notes: BackupNote[] = []
  for (const name of await REAL_DISK.list(backupsFolder(folder))) {
    if (!name.endsWith(ENDING)) continue
    const note = parseNote(await readWhole(join(backupsFolder(folder), name)))
    if (note !== undefined) notes.push(note)
  }
  return notes
}

/** File in which a backup notes what it sent, so that an interrupted one is continued. */
export const sentFile = (folder: string, target: string): string => pathOf(folder, target, '.sent')

const rememberedSchema = z.array(
  z.tuple([
    z.string(),
    z.object({
      stamp: z.object({ bytes: z.string(), changed: z.string(), inode: z.string() }),
      file: z.object({ path: z.string(), bytes: z.number(), pieces: z.array(z.string()) }),
    }),
  ]),
)

/** Files as the last backup read them; nothing where that is not known: then all are read again. */
export async function readRemembered(folder: string, target: string): Promise<Remembered> {
  try {
    const bytes = await readWhole(pathOf(folder, target, '.files'))
    return new Map(rememberedSchema.parse(JSON.parse(bytes?.toString('utf8') ?? '[]')))
  } catch {
    return new Map()
  }
}

export const writeRemembered = (folder: string, target: string, files: Remembered): Promise<void> =>
  writeDurable(pathOf(folder, target, '.files'), Buffer.from(JSON.stringify([...files])))
