import { chosenZip, folderOf, type ChosenFiles, type ChosenFile } from './chosen.ts'

/** More files than any bundle may have: a folder with more is not looked through to its end. */
const MOST_FILES = 1_000_001
/** Deeper folders are named by the verifier, which needs one of them to see. */
const MOST_DEPTH = 18

/**
 * What was dropped on the page: one zip or one folder; undefined for anything else. The items have to be asked before the
 * event ends, so nothing is awaited before that.
 */
export async function droppedOn(items: DataTransferItemList): Promise<ChosenFiles | undefined> {
  const [item, ...more] = [...items].filter(({ kind }) => kind === 'file')
  if (item === undefined || more.length > 0) return undefined
  const handle = givesHandles(item) ? item.getAsFileSystemHandle() : undefined
  const entry = item.webkitGetAsEntry()
  const file = item.getAsFile()
  const found = (await handle) ?? undefined
  if (found?.kind === 'directory') return folderOf(found.name, await fromHandle(found, '', []))
  if (found === undefined && entry instanceof FileSystemDirectoryEntry)
    return folderOf(entry.name, await fromEntry(entry, '', []))
  return file === null ? undefined : chosenZip(file)
}

interface HandleItem {
  getAsFileSystemHandle(): Promise<Handle | null>
}
const givesHandles = (item: DataTransferItem): item is DataTransferItem & HandleItem => 'getAsFileSystemHandle' in item

type Handle =
  | { readonly kind: 'file'; readonly name: string; getFile(): Promise<File> }
  | { readonly kind: 'directory'; readonly name: string; values(): AsyncIterable<Handle> }

/** Chromium's way, which works for a page opened from disk too. */
async function fromHandle(
  folder: Extract<Handle, { kind: 'directory' }>,
  path: string,
  files: ChosenFile[],
): Promise<readonly ChosenFile[]> {
  if (path.split('/').length > MOST_DEPTH) return files
  for await (const handle of folder.values()) {
    if (files.length >= MOST_FILES) return files
    if (handle.kind === 'file') files.push({ path: `${path}${handle.name}`, file: await handle.getFile() })
    else await fromHandle(handle, `${path}${handle.name}/`, files)
  }
  return files
}

/** The way of the others. A reader of a folder gives a part of it at a time, and nothing after the last. */
async function fromEntry(
  folder: FileSystemDirectoryEntry,
  path: string,
  files: ChosenFile[],
): Promise<readonly ChosenFile[]> {
  if (path.split('/').length > MOST_DEPTH) return files
  const reader = folder.createReader()
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject)
    })
    if (part.length === 0) return files
    for (const entry of part) {
      if (files.length >= MOST_FILES) return files
      if (entry instanceof FileSystemDirectoryEntry) await fromEntry(entry, `${path}${entry.name}/`, files)
      else if (entry instanceof FileSystemFileEntry)
        files.push({ path: `${path}${entry.name}`, file: await fileOf(entry) })
    }
  }
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => {
    entry.file(resolve, reject)
  })
