import { InputError } from '../../core/model/errors.ts'
import type { OpenedContainer } from '../../core/evidence/verify/source/bundle-source.ts'
import { openFolderEntries } from '../../core/evidence/verify/source/folder-source.ts'
import { openZip } from '../../core/evidence/verify/source/zip-source.ts'
import { blobBytes, fileAccess } from './file-access.ts'

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
  if (chosen.kind === 'zip') return openZip(fileAccess(chosen.file))
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
