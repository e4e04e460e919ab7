import { join } from 'node:path'
import type { Disk, DiskFile } from '../../runtime/files/disk.ts'
import type { Position } from './read/piece.ts'

/** One value that was not taken, as a line of the file: where it is and why; nothing of its content. */
export interface Rejected {
  readonly kind: 'reject' | 'aside' | 'barred'
  readonly code: string
  readonly detail: string
  readonly position: Position
}

/** `rejects/<import>.jsonl` of a data folder, made with its first line. */
export interface RejectsFile extends AsyncDisposable {
  readonly name: string
  /** Length in bytes, lines not yet on disk included. */
  readonly bytes: number
  add(rejected: Rejected): void
  /** Resolves when every line added so far is on disk. */
  flush(): Promise<void>
}

/** Opens a rejects file at a known length: lines that an interrupted import wrote behind it are cut off. */
export async function openRejects(
  folder: string,
  name: string,
  options: { bytes: number; disk: Disk },
): Promise<RejectsFile> {
  const { disk } = options
  const path = join(folder, 'rejects', name)
  let file: DiskFile | undefined
  let written = 0
  let pending: Buffer[] = []
  let size = options.bytes
  const open = async (): Promise<DiskFile> => {
    await disk.makeFolder(join(folder, 'rejects'))
    const opened = await disk.open(path, 'append')
    written = Math.min(options.bytes, await opened.size())
    await opened.truncate(written)
    await disk.syncFolder(join(folder, 'rejects'))
    return opened
  }
  if (options.bytes > 0) {
    file = await open()
    size = written
  }
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return
    const bytes = Buffer.concat(pending)
    pending = []
    file ??= await open()
    await file.write(bytes, written)
    written += bytes.length
    await file.sync()
  }
  return {
    name: `rejects/${name}`,
    get bytes() {
      return size
    },
    add({ kind, code, detail, position }) {
      const line = Buffer.from(`${JSON.stringify({ kind, code, detail: detail.slice(0, 300), ...position })}\n`)
      pending.push(line)
      size += line.length
    },
    flush,
    async [Symbol.asyncDispose]() {
      await flush()
      await file?.close()
    },
  }
}
