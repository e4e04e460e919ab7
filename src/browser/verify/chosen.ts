import { InputError } from '../../core/model/errors.ts'
import type { OpenedContainer, RandomAccess } from '../../core/evidence/verify/source/bundle-source.ts'
import { openFolderEntries } from '../../core/evidence/verify/source/folder-source.ts'
import { openZip } from '../../core/evidence/verify/source/zip-source.ts'
import { inflateByStream } from './tools.ts'

/** A file of a chosen folder, by its path from that folder. */
export interface ChosenFile {
  readonly path: string
  readonly file: File
}

/** What a reader chose to be checked. It can be handed to a worker as it is. */
export type ChosenFiles =
  | { readonly kind: 'zip'; readonly name: string; readonly file: File }
  | { readonly kind: 'folder'; readonly name: string; readonly files: readonly ChosenFile[] }

const PIECE = 1024 ** 2

/** Files of a folder as `<input webkitdirectory>` gives them; undefined where there are none. */
export function chosenFolder(list: Iterable<File>): ChosenFiles | undefined {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath, file }))
  const [first] = files
  if (first === undefined) return undefined
  const name = first.path.slice(0, first.path.indexOf('/'))
  return folderOf(
    name,
    files.map(({ path, file }) => ({ path: path.slice(name.length + 1), file })),
  )
}

export const folderOf = (name: string, files: readonly ChosenFile[]): ChosenFiles => ({ kind: 'folder', name, files })

export const chosenZip = (file: File): ChosenFiles => ({ kind: 'zip', name: file.name, file })

/** Bytes of everything that was chosen. */
export const chosenBytes = (chosen: ChosenFiles): number =>
  chosen.kind === 'zip' ? chosen.file.size : chosen.files.reduce((sum, { file }) => sum + file.size, 0)

/** Opens what was chosen as the container of a bundle. It reads no more than the headers of a zip. */
export async function openChosen(chosen: ChosenFiles): Promise<OpenedContainer> {
  if (chosen.kind === 'zip') return openZip(fileAccess(chosen.file), inflateByStream)
  const byPath = new Map(chosen.files.map(({ path, file }) => [path, file]))
  const fileAt = (path: string): File => {
    const file = byPath.get(path)
    if (file !== undefined) return file
    throw new InputError('Cannot read bundle: no such file', { code: 'bundle.missing', path, expected: 'a file of it' })
  }
  const entries = chosen.files.map(({ path, file }) => ({ path, kind: 'file' as const, size: file.size }))
  return openFolderEntries(chosen.name, entries, {
    async read(path, maxBytes) {
      const file = fileAt(path)
      if (file.size > maxBytes)
        throw new InputError(`Cannot read bundle: a file of ${file.size} bytes`, {
          code: 'bundle.too-large',
          path,
          expected: `at most ${maxBytes} bytes`,
        })
      return readable(path, file)
    },
    async *chunks(path) {
      const file = fileAt(path)
      for (let done = 0; done < file.size; done += PIECE) yield await readable(path, file.slice(done, done + PIECE))
    },
  })
}

/** A file that was removed or changed since it was chosen can no longer be read. */
async function readable(path: string, blob: Blob): Promise<Uint8Array> {
  try {
    return await blobBytes(blob)
  } catch {
    throw new InputError('Cannot read bundle: a file was changed or removed since it was chosen', {
      code: 'bundle.gone',
      path,
      expected: 'the file as it was chosen',
    })
  }
}

/** Bytes that are read at once, and how many such blocks are kept: a zip is read from front to back, header by header. */
const BLOCK = 512 * 1024
const MOST_BLOCKS = 4

/** Any stretch of a file that a reader chose. Neighbouring small reads are served from a few kept blocks. */
function fileAccess(file: Blob): RandomAccess {
  const blocks = new Map<number, Promise<Uint8Array>>()
  const blockOf = (number: number): Promise<Uint8Array> => {
    const known = blocks.get(number)
    if (known !== undefined) return known
    if (blocks.size >= MOST_BLOCKS) for (const oldest of [...blocks.keys()].slice(0, 1)) blocks.delete(oldest)
    const read = blobBytes(file.slice(number * BLOCK, (number + 1) * BLOCK))
    blocks.set(number, read)
    return read
  }
  return {
    size: file.size,
    async read(offset, length) {
      const end = Math.min(file.size, offset + length)
      if (end <= offset) return new Uint8Array()
      if (end - offset >= BLOCK) return blobBytes(file.slice(offset, end))
      const [first, last] = [Math.floor(offset / BLOCK), Math.floor((end - 1) / BLOCK)]
      const from = offset - first * BLOCK
      const head = await blockOf(first)
      if (first === last) return stretch(head, from, from + end - offset)
      const tail = await blockOf(last)
      const both = new Uint8Array(end - offset)
      both.set(head.subarray(from))
      both.set(tail.subarray(0, end - last * BLOCK), head.length - from)
      return both
    },
  }
}

/** What workers have besides the types of a page. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer
}

/**
 * All bytes of a file or of a stretch of one. A worker waits for them: Firefox keeps what it reads by promises until long
 * after it was let go, 400 MB of a bundle of 600.
 */
const blobBytes = async (blob: Blob): Promise<Uint8Array> =>
  new Uint8Array(
    typeof FileReaderSync === 'function' ? new FileReaderSync().readAsArrayBuffer(blob) : await blob.arrayBuffer(),
  )

/** Copies are what a large file costs most, and a small piece that is kept must not keep its whole block. */
const WORTH_KEEPING = 4096
const stretch = (block: Uint8Array, from: number, until: number): Uint8Array =>
  until - from < WORTH_KEEPING ? block.slice(from, until) : block.subarray(from, until)
