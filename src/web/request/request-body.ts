import type { Context } from 'hono'

/** What is used of a request of node:http, which the server puts into the environment of a route. */
export interface Incoming {
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'end' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: unknown) => void): unknown
  pause(): unknown
  readonly complete: boolean
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** A part of the network may hold so much of the room: one sender's bodies must leave room for everyone else's. */
const SHARE = 1 / 4

/**
 * Bytes of bodies that are being read, of all requests together and of each part of the network: memory stays bounded
 * with any input. Senders that cannot be distinguished are one part.
 */
export class UploadSlots {
  readonly #most: number
  readonly #ofPrefix = new Map<string, number>()
  #used = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Takes room for bytes that came from a prefix; says what there is too little of. */
  take(bytes: number, prefix = ''): 'taken' | 'full' | 'crowded' {
    const own = (this.#ofPrefix.get(prefix) ?? 0) + bytes
    if (own > this.#most * SHARE) return 'crowded'
    if (this.#used + bytes > this.#most) return 'full'
    this.#used += bytes
    this.#ofPrefix.set(prefix, own)
    return 'taken'
  }

  give(bytes: number, prefix = ''): void {
    this.#used -= bytes
    const own = (this.#ofPrefix.get(prefix) ?? 0) - bytes
    if (own > 0) this.#ofPrefix.set(prefix, own)
    else this.#ofPrefix.delete(prefix)
  }
}

export type ReadBody =
  | { readonly kind: 'body'; readonly bytes: Uint8Array }
  /** `full`: no room for it now; `crowded`: no room for more of this prefix. */
  | { readonly kind: 'too-large' | 'full' | 'crowded' | 'slow' | 'broken' }

export interface BodyLimits {
  /** Longest body. */
  readonly most: number
  readonly room: UploadSlots
  /** Stands for the sender's part of the network. */
  readonly prefix?: string
}

/**
 * So much may come as slowly as it likes: a measurement of a throttled connection is shorter, and is the last that may
 * be lost. What is longer holds room worth having, and must keep a pace that no connection of today is below.
 */
const UNHURRIED_BYTES = 128 * 1024
const PACE_MS = 20_000
const PACE_BYTES = (PACE_MS / 1000) * 8 * 1024

/**
 * Reads a body, as long as there is room and it does not dawdle. What was read is the caller's; its room is given back.
 */
export function readBody(incoming: Incoming, { most, room, prefix }: BodyLimits): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let length = 0
    let done = false
    let paced: { readonly timer: NodeJS.Timeout; length: number } | undefined
    const finish = (result: ReadBody): void => {
      if (done) return
      done = true
      clearInterval(paced?.timer)
      room.give(length, prefix)
      resolve(result)
    }
    const stop = (kind: Exclude<ReadBody['kind'], 'body'>): void => {
      incoming.pause()
      finish({ kind })
    }
    const look = (): void => {
      if (done || paced === undefined) return
      if (length - paced.length < PACE_BYTES) return stop('slow')
      paced.length = length
    }
    incoming.on('data', (chunk) => {
      if (done) return
      if (length + chunk.length > most) return stop('too-large')
      const taken = room.take(chunk.length, prefix)
      if (taken !== 'taken') return stop(taken)
      length += chunk.length
      chunks.push(chunk)
      if (length > UNHURRIED_BYTES) paced ??= { timer: setInterval(() => setImmediate(look), PACE_MS), length } // what has arrived is read first
    })
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

/** The request of node:http behind a route; the server of listen.ts gives it, and a body is counted as it comes in. */
export function incomingOf(c: Context): Incoming | undefined {
  const env: unknown = c.env
  const incoming: unknown = typeof env === 'object' && env !== null ? Reflect.get(env, 'incoming') : undefined
  return isIncoming(incoming) ? incoming : undefined
}

const isIncoming = (value: unknown): value is Incoming =>
  typeof value === 'object' && value !== null && 'on' in value && 'socket' in value
