import { constants, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { isMissing } from '../../runtime/files/disk.ts'
import type { ByteRange } from '../../web/request/byte-range.ts'
import type { TakePlace } from './reading-places.ts'

/** Bytes that wait in memory for one slow reader. */
const SENT_PIECE = 64 * 1024

/** A part of a file piece by piece, as it is asked for; it is closed at its end, and when the reader leaves. */
const streamFile = (
  handle: FileHandle,
  { part, done }: { readonly part: ByteRange; readonly done: () => void },
): ReadableStream<Uint8Array<ArrayBuffer>> => {
  let at = part.first
  // A reader who leaves in the midst of a read closes it, and then the read ends.
  let isClosed = false
  const close = async (): Promise<void> => {
    if (isClosed) return
    isClosed = true
    done()
    await handle.close()
  }
  return new ReadableStream(
    {
      async pull(controller) {
        const piece = new Uint8Array(Math.min(SENT_PIECE, part.last + 1 - at))
        try {
          const { bytesRead } = piece.length === 0 ? { bytesRead: 0 } : await handle.read(piece, 0, piece.length, at)
          at += bytesRead
          if (bytesRead > 0) return controller.enqueue(piece.subarray(0, bytesRead))
        } catch (error) {
          await close()
          throw error
        }
        await close()
        controller.close()
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  )
}

/**
 * A part of a file for one reader, who has a place as long as it is read; `busy` where none is free, undefined where there
 * is no such file, or it is not the one that is meant.
 */
export async function sendPart(
  path: string,
  reader: {
    /** Absent: the whole. */
    readonly part: ByteRange | undefined
    readonly take: TakePlace
    readonly from: string
    readonly isMeant?: (seen: Stats) => boolean
  },
): Promise<{ readonly bytes: number; readonly stream: ReadableStream<Uint8Array<ArrayBuffer>> } | 'busy' | undefined> {
  const { part, take, from, isMeant = () => true } = reader
  const done = take(from)
  if (done === undefined) return 'busy'
  let stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined
  try {
    const handle = await openFile(path)
    if (handle === undefined) return undefined
    const seen = await handle.stat()
    if (isMeant(seen)) stream = streamFile(handle, { part: part ?? { first: 0, last: seen.size - 1 }, done })
    else await handle.close()
    return stream === undefined ? undefined : { bytes: seen.size, stream }
  } finally {
    if (stream === undefined) done()
  }
}

/** A regular file of this very name; undefined for a link, a folder, or one that went away. */
export async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    return undefined
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'ELOOP')) return undefined
    throw error
  }
}
