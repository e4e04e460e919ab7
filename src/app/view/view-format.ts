import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { z } from 'zod'
import { Fault } from '../../core/model/errors.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'

/** What a centre ships for readers that have no folder (docs/formats/view.md): what is true now, stored last. */
export const VIEW_KEY = 'readers/now.json'
/** Pieces of files, each under the SHA-256 of its bytes: one that is there never changes. */
export const PIECES_PREFIX = 'readers/pieces/'
/** File of a view with the values that are common. */
export const COMMON_FILE = 'shown/common-values.json'
/** Length of the pieces of a file but the last, in bytes: of one that grows only that is shipped again. */
export const FILE_PIECE = 2 ** 20
const FORMAT = 'kuager-view/1'
/** Longest list, unpacked: some 200,000 parts. */
const MOST_LIST_BYTES = 256 * 2 ** 20

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** Longest name that is written under, with the ending of an unfinished file. */
const MOST_NAME_BYTES = 240

/** Whether a list may name a file: it leads out of no folder, and every disk can have it. */
export function isViewPath(text: string): boolean {
  const isName = (name: string): boolean =>
    /^[^\\\p{Cc}\p{Cs}]+$/u.test(name) && name !== '.' && name !== '..' && Buffer.byteLength(name) <= MOST_NAME_BYTES
  return text.split('/').every(isName)
}

const pieces = z.array(z.string().regex(/^[0-9a-f]{64}$/))
const path = z.string().refine(isViewPath)
const name = path.refine((text) => !text.includes('/'))
const bytes = z.int().nonnegative()

const fileSchema = z.object({ path, modified_ms: bytes, size: bytes, pieces })
const setSchema = z.object({ path, modified_ms: bytes, files: z.array(z.tuple([name, bytes])), pieces })
const listSchema = z.object({ files: z.array(fileSchema), sets: z.array(setSchema) })
const headSchema = z.object({
  format: z.literal(FORMAT),
  /** The file with which a centre says that it is there. */
  now: z.record(z.string(), z.unknown()),
  /** State of the archive on the store: another text says that something came or was erased. */
  archive: z.string(),
  list: pieces,
})

/** A file as readers have it, with the time of its last change. */
export type ViewFile = z.infer<typeof fileSchema>
/** A folder of files that never change, such as a part of a table: their bytes one behind the other. */
export type ViewSet = z.infer<typeof setSchema>
export type ViewList = z.infer<typeof listSchema>
type ViewHead = Omit<z.infer<typeof headSchema>, 'format'>

export const encodeViewHead = (head: ViewHead): Buffer =>
  Buffer.from(`${JSON.stringify({ format: FORMAT, ...head })}\n`)

/** Throws Fault for what another program, or another version of this one, wrote. */
export function decodeViewHead(text: Buffer, store: string): ViewHead {
  return decoded(headSchema, text, `"${VIEW_KEY}" of ${store}`)
}

export const encodeViewList = (list: ViewList): Promise<Buffer> => compress(Buffer.from(JSON.stringify(list)))

/** Throws Fault for bytes that are no list; no path of it leads out of a folder. */
export async function decodeViewList(packed: Buffer, store: string): Promise<ViewList> {
  const text = await decompress(packed, { maxOutputLength: MOST_LIST_BYTES })
  return decoded(listSchema, text, `the list of ${store}`)
}

function decoded<T>(schema: z.ZodType<T>, text: Buffer, what: string): T {
  try {
    return schema.parse(JSON.parse(text.toString('utf8')))
  } catch (cause) {
    throw new Fault(`Cannot read ${what}: it is damaged, or of another version of Kuager`, { cause })
  }
}

export const hashPiece = (piece: Uint8Array): string => createHash('sha256').update(piece).digest('hex')
export const viewPieceKey = (hash: string): string => `${PIECES_PREFIX}${hash}`

/** A piece of an old list that is not there any more: the present list has what replaced it. */
export class PieceGone extends Fault {}

/** Throws Fault where a piece is gone or has other bytes. */
export async function fetchPiece(store: ObjectStore, hash: string): Promise<Buffer> {
  const found = await store.get(viewPieceKey(hash))
  if (found === undefined) throw new PieceGone(`Cannot read from ${store.name}: "${viewPieceKey(hash)}" is gone`)
  if (hashPiece(found.bytes) !== hash)
    throw new Fault(`Cannot read from ${store.name}: "${viewPieceKey(hash)}" has other bytes`)
  return found.bytes
}
