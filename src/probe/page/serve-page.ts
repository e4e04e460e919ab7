import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InputError } from '../../core/model/errors.ts'
import { MINUTE_MS, SECOND_MS } from '../../core/model/duration.ts'

/** A file of the page: the same for everyone, without anything about the probe. */
export interface PageFile {
  readonly type: string
  readonly bytes: Buffer
}

/** What the page is served from. */
export interface LocalPage {
  /** Files by path; `/` is the page. */
  readonly files: ReadonlyMap<string, PageFile>
  /** What a page with the key may read: by name, with the query. Undefined: there is none. */
  read(name: string, query: URLSearchParams): Promise<unknown>
  /** What it may do: by name, with what it sent. Throws InputError. Undefined: there is none. */
  act(name: string, given: unknown): Promise<unknown>
}

export interface ServedPage extends AsyncDisposable {
  /** Where the page is. */
  readonly origin: string
  /** An address that opens it once, within two minutes: what is on a command line others of this machine can read. */
  link(): string
  /** Time of the last request, of `now`. */
  readonly lastAsked: () => number
}

const MOST_BODY = 64 * 1024
const CODE_LIVES = 2 * MINUTE_MS
const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const secret = (): string => randomBytes(32).toString('base64url')
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

/**
 * Serves a page to the owner of this machine: on loopback, on a port drawn by the system. A request must name the
 * address itself as Host (a name that was rebound to loopback is refused) and, for anything about the probe, bring a key
 * that only a page of this origin can know and send: it is in no address, cookie or file, and no other origin is answered.
 * A page gets the key for a code in the fragment of its address, once.
 */
export async function serveLocalPage(page: LocalPage, now: () => number): Promise<ServedPage> {
  const key = secret()
  const codes = new Map<string, number>()
  let last = now()

  /** The key for a code; each opens once. */
  const enter = (code: unknown): unknown => {
    const made = typeof code === 'string' ? codes.get(code) : undefined
    codes.delete(String(code))
    if (made === undefined || now() - made > CODE_LIVES) throw new Refusal(403, 'this address was used, or is too old')
    return { key }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '' } = request
    const { host, origin, authorization = '' } = request.headers
    const own = `127.0.0.1:${port}`
    if (host !== own) throw new Refusal(421, 'another host')
    const site = request.headers['sec-fetch-site']
    if (origin !== undefined && origin !== `http://${own}`) throw new Refusal(403, 'another origin')
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${own}`)
    const file = method === 'GET' || method === 'HEAD' ? page.files.get(pathname) : undefined
    if (file !== undefined) {
      // The page itself is opened from elsewhere; its files are of use to no one else.
      if (pathname !== '/' && site !== undefined && site !== 'same-origin') throw new Refusal(403, 'another origin')
      response.writeHead(200, { ...SAFE_HEADERS, 'content-type': file.type, 'content-length': file.bytes.length })
      response.end(method === 'HEAD' ? undefined : file.bytes)
      return
    }
    if (site !== undefined && site !== 'same-origin') throw new Refusal(403, 'another origin')
    const [, name] = /^\/api\/([a-z-]{1,32})$/.exec(pathname) ?? []
    if (name === undefined) throw new Refusal(404, 'nothing here')
    if (method === 'POST' && origin === undefined) throw new Refusal(403, 'no origin')
    if (method === 'POST' && !/^application\/json\b/.test(request.headers['content-type'] ?? ''))
      throw new Refusal(415, 'JSON alone')
    if (method !== 'POST' && method !== 'GET') throw new Refusal(405, 'GET and POST alone')
    const given = method === 'POST' ? await readJson(request) : undefined
    if (name === 'enter' && method === 'POST') {
      send(response, 200, enter(typeof given === 'object' && given !== null ? Reflect.get(given, 'code') : undefined))
      return
    }
    if (!isSame(authorization, `Bearer ${key}`)) throw new Refusal(401, 'no key')
    last = now()
    const done = await (method === 'POST' ? page.act(name, given) : page.read(name, searchParams))
    if (done === undefined) throw new Refusal(404, 'nothing here')
    send(response, 200, done)
  }

  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10 * SECOND_MS }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy()
      const status = error instanceof Refusal ? error.status : error instanceof InputError ? 400 : 500
      send(response, status, { error: error instanceof Error ? error.message : 'failed' })
      return undefined
    })
  })
  server.maxConnections = 64
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // Of a server that listens on a port; only a pipe has a text.
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    link() {
      const code = secret()
      codes.set(code, now())
      return `${origin}/#${code}`
    },
    lastAsked: () => last,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const bytes = Buffer.from(JSON.stringify(value))
  const type = 'application/json; charset=utf-8'
  response.writeHead(status, {
    ...SAFE_HEADERS,
    'content-type': type,
    'content-length': bytes.length,
    connection: 'close',
  })
  response.end(bytes)
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > MOST_BODY) throw new Refusal(413, 'too much')
    pieces.push(piece)
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'))
  } catch {
    throw new Refusal(400, 'not JSON')
  }
}
