import type { RandomAccess } from '../../core/evidence/verify/source/bundle-source.ts'

/** Bytes that are read at once, and how many such blocks are kept: a zip is read from front to back, header by header. */
const BLOCK = 512 * 1024
const MOST_BLOCKS = 4

/** Any stretch of a file that a reader chose. Neighbouring small reads are served from a few kept blocks. */
export function fileAccess(file: Blob): RandomAccess {
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
export const blobBytes = async (blob: Blob): Promise<Uint8Array> =>
  new Uint8Array(
    typeof FileReaderSync === 'function' ? new FileReaderSync().readAsArrayBuffer(blob) : await blob.arrayBuffer(),
  )

/** Copies are what a large file costs most, and a small piece that is kept must not keep its whole block. */
const WORTH_KEEPING = 4096
const stretch = (block: Uint8Array, from: number, until: number): Uint8Array =>
  until - from < WORTH_KEEPING ? block.slice(from, until) : block.subarray(from, until)
