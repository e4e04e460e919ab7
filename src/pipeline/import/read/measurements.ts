import { InputError } from '../../../core/model/errors.ts'
import { ByteQueue } from './byte-queue.ts'
import { type Piece, type ReadLimits, READ_LIMITS } from './piece.ts'
import { type ImportedSource, findSources, readSource } from './source.ts'
import { type TextPlace, Splitter } from './split.ts'
import { readTar } from './tar.ts'
import { unzstd } from './zstd.ts'
import { createGunzip } from 'node:zlib'
import { driveInflater } from './inflate.ts'
import { isTarHeader } from './tar-header.ts'

export interface ReadMeasurementsOptions {
  readonly signal: AbortSignal
  readonly limits?: Partial<ReadLimits>
  /** Called for every portion read from the source, with its length as stored. */
  onBytes?(count: number): void
}

/**
 * Streams the JSON values of a file, a folder (recursively, sorted) or an http(s) URL: JSON, JSONL, gzip, zstd and
 * tar, nested in any order, distinguished by content. Memory is bounded for any size. What cannot be read becomes
 * a reject with its position, and reading continues behind it. Throws InputError where `named` does not exist.
 */
export async function* readMeasurements(named: string, options: ReadMeasurementsOptions): AsyncGenerator<Piece> {
  for await (const source of findSources(named)) yield* readPieces(source, options)
}

/** Streams the JSON values of one source; see readMeasurements. */
export async function* readPieces(source: ImportedSource, options: ReadMeasurementsOptions): AsyncGenerator<Piece> {
  const limits = { ...READ_LIMITS, ...options.limits }
  const queue = new ByteQueue(
    counted(readSource(source, { signal: options.signal, portionBytes: limits.portionBytes }), options.onBytes),
  )
  try {
    yield* unwrap(queue, { file: source.name }, { limits, depth: 0, told: new WeakSet() })
  } finally {
    await queue.close()
  }
}

interface Run {
  readonly limits: ReadLimits
  readonly depth: number
  /** Errors already given as a reject: one cut surfaces once in the member and again in its archive. */
  readonly told: WeakSet<InputError>
}

async function* unwrap(queue: ByteQueue, place: TextPlace, run: Run): AsyncGenerator<Piece> {
  const splitter = new Splitter(queue, place, run.limits)
  try {
    const format = sniff(await queue.peek(SNIFF_BYTES))
    if (format === 'empty')
      await queue.window() // throws where the source was interrupted before its first byte
    else if (format === 'unknown') yield reject(place, 'file.unknown', 'neither text, gzip, zstd nor tar')
    else if (format === 'text') yield* splitter.values()
    else if (run.depth >= run.limits.nesting) yield reject(place, 'file.nested-too-deep', `${run.depth} wrappings`)
    else if (format === 'tar') yield* unwrapTar(queue, place, run)
    else {
      const inner = new ByteQueue(format === 'gzip' ? gunzip(queue) : unzstd(queue))
      try {
        yield* unwrap(inner, place, { ...run, depth: run.depth + 1 })
      } finally {
        await inner.close()
      }
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    if (run.told.has(error)) return
    run.told.add(error)
    yield { kind: 'reject', position: splitter.position, code: error.code, detail: error.message }
  }
}

async function* unwrapTar(queue: ByteQueue, place: TextPlace, run: Run): AsyncGenerator<Piece> {
  for await (const { name, body } of readTar(queue)) {
    const member = place.member === undefined ? name : `${place.member}!${name}`
    yield* unwrap(new ByteQueue(body), { ...place, member }, { ...run, depth: run.depth + 1 })
  }
}

const reject = (place: TextPlace, code: string, detail: string): Piece => ({
  kind: 'reject',
  position: { ...place, line: 1, offset: 0 },
  code,
  detail,
})

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onBytes: ((count: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onBytes?.(chunk.length)
    yield chunk
  }
}

/**
 * Decompresses gzip of one or several members (RFC 1952). What can be decoded before a cut or a damaged byte is
 * given first; then InputError `gzip.truncated` or `gzip.corrupt`. Trailing zero bytes are padding.
 */
async function* gunzip(queue: ByteQueue): AsyncGenerator<Buffer> {
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

/** What the first bytes of a stream say it is; names of files are not asked. */
type Format = 'gzip' | 'zstd' | 'tar' | 'text' | 'empty' | 'unknown'

/** Bytes of the beginning that `sniff` wants to see. */
const SNIFF_BYTES = 512

/**
 * Tells the format from the first 512 bytes (fewer where the stream is shorter).
 * Sources: RFC 1952 §2.3.1, RFC 8878 §3.1, POSIX.1-2001 pax (ustar).
 */
function sniff(head: Buffer): Format {
  if (head.length === 0) return 'empty'
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.length >= 4) {
    const magic = head.readUInt32LE(0)
    if (magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50) return 'zstd'
  }
  if (head.length === SNIFF_BYTES && (isTarHeader(head) || head.every((byte) => byte === 0))) return 'tar'
  return head.includes(0) ? 'unknown' : 'text'
}
