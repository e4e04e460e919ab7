import type { Incoming } from './request-body.ts'

/** What a body holds of the room while it comes in. */
interface Reading {
  bytes: number
  readonly letGo: () => void
}

/**
 * Bytes of short bodies that are being read at once. Where there is no room left, the body that began longest ago makes
 * way: what a person sends is there within seconds, so that a client that sends slowly on purpose shuts no one out.
 */
export class PostMemory {
  readonly #most: number
  /** Oldest first. */
  readonly #all = new Set<Reading>()
  #used = 0

  constructor(most: number) {
    this.#most = most
  }

  /** A body begins; `letGo` is called where it has to make way. */
  begin(letGo: () => void): Reading {
    const reading: Reading = { bytes: 0, letGo }
    this.#all.add(reading)
    return reading
  }

  take(reading: Reading, bytes: number): void {
    reading.bytes += bytes
    this.#used += bytes
    for (const oldest of this.#all) {
      if (this.#used <= this.#most) return
      oldest.letGo()
    }
  }

  end(reading: Reading): void {
    if (this.#all.delete(reading)) this.#used -= reading.bytes
  }
}

export type ReadPost =
  /**
   * `isWhole`: not where more came than is read; then these are the first bytes. They are the only copy that is left of
   * what came in, of an own memory: who has read them overwrites them.
   */
  | { readonly kind: 'body'; readonly bytes: Uint8Array; readonly isWhole: boolean }
  /** `full`: it had to make way for others. */
  | { readonly kind: 'full' | 'broken' }

export interface PostLimits {
  readonly room: PostMemory
  /** Bytes that are kept. */
  readonly most: number
  /** So many further bytes are let in and dropped: a browser shows an answer only once it has sent all. */
  readonly dropped: number
}

/** Reads a short body. Never rejects. */
export function readPost(incoming: Incoming, { room, most, dropped }: PostLimits): Promise<ReadPost> {
  return new Promise((resolve) => {
    let held = Buffer.alloc(0)
    let kept = 0
    let over = 0
    let done = false
    const finish = (result: ReadPost): void => {
      if (done) return
      done = true
      room.end(reading)
      resolve(result)
    }
    const reading = room.begin(() => {
      incoming.pause()
      finish({ kind: 'full' })
    })
    const finishBody = (): void => finish({ kind: 'body', bytes: held.subarray(0, kept), isWhole: over === 0 })
    incoming.on('data', (chunk) => {
      if (done) {
        chunk.fill(0)
        return
      }
      const part = chunk.subarray(0, most - kept)
      over += chunk.length - part.length
      if (part.length > 0) {
        held = grown(held, kept + part.length, most)
        held.set(part, kept)
        kept += part.length
        room.take(reading, part.length)
      }
      chunk.fill(0)
      if (over <= dropped || done) return
      incoming.pause()
      finishBody()
    })
    incoming.on('end', finishBody)
    incoming.on('error', () => finish({ kind: 'broken' }))
    incoming.on('close', () => finish({ kind: 'broken' }))
  })
}

/**
 * Memory of at least so many bytes with what was in the other, which is overwritten. Never of the pool of the runtime.
 */
function grown(held: Buffer<ArrayBuffer>, least: number, most: number): Buffer<ArrayBuffer> {
  if (held.length >= least) return held
  const larger = Buffer.alloc(Math.min(most, Math.max(4096, 2 * least)))
  larger.set(held)
  held.fill(0)
  return larger
}
