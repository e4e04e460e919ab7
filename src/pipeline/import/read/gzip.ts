import { createGunzip } from 'node:zlib'
import { InputError } from '../../../core/model/errors.ts'
import type { ByteQueue } from './byte-queue.ts'
import { driveInflater } from './inflate.ts'

/**
 * Decompresses gzip of one or several members (RFC 1952). What can be decoded before a cut or a damaged byte is
 * given first; then InputError `gzip.truncated` or `gzip.corrupt`. Trailing zero bytes are padding.
 */
export async function* gunzip(queue: ByteQueue): AsyncGenerator<Buffer> {
  const inflater = driveInflater(createGunzip({ chunkSize: 128 * 1024 }))
  try {
    for (;;) {
      const window = await queue.window()
      if (window.length === 0) break
      queue.consume(window.length)
      yield* inflater.write(window)
    }
    yield* inflater.finish()
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('Z_')) throw error
    const code = error.code === 'Z_BUF_ERROR' ? 'gzip.truncated' : 'gzip.corrupt'
    const found = code === 'gzip.truncated' ? 'it ends too early' : error.message
    throw new InputError(`Cannot decompress gzip: ${found}`, { code, path: '', expected: 'complete gzip data' })
  } finally {
    inflater.close()
  }
}
