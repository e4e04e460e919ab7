import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { planZip, zipLocalHeader } from '../../core/evidence/bundle/zip-form.ts'
import { Fault } from '../../core/model/errors.ts'
import type { Disk, DiskFile } from '../../runtime/files/disk.ts'
import { openAnew, UNFINISHED } from '../../runtime/files/durable-file.ts'
import { refuseTaken, type BagFolder } from './bag-folder.ts'

export interface WrittenZip {
  readonly path: string
  readonly size: number
  /** Of the whole file. */
  readonly sha512: string
}

/** Copied at once. */
const PIECE = 1024 * 1024

/**
 * Writes the files of a bag as one zip of one folder, in the order and form of docs/formats/bundle.md: lengths and
 * check sums are known from the first writing, so that the second is one stream. Durable when resolved; under its final
 * name there is either nothing or the whole zip. Throws InputError where something is there.
 */
export async function zipBag(bag: BagFolder, parent: string, disk: Disk): Promise<WrittenZip> {
  const path = join(parent, `${bag.name}.zip`)
  const beside = `${path}${UNFINISHED}`
  const plan = planZip(bag.files.map((file) => ({ ...file, path: `${bag.name}/${file.path}` })))
  await refuseTaken(path)
  const out = await openAnew(beside, disk)
  const digest = createHash('sha512')
  try {
    let at = 0
    const write = async (bytes: Uint8Array): Promise<void> => {
      await out.write(bytes, at)
      digest.update(bytes)
      at += bytes.length
    }
    const piece = Buffer.alloc(PIECE)
    let gathered = 0
    // Many small members become few writes.
    const add = async (bytes: Uint8Array): Promise<void> => {
      if (gathered + bytes.length > PIECE) {
        await write(piece.subarray(0, gathered))
        gathered = 0
      }
      if (bytes.length > PIECE) return write(bytes)
      piece.set(bytes, gathered)
      gathered += bytes.length
    }
    for (const member of plan.members) {
      await add(zipLocalHeader(member))
      const file = await disk.open(join(bag.path, member.path.slice(bag.name.length + 1)), 'read')
      try {
        for await (const bytes of contentOf(file, member.size)) await add(bytes)
      } finally {
        await file.close()
      }
    }
    await add(plan.end)
    await write(piece.subarray(0, gathered))
    if (at !== plan.size) throw new Fault(`Cannot write zip "${path}": ${at} bytes came of ${plan.size}`)
    await out.sync()
  } finally {
    await out.close()
  }
  await refuseTaken(path)
  await disk.rename(beside, path)
  await disk.syncFolder(parent)
  return { path, size: plan.size, sha512: digest.digest('hex') }
}

async function* contentOf(file: DiskFile, size: number): AsyncIterable<Uint8Array> {
  if ((await file.size()) !== size) throw new Fault(`Cannot read "${file.path}": it changed while the zip was written`)
  for (let at = 0; at < size; at += PIECE) {
    const bytes = Buffer.alloc(Math.min(PIECE, size - at))
    const read = await file.read(bytes, at)
    if (read !== bytes.length) throw new Fault(`Cannot read "${file.path}": it ends early`)
    yield bytes
  }
}
