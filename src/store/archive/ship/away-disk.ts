import { basename } from 'node:path'
import { crc32 } from 'node:zlib'
import { Fault } from '../../../core/model/errors.ts'
import { isMissing, type Disk, type DiskFile } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { numbersOf, type Layout } from '../layout.ts'
import { SEGMENT_HEAD_BYTES } from '../segment-head.ts'
import { leavesKey, segmentKey, sidecarKey } from './object-keys.ts'

/** Ending of the file that is in the place of a segment which is only on object storage. */
const AWAY = 'away'
const AWAY_BYTES = SEGMENT_HEAD_BYTES + 12

const awayPath = (layout: Layout, number: number): string => layout.segment(number).replace(/segment$/, AWAY)

/** What is kept here of a segment that is away. */
interface Away {
  readonly head: Buffer
  readonly size: number
}

/**
 * The disk of an archive some of whose segments are only on object storage. Their leaves and sidecars are here, so
 * opening asks the store for nothing; a record is read by its range. What is written to such a segment is what erases a
 * record: here nothing is left to be overwritten, and the shipper does it on the store, from the log of erasures.
 */
export function awayDisk(inner: Disk, layout: Layout, store: ObjectStore | undefined): Disk {
  return {
    makeFolder: (folder) => inner.makeFolder(folder),
    rename: (from, to) => inner.rename(from, to),
    remove: (path) => inner.remove(path),
    removeFolder: (folder) => inner.removeFolder(folder),
    syncFolder: (folder) => inner.syncFolder(folder),
    list: async (folder) => {
      const names = await inner.list(folder)
      if (folder !== layout.segments) return names
      const away = numbersOf(names, AWAY).map((number) => basename(layout.segment(number)))
      return [...new Set([...names, ...away])].sort()
    },
    open: async (path, mode) => {
      try {
        return await inner.open(path, mode)
      } catch (error) {
        const number = segmentNumber(path, layout)
        if (!isMissing(error) || number === undefined || mode === 'create' || mode === 'append') throw error
        const away = await readAway(layout, number, inner)
        if (away === undefined) throw error
        return openAway(path, away, { store, number })
      }
    },
  }
}

/** Number of the segment whose file it is; undefined for another file. */
function segmentNumber(path: string, layout: Layout): number | undefined {
  const [, digits] = /^(\d{8})\.segment$/.exec(basename(path)) ?? []
  return digits !== undefined && path === layout.segment(Number(digits)) ? Number(digits) : undefined
}

async function readAway(layout: Layout, number: number, disk: Disk): Promise<Away | undefined> {
  const bytes = await readWhole(awayPath(layout, number), disk)
  if (bytes === undefined) return undefined
  if (bytes.length !== AWAY_BYTES || bytes.readUInt32BE(AWAY_BYTES - 4) !== crc32(bytes.subarray(0, AWAY_BYTES - 4)))
    throw new Fault(`Cannot open "${awayPath(layout, number)}": it is damaged`)
  return { head: bytes.subarray(0, SEGMENT_HEAD_BYTES), size: bytes.readUIntBE(SEGMENT_HEAD_BYTES + 2, 6) }
}

function openAway(
  path: string,
  { head, size }: Away,
  { store, number }: { readonly store: ObjectStore | undefined; readonly number: number },
): DiskFile {
  return {
    path,
    size: async () => size,
    async read(into, position) {
      const length = Math.max(0, Math.min(into.length, size - position))
      if (position + length <= SEGMENT_HEAD_BYTES) {
        into.set(head.subarray(position, position + length))
        return length
      }
      if (store === undefined) throw onlyThere(path)
      const found = await store.get(segmentKey(number), { from: position, length })
      if (found === undefined || found.size !== size || found.bytes.length !== length)
        throw new Fault(`Cannot read "${path}": "${segmentKey(number)}" of ${store.name} is not the segment`)
      into.set(found.bytes)
      return length
    },
    write: async () => undefined,
    sync: async () => undefined,
    truncate: () => Promise.reject(new Fault(`Cannot cut "${path}": it is only on the object storage`)),
    close: async () => undefined,
  }
}

/** A file of an archive that is only on object storage, and the name of its state there. */
export interface AwaySegment {
  readonly file: DiskFile
  readonly etag: string
}

/**
 * Opens a segment that is only on object storage, to copy it from there; undefined where it is here, or nowhere. Throws
 * Fault where the store is not known or has not the segment.
 */
export async function openAwaySegment(
  path: string,
  { layout, disk, store }: { readonly layout: Layout; readonly disk: Disk; readonly store: ObjectStore | undefined },
): Promise<AwaySegment | undefined> {
  const number = segmentNumber(path, layout)
  const away = number === undefined ? undefined : await readAway(layout, number, disk)
  if (number === undefined || away === undefined) return undefined
  if (store === undefined) throw onlyThere(path)
  const found = await store.head(segmentKey(number))
  if (found?.size !== away.size) throw new Fault(`Cannot read "${path}": ${store.name} has not the whole of it`)
  return { file: openAway(path, away, { store, number }), etag: found.etag }
}

const onlyThere = (path: string): Fault =>
  new Fault(`Cannot read "${path}": it is only on the object storage; set KUAGER_ARCHIVE_STORE`)

/**
 * Removes a segment that the store has whole from this disk, and gives whether it did. What is needed to open the archive
 * is kept first, durably: a crash leaves the segment, or what is in its place, or both.
 */
export async function dropSegment(
  number: number,
  { layout, disk, store }: { readonly layout: Layout; readonly disk: Disk; readonly store: ObjectStore },
): Promise<boolean> {
  const file = await disk.open(layout.segment(number), 'read')
  const bytes = Buffer.alloc(AWAY_BYTES)
  let size: number
  try {
    size = await file.size()
    await file.read(bytes.subarray(0, SEGMENT_HEAD_BYTES), 0)
  } finally {
    await file.close()
  }
  const there = await Promise.all([segmentKey, leavesKey, sidecarKey].map((key) => store.head(key(number))))
  if (there[0]?.size !== size || there.includes(undefined)) return false
  bytes.writeUIntBE(size, SEGMENT_HEAD_BYTES + 2, 6)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, AWAY_BYTES - 4)), AWAY_BYTES - 4)
  await writeDurable(awayPath(layout, number), bytes, disk)
  await disk.remove(layout.segment(number))
  await disk.syncFolder(layout.segments)
  return true
}
