import { InputError } from '../../../core/model/errors.ts'
import type { ByteQueue } from './byte-queue.ts'
import { BLOCK, decodePaxRecords, decodeTarHeader, isTarHeader } from './tar-header.ts'

/** One regular file of an archive; `body` must be read before the next member is asked for, or is skipped. */
export interface TarMember {
  readonly name: string
  readonly size: number
  readonly body: AsyncIterable<Uint8Array>
}

/** Largest long name or pax header that is read. */
const META_BYTES = 1024 * 1024

const fail = (code: 'tar.truncated' | 'tar.corrupt' | 'tar.unsupported', found: string): InputError =>
  new InputError(`Cannot read tar archive: ${found}`, { code, path: '', expected: 'a complete tar archive' })

/**
 * Streams the regular files of a tar archive; nothing is written anywhere, so paths in it cannot do harm.
 * Folders, links and devices are passed over. Throws InputError where the archive is cut off or malformed.
 */
export async function* readTar(queue: ByteQueue): AsyncGenerator<TarMember> {
  let longName: string | undefined
  let pax: ReadonlyMap<string, string> | undefined
  for (;;) {
    const block = await queue.take(BLOCK)
    if (block === undefined) {
      await queue.window() // throws the source's own error, which says more
      throw fail('tar.truncated', 'it ends without its end mark')
    }
    if (block.every((byte) => byte === 0)) return
    if (!isTarHeader(block)) throw fail('tar.corrupt', `no header at byte ${queue.offset - BLOCK}`)
    const header = decodeTarHeader(block)
    const size = pax?.has('size') === true ? Number(pax.get('size')) : header.size
    if (size === undefined || !Number.isSafeInteger(size) || size < 0)
      throw fail('tar.corrupt', `impossible size at byte ${queue.offset - BLOCK}`)
    const padding = (BLOCK - (size % BLOCK)) % BLOCK
    if (header.type === 'x' || header.type === 'g' || header.type === 'L' || header.type === 'K') {
      if (size > META_BYTES) throw fail('tar.corrupt', `a name of ${size} bytes`)
      const body = await queue.take(size + padding)
      if (body === undefined) throw queue.trouble ?? fail('tar.truncated', 'it ends inside a name')
      if (header.type === 'x') pax = decodePaxRecords(body.subarray(0, size))
      if (header.type === 'L') longName = body.toString('utf8', 0, size).replace(/\0.*$/s, '')
      continue
    }
    const name = pax?.get('path') ?? longName ?? header.name
    const sparse = header.type === 'S' || pax?.has('GNU.sparse.major') === true
    pax = undefined
    longName = undefined
    if (sparse) throw fail('tar.unsupported', `sparse member ${JSON.stringify(name)}`)
    const end = queue.offset + size
    let known: InputError | undefined
    const cut = (): InputError => (known ??= fail('tar.truncated', `it ends inside member ${JSON.stringify(name)}`))
    if (header.type === '0' || header.type === '7') yield { name, size, body: readBody(queue, end, cut) }
    const left = end + padding - queue.offset
    if ((await queue.skip(left)) < left) throw cut()
  }
}

/** Throws the very error that the archive ends with, so that one cut is reported once. */
async function* readBody(queue: ByteQueue, end: number, cut: () => InputError): AsyncGenerator<Uint8Array> {
  while (queue.offset < end) {
    const window = await queue.window()
    if (window.length === 0) throw cut()
    const chunk = window.subarray(0, end - queue.offset)
    queue.consume(chunk.length)
    yield chunk
  }
}
