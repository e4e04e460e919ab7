import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip, gzipSync } from 'node:zlib'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { documentId, type Spool, type SpoolEntry } from './spool.ts'

/** What was written into a file, read back and found right. */
export interface Exported {
  readonly entries: readonly SpoolEntry[]
  readonly bytes: number
}

/**
 * Writes the documents of `entries` into a new file `path`: JSONL in gzip, one member of gzip for each document, the very
 * bytes that would be posted, so that `kuager import` gives each the same id. The file is then read back and compared
 * document by document. An existing file is never written over: the error of `open` says so.
 */
export async function exportSpool(spool: Spool, entries: readonly SpoolEntry[], path: string): Promise<Exported> {
  const file = await REAL_DISK.open(path, 'create')
  let at = 0
  const written: SpoolEntry[] = []
  try {
    for (const entry of entries) {
      const document = await spool.read(entry)
      if (document === undefined) continue // delivered meanwhile
      const member = gzipSync(`${document}\n`)
      await file.write(member, at)
      at += member.length
      written.push(entry)
    }
    await file.sync()
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    throw error
  }
  await file.close()
  await REAL_DISK.syncFolder(dirname(path))
  if (written.length > 0) await check(path, written)
  return { entries: written, bytes: at }
}

async function check(path: string, entries: readonly SpoolEntry[]): Promise<void> {
  const found: string[] = []
  await pipeline(createReadStream(path), createGunzip(), async (source: AsyncIterable<Buffer>) => {
    let rest = ''
    const decoder = new StringDecoder()
    for await (const piece of source) {
      const lines = (rest + decoder.write(piece)).split('\n')
      rest = lines.pop() ?? ''
      found.push(...lines.map(documentId))
    }
    if (rest !== '') found.push('unfinished')
  })
  const same = found.length === entries.length && entries.every(({ id }, index) => id === found[index])
  if (!same) throw new Fault(`Cannot export to "${path}": what was written does not read back as what was meant`)
}
