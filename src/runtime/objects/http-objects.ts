import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault, InputError } from '../../core/model/errors.ts'
import { millis } from '../../core/model/units.ts'
import { backoff } from '../backoff.ts'
import { openDeadline } from '../deadline.ts'
import { systemChance } from '../random.ts'
import type { ListedObject, ObjectStore, StoredObject } from './contract.ts'

/** Where the objects of an edge are read, and the word that it asks for. */
interface HttpPlace {
  /** Address without a slash at its end. */
  readonly origin: string
  readonly token: string
}

/** Variable that names the file of tokens. */
export const TOKEN_FILE = 'KUAGER_EDGE_TOKEN_FILE'
/** At least so many letters: a token that could be guessed opens measurements as received. */
export const TOKEN = /^[\w.~+/=-]{32,200}$/

/**
 * Opens the objects of an edge at `https://HOST:PORT`, or at `http://` on this machine. The file of tokens holds one
 * token, or lines of an address and its token. Nothing is contacted yet. Throws InputError.
 */
export function openHttpObjects(address: string, env: Readonly<Record<string, string | undefined>>): HttpObjects {
  const url = URL.parse(address)
  const local = url !== null && /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname)
  const isPlain = url !== null && url.pathname === '/' && url.search === '' && url.username === ''
  if (!isPlain || !(url.protocol === 'https:' || (url.protocol === 'http:' && local)))
    // The origin alone: what is before it or behind it may be a secret.
    throw new InputError(`Cannot read the edge at "${url?.origin ?? 'https://…'}"`, {
      code: 'objects.address',
      path: '',
      expected: 'https://HOST:PORT, or http:// with an address of this machine',
    })
  const file = env[TOKEN_FILE]
  const words =
    file === undefined
      ? []
      : readFileSync(file, 'utf8')
          .split('\n')
          .map((line) => line.trim().split(/\s+/))
  const token =
    words.find(([first]) => first === url.origin)?.[1] ?? words.find((line) => line.length === 1 && line[0] !== '')?.[0]
  if (token === undefined || !TOKEN.test(token))
    throw new InputError(`Cannot read the edge at "${url.origin}": there is no token for it`, {
      code: 'objects.token',
      path: TOKEN_FILE,
      expected: 'a file with its token of at least 32 letters, as its --edge-token has',
    })
  return new HttpObjects({ origin: url.origin, token })
}

const ATTEMPTS = 4
const PAUSE = { first: 250, longest: 4000, jitter: [0.5, 1.5], random: systemChance } as const
/** One answer: a piece of some megabytes over a slow line. */
const ANSWER_MS = millis(60_000)
/** A list answers so many objects at once. */
const MOST_LIST_BYTES = 8 * 1024 * 1024
/** Bytes of an object in one answer: more of it is read in ranges. */
export const MOST_OBJECT_BYTES = 16 * 1024 * 1024

/** An answer whose body was read, or why there is none. */
type Answered =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly body: Buffer }
  | { readonly kind: 'again'; readonly why: string }

/**
 * Objects of an edge over its own HTTP (docs/formats/archive.md, "Over HTTP"): read only. An answer is never longer in
 * memory than what was asked for.
 */
class HttpObjects implements ObjectStore {
  readonly name: string
  readonly #place: HttpPlace
  readonly #ended = new AbortController()

  constructor(place: HttpPlace) {
    this.#place = place
    this.name = place.origin
  }

  async get(
    key: string,
    range?: { readonly from: number; readonly length: number },
  ): Promise<StoredObject | undefined> {
    const most = range?.length ?? MOST_OBJECT_BYTES + 1
    const headers: Record<string, string> =
      range === undefined ? {} : { range: `bytes=${range.from}-${range.from + Math.max(1, range.length) - 1}` }
    const answer = await this.#ask('GET', `objects/${key}`, { headers, most })
    if (answer.status === 404) return undefined
    const etag = etagOf(answer.headers)
    // Behind its end: the whole object is read already.
    if (answer.status === 416) {
      const size = /\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1]
      return { bytes: Buffer.alloc(0), etag, size: Number(size ?? 0) }
    }
    const whole = /^bytes \d+-\d+\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1]
    if (range !== undefined && whole === undefined) throw this.#fault('read', key, 'it answers without a range')
    if (range === undefined && answer.body.length === most)
      throw this.#fault('read', key, `it answers with more than ${MOST_OBJECT_BYTES} bytes`)
    return { bytes: answer.body.subarray(0, range?.length), etag, size: Number(whole ?? answer.body.length) }
  }

  async head(key: string): Promise<ListedObject | undefined> {
    const answer = await this.#ask('HEAD', `objects/${key}`, { headers: {}, most: 0 })
    if (answer.status === 404) return undefined
    const size = Number(answer.headers.get('x-object-bytes') ?? Number.NaN)
    if (!Number.isSafeInteger(size) || size < 0) throw this.#fault('read', key, 'it answers without a length')
    return { key, size, etag: etagOf(answer.headers) }
  }

  async *list(prefix: string, after = ''): AsyncGenerator<ListedObject, void, undefined> {
    for (let from = after; ;) {
      const query = new URLSearchParams({ prefix, after: from })
      const answer = await this.#ask('GET', `list?${query.toString()}`, { headers: {}, most: MOST_LIST_BYTES })
      const objects = parseList(answer.body, prefix, from)
      if (objects === undefined) throw this.#fault('list', prefix, 'the answer is no list')
      yield* objects
      const last = objects.at(-1)
      if (last === undefined) return
      from = last.key
    }
  }

  put(key: string): Promise<never> {
    return Promise.reject(this.#fault('store', key, 'it is only read'))
  }

  remove(key: string): Promise<never> {
    return Promise.reject(this.#fault('remove', key, 'it is only read'))
  }

  patch(key: string): Promise<never> {
    return Promise.reject(this.#fault('overwrite', key, 'it is only read'))
  }

  keepsVersions(): Promise<'unknown'> {
    return Promise.resolve('unknown')
  }

  /** Writers there are not ours. */
  sweep(): Promise<number> {
    return Promise.resolve(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new Fault(`${this.name} is closed`))
  }

  async #ask(
    method: 'GET' | 'HEAD',
    path: string,
    options: { readonly headers: Readonly<Record<string, string>>; readonly most: number },
  ): Promise<Extract<Answered, { kind: 'answer' }>> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#askOnce(method, path, options)
      if (answer.kind === 'answer') return answer
      if (tries === ATTEMPTS || this.#ended.signal.aborted) throw this.#fault('read', path, answer.why)
      await pause(backoff(tries, PAUSE), undefined, { signal: this.#ended.signal }).catch(() => undefined)
    }
  }

  async #askOnce(
    method: 'GET' | 'HEAD',
    path: string,
    { headers, most }: { readonly headers: Readonly<Record<string, string>>; readonly most: number },
  ): Promise<Answered> {
    const { origin, token } = this.#place
    using deadline = openDeadline(this.#ended.signal, ANSWER_MS, path)
    try {
      const response = await fetch(`${origin}/${path}`, {
        method,
        headers: { ...headers, authorization: `Bearer ${token}`, 'accept-encoding': 'identity' },
        redirect: 'error',
        signal: deadline.signal,
      })
      const { status } = response
      if (status === 401 || status === 403)
        throw new InputError(`Cannot read "${origin}": it does not take the token`, {
          code: 'objects.token',
          path: '',
          expected: 'the token of the file that its --edge-token names',
        })
      if (![200, 206, 404, 416].includes(status)) {
        await response.body?.cancel()
        if (status >= 400 && status < 500 && status !== 429) throw this.#fault('read', path, `it answers ${status}`)
        return { kind: 'again', why: `it answers ${status}` }
      }
      const body = await readAtMost(response.body, status === 404 || status === 416 ? 0 : most)
      return { kind: 'answer', status, headers: response.headers, body }
    } catch (error) {
      if (error instanceof InputError || error instanceof Fault) throw error
      const cause = error instanceof Error ? (error.cause ?? error) : error
      return { kind: 'again', why: cause instanceof Error ? cause.message : 'the connection broke' }
    }
  }

  #fault(act: string, key: string, why: string): Fault {
    return new Fault(`Cannot ${act} "${key}" at ${this.name}: ${why}`)
  }
}

const etagOf = (headers: Headers): string => (headers.get('etag') ?? '').replaceAll('"', '')

/** The first bytes of a body; the rest is not waited for. */
async function readAtMost(body: ReadableStream<Uint8Array> | null, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  if (body === null) return Buffer.alloc(0)
  for await (const part of body) {
    if (size + part.length > most) {
      parts.push(part.subarray(0, most - size))
      break
    }
    parts.push(part)
    size += part.length
  }
  return Buffer.concat(parts)
}

/** One object for each line: size, etag, key. Undefined for what is no list of keys below the prefix, in their order. */
function parseList(body: Buffer, prefix: string, after: string): readonly ListedObject[] | undefined {
  const objects: ListedObject[] = []
  for (const line of body.toString('utf8').split('\n').slice(0, -1)) {
    const [, size = '', etag = '', key = ''] = /^(\d{1,15}) (\S{1,100}) (\S{1,512})$/.exec(line) ?? []
    if (!key.startsWith(prefix) || key <= (objects.at(-1)?.key ?? after)) return undefined
    objects.push({ key, size: Number(size), etag })
  }
  return objects
}
