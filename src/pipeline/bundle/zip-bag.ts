import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { constants, createDeflateRaw } from 'node:zlib'
import { isWorthPacking, planZip, zipLocalHeader, type ZipMember } from '../../core/evidence/bundle/zip-form.ts'
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
/** Always the same: the same files give the same bytes, as long as zlib packs alike. */
const PACKING = { level: 9, memLevel: 9, windowBits: 15, strategy: constants.Z_DEFAULT_STRATEGY, chunkSize: PIECE }
/** A shorter file gains nothing. */
const LEAST_PACKED = 64

/**
 * Writes the files of a bag as one zip of one folder, in the order and form of docs/formats/bundle.md. Headers come
 * before data and say their packed lengths, so each file is packed twice: to count, and to write. Memory does not grow
 * with the files. Durable when resolved; under its final
 * name there is either nothing or the whole zip. Throws InputError where something is there.
 */
export async function zipBag(bag: BagFolder, parent: string, disk: Disk): Promise<WrittenZip> {
  const path = join(parent, `${bag.name}.zip`)
  const beside = `${path}${UNFINISHED}`
  await refuseTaken(path)
  const counted: ZipMember[] = []
  for (const { path: own, size, crc32 } of bag.files) {
    const member = { path: `${bag.name}/${own}`, size, crc32 }
    const packed = size < LEAST_PACKED ? size : await packedLength(bag, member, disk)
    counted.push(isWorthPacking(size, packed) ? { ...member, packed } : member)
  }
  const plan = planZip(counted)
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
      for await (const bytes of member.packed === undefined ? plain(bag, member, disk) : packed(bag, member, disk))
        await add(bytes)
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

async function packedLength(bag: BagFolder, member: ZipMember, disk: Disk): Promise<number> {
  let length = 0
  for await (const bytes of packed(bag, member, disk)) length += bytes.length
  return length
}

/** Bytes of a member in DEFLATE form, made in the threads of the runtime. */
const packed = (bag: BagFolder, member: ZipMember, disk: Disk): AsyncIterable<Buffer> =>
  pipeline(plain(bag, member, disk), createDeflateRaw(PACKING), () => undefined)

async function* plain(bag: BagFolder, { path, size }: ZipMember, disk: Disk): AsyncIterable<Uint8Array> {
  const file = await disk.open(join(bag.path, path.slice(bag.name.length + 1)), 'read')
  try {
    yield* contentOf(file, size)
  } finally {
    await file.close()
  }
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
