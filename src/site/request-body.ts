/** What is used of a request of node:http, which the server puts into the environment of a route. */
export interface Incoming {
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'end' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: unknown) => void): unknown
  pause(): unknown
  readonly complete: boolean
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** Bytes of bodies that are being read, of all requests together: memory stays bounded whatever is sent. */
export class BodyRoom {
  readonly #most: number
  #used = 0

  constructor(most: number) {
    this.#most = most
  }

  take(bytes: number): boolean {
    if (this.#used + bytes > this.#most) return false
    this.#used += bytes
    return true
  }

  give(bytes: number): void {
    this.#used -= bytes
  }
}

export type ReadBody =
  | { readonly kind: 'body'; readonly bytes: Uint8Array }
  /** `full`: no room for it now. */
  | { readonly kind: 'too-large' | 'full' | 'broken' }

/** Reads a body of at most `most` bytes, as long as there is room. What was read is the caller's; its room is given back. */
export function readBody(incoming: Incoming, most: number, room: BodyRoom): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let length = 0
    let done = false
    const finish = (result: ReadBody): void => {
      if (done) return
      done = true
      room.give(length)
      resolve(result)
    }
    incoming.on('data', (chunk) => {
      if (done) return
      if (length + chunk.length > most) return stop('too-large')
      if (!room.take(chunk.length)) return stop('full')
      length += chunk.length
      chunks.push(chunk)
    })
    const stop = (kind: 'too-large' | 'full'): void => {
      incoming.pause()
      finish({ kind })
    }
    incoming.on('end', () => finish({ kind: 'body', bytes: join(chunks, length) }))
    incoming.on('error', () => finish({ kind: 'broken' }))
    incoming.on('close', () => finish({ kind: 'broken' }))
  })
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks
  if (chunks.length === 1 && first !== undefined) return first
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
