import { once } from 'node:events'
import type { Transform } from 'node:stream'

/** Compressed bytes given to a decoder at once: bounds what one step can swell to (1,000 times, some 16 MiB). */
export const SLICE = 16 * 1024

/** A streaming decoder driven step by step, so that all it made before an error is handed on. */
export interface Inflater {
  /** Gives what these bytes make; throws the decoder's error, after which `rest` is what was still made. */
  write(bytes: Uint8Array): AsyncGenerator<Buffer>
  /** Ends the stream and gives what is left; throws where the stream is not complete. */
  finish(): AsyncGenerator<Buffer>
  close(): void
}

/** Wraps a decoder of node:zlib. */
export function driveInflater(stream: Transform): Inflater {
  const made: Buffer[] = []
  let trouble: Error | undefined
  stream.on('data', (chunk: Buffer) => made.push(chunk))
  let settle = (): void => undefined
  // An error leaves the callback of the write that met it uncalled.
  stream.on('error', (error) => {
    trouble = error
    settle()
  })
  return {
    async *write(bytes) {
      for (let at = 0; at < bytes.length; at += SLICE) {
        await new Promise<void>((resolve) => {
          settle = resolve
          stream.write(bytes.subarray(at, at + SLICE), () => resolve())
        })
        yield* made.splice(0)
        if (trouble !== undefined) throw trouble
      }
    },
    async *finish() {
      if (trouble === undefined) {
        stream.end()
        await once(stream, 'end').catch((error: Error) => (trouble = error))
      }
      yield* made.splice(0)
      if (trouble !== undefined) throw trouble
    },
    close: () => stream.destroy(),
  }
}
