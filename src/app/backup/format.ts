import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Fault, InputError } from '../../core/model/errors.ts'

// Format of a backup, normative in docs/formats/backup.md.

/** Most bytes of one piece of a file before it is sealed. */
export const PIECE_BYTES = 8 * 1024 * 1024
/** Object that says whose backups a target holds; not sealed. */
export const TARGET_FILE = 'backup.json'
export const PIECES = 'pieces/'
export const GENERATIONS = 'generations/'
/** Reports of drills, newest last by name; not sealed. */
export const DRILLS = 'drills/'

const FORMAT = 'kuager-backup/1'

const hex = (digits: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`))
const count = z.number().int().nonnegative()

/** A path in a data folder that leads nowhere else. */
export const folderPathSchema = z
  .string()
  .min(1)
  .max(1000)
  .refine(
    (path) => !/[\\\0]/.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    { message: 'a relative path' },
  )

const targetSchema = z.object({ format: z.string(), of: z.string() })

const fileSchema = z.strictObject({ path: folderPathSchema, bytes: count, pieces: z.array(hex(32)) })

const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  generation: z.number().int().positive(),
  at: z.iso.datetime(),
  program: z.string(),
  kind: z.enum(['observatory', 'letter']),
  /** Key of the names of pieces. */
  names: hex(64),
  /** The list of pieces that belongs to it. */
  index: z.strictObject({ key: z.string(), sha256: hex(64) }),
  /** Leaves of the archive; null in a letter service, which has none. */
  leaves: count.nullable(),
  log: z.strictObject({ origin: z.string(), size: count }).nullable(),
  /** Parts of the registry that are in PostgreSQL, and so not in the backup. */
  elsewhere: z.array(z.string()),
  files: z.array(fileSchema),
})

/** One file of a backup: its pieces in their order, each of `PIECE_BYTES` except the last. */
export type BackupFile = z.infer<typeof fileSchema>
/** What one generation of a backup holds. Sealed. */
export type Manifest = z.infer<typeof manifestSchema>

/** Throws Fault for what could not be read again, such as a path with a backslash. */
export function encodeManifest(manifest: Omit<Manifest, 'format'>): Buffer {
  const found = manifestSchema.safeParse({ format: FORMAT, ...manifest })
  if (found.success) return Buffer.from(JSON.stringify(found.data))
  throw new Fault(`Cannot back up: a file has a name that a backup does not take`, { cause: found.error })
}

/** Throws InputError where it is of another format. */
export function parseBackupManifest(bytes: Uint8Array, key: string): Manifest {
  const found = manifestSchema.safeParse(parseJson(bytes))
  if (found.success) return found.data
  throw badBackup(key, 'it is not a manifest that this version reads')
}

export const encodeTarget = (of: string): Buffer => Buffer.from(`${JSON.stringify({ format: FORMAT, of })}\n`)

/** Whose backups a target holds. Throws InputError where they are of another format, or none. */
export function parseTarget(bytes: Uint8Array): string {
  const found = targetSchema.safeParse(parseJson(bytes))
  if (!found.success) throw badBackup(TARGET_FILE, 'it does not describe a backup')
  if (found.data.format !== FORMAT)
    throw badBackup(
      TARGET_FILE,
      `the backup is of format ${JSON.stringify(found.data.format.slice(0, 40))}, not ${FORMAT}`,
    )
  return found.data.of
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}

/** A piece as it is in the target. */
export interface BackupPiece {
  /** Keyed hash of path and place, the same for every content that was ever there. */
  readonly slot: string
  /** Bytes before it was sealed. */
  readonly plain: number
  /** Bytes of the sealed object, and their hash. */
  readonly bytes: number
  readonly sha256: string
}

/**
 * The list of pieces of a generation. It is not sealed: the machine that makes backups cannot open what it sealed, and
 * must know what is there. It says sizes and keyed names.
 */
export interface Index {
  readonly generation: number
  /** Whose backup it is, as `backup.json` says. */
  readonly of: string
  readonly at: string
  readonly pieces: ReadonlyMap<string, BackupPiece>
  /** A piece with erased bytes, by the name of each one that it replaces. */
  readonly replaced: ReadonlyMap<string, string>
}

const FIRST_LINE = 'kuager backup index 1'

/** A list of pieces as text. */
export function encodeIndex({ generation, of, at, pieces, replaced }: Index): Buffer {
  const lines = [FIRST_LINE, `generation ${generation}`, `of ${of}`, `at ${at}`]
  for (const [name, piece] of pieces) lines.push(`piece ${formatPiece(name, piece)}`)
  for (const [old, by] of replaced) lines.push(`replaced ${old} ${by}`)
  return Buffer.from(`${lines.join('\n')}\nend ${lines.length}\n`)
}

/** Throws InputError where it is not whole. */
export function parseIndex(text: string, key: string): Index {
  const lines = text.split('\n')
  const [first, generation, folder, at, ...rest] = lines.slice(0, -2)
  const number = /^generation (\d{1,9})$/.exec(generation ?? '')?.[1]
  const of = /^of ([0-9a-f]{32})$/.exec(folder ?? '')?.[1]
  const time = /^at (\S+)$/.exec(at ?? '')?.[1]
  const whole = first === FIRST_LINE && lines.at(-2) === `end ${lines.length - 2}`
  if (!whole || number === undefined || of === undefined || time === undefined)
    throw badBackup(key, 'it is cut off or damaged')
  const pieces = new Map<string, BackupPiece>()
  const replaced = new Map<string, string>()
  for (const line of rest) {
    const piece = line.startsWith('piece ') ? parsePiece(line.slice(6)) : undefined
    const instead = /^replaced ([0-9a-f]{32}) ([0-9a-f]{32})$/.exec(line)
    if (piece !== undefined) pieces.set(piece.name, piece.piece)
    else if (instead !== null)
      replaced.set(instead[1]!, instead[2]!) // it matched
    else throw badBackup(key, 'a line of it is damaged')
  }
  return { generation: Number(number), of, at: time, pieces, replaced }
}

/** A piece as one line, with its name. */
export const formatPiece = (name: string, { slot, plain, bytes, sha256 }: BackupPiece): string =>
  `${name} ${slot} ${plain} ${bytes} ${sha256}`

/** Undefined for a line that is not one of a piece. */
export function parsePiece(line: string): { readonly name: string; readonly piece: BackupPiece } | undefined {
  const match = /^([0-9a-f]{32}) ([0-9a-f]{32}) (\d{1,8}) (\d{1,8}) ([0-9a-f]{64})$/.exec(line)
  if (match === null) return undefined
  const [, name, slot, plain, bytes, sha256] = match
  return { name: name!, piece: { slot: slot!, plain: Number(plain), bytes: Number(bytes), sha256: sha256! } } // it matched
}

export const backupPieceKey = (name: string): string => `${PIECES}${name.slice(0, 2)}/${name}`
export const manifestKey = (generation: number): string => `${GENERATIONS}${String(generation).padStart(6, '0')}.age`
/** Hash of the sealed manifest, for a check without a key. */
export const manifestSumKey = (generation: number): string =>
  `${GENERATIONS}${String(generation).padStart(6, '0')}.sha256`
/** The list of pieces is named by its own hash: two machines at one target never write over one another's. */
export const indexKey = (generation: number, sha256: string): string =>
  `${GENERATIONS}${String(generation).padStart(6, '0')}-${sha256.slice(0, 16)}.index`

export const hexSha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The error for a backup that is not as it was written. */
export const badBackup = (key: string, found: string): InputError =>
  new InputError(`Cannot read the backup: "${key}": ${found}`, {
    code: 'backup.damaged',
    path: key,
    expected: 'a backup as "kuager backup" wrote it',
  })
