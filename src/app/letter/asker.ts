import { request as requestPlain, type IncomingMessage } from 'node:http'
import { request as requestTls } from 'node:https'
import { pipeline, type Duplex } from 'node:stream'
import { getCACertificates } from 'node:tls'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { millis } from '../../core/model/units.ts'
import { openAgents, type Agents } from '../../probe/deliver/agents.ts'
import { parseRoute } from '../../probe/deliver/route.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { printable } from '../../core/text/printable.ts'

const LIMIT = millis(30_000)

/**
 * What a browser asks for: a page that a person goes to, a part of the page it is on, data for its script. Undefined of
 * a language: none is said.
 */
export interface PageRequest {
  readonly as: 'page' | 'part' | 'data'
  /** Most bytes of the answer. */
  readonly most: number
  readonly lang?: string
  /** Statuses besides 200 whose body is given too: a browser shows it all the same. */
  readonly also?: readonly number[]
}

export interface PageAnswer {
  readonly status: number
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/**
 * Asks a service as a browser does, header by header: a server in other hands that knows a program by what it says of
 * itself shows it the right page, and people another one. BUG: the handshake of TLS is that of this program, and the
 * order in which it asks that of a hurried reader; a server that looks at these still tells it from a browser.
 */
export interface Asker extends Disposable {
  /**
   * Gets the content of an address, bounded in size and time; undefined where the answer is 404 or 410. No redirect is
   * followed, no cookie sent. Throws InputError that says what came instead.
   */
  get(url: URL, asked: PageRequest, signal: AbortSignal): Promise<Uint8Array | undefined>
  /** Sends a form as the page of the address would. Throws InputError where nothing answers. */
  post(url: URL, form: URLSearchParams, asked: Pick<PageRequest, 'most'>, signal: AbortSignal): Promise<PageAnswer>
}

/** Opens an asker by a way as `--route` names it; direct where it is absent. Throws InputError. */
export async function openAsker(route: string | undefined): Promise<Asker> {
  const way = parseWay(route)
  const agents = await openAgents(way, getCACertificates('extra'))
  if (agents === undefined)
    throw wrongOption('route', 'Tor does not listen on this machine', 'tor, once it was started')
  return askerOver(agents)
}

function parseWay(route: string | undefined): ReturnType<typeof parseRoute> {
  try {
    return parseRoute(route ?? 'direct')
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    // Not repeated: it may contain a password.
    throw wrongOption('route', 'it is none', 'direct, tor, http://host:port or socks5://host:port')
  }
}

const askerOver = (agents: Agents): Asker => ({
  async get(url, asked, signal) {
    const { status, bytes } = await ask(agents, url, { asked, signal })
    if (status === 200 || asked.also?.includes(status) === true) return bytes
    if (status === 404 || status === 410) return undefined
    throw refused(url, `the answer is ${status}`, asked.most)
  },
  post: (url, form, asked, signal) => ask(agents, url, { asked: { ...asked, as: 'page' }, signal, form }),
  [Symbol.dispose]: () => agents[Symbol.dispose](),
})

interface Asking {
  readonly asked: PageRequest
  readonly signal: AbortSignal
  readonly form?: URLSearchParams
}

async function ask(agents: Agents, url: URL, { asked, signal, form }: Asking): Promise<PageAnswer> {
  using deadline = openDeadline(signal, LIMIT, 'letter')
  const body = form?.toString()
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const isTls = url.protocol === 'https:'
      const options = { method: body === undefined ? 'GET' : 'POST', signal: deadline.signal }
      const headers = headersFor(url, asked, body)
      const request = isTls
        ? requestTls(url, { ...options, headers, agent: agents.https })
        : requestPlain(url, { ...options, headers, agent: agents.http })
      request.once('response', resolve).once('error', reject).end(body)
    })
    const bytes = await readBounded(answer, asked.most)
    if (bytes === undefined) throw refused(url, 'the answer is longer', asked.most)
    return { status: answer.statusCode ?? 0, mediaType: answer.headers['content-type'] ?? '', bytes }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof InputError) throw error
    throw refused(url, error instanceof Error ? printable(error.message) : 'no answer', asked.most)
  }
}

const refused = (url: URL, found: string, most: number): InputError =>
  new InputError(`Cannot get "${printable(url.href.slice(0, 200))}": ${found}`, {
    code: 'letter.answer',
    path: 'URL',
    expected: `an answer 200 of at most ${most} bytes`,
  })

const DECODERS: Readonly<Partial<Record<string, () => Duplex>>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** The body of an answer as it is meant; undefined where it is longer than expected, of which no more is read then. */
async function readBounded(answer: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  const decoder = DECODERS[answer.headers['content-encoding'] ?? '']?.()
  // An interrupted answer ends the reading.
  const stream: AsyncIterable<Uint8Array> = decoder === undefined ? answer : pipeline(answer, decoder, () => undefined)
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of stream) {
    length += part.length
    if (length > most) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** Those of Firefox ESR, which is Tor Browser too: the names, their order, and their values. */
const USER_AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const LANGUAGES: Readonly<Partial<Record<string, string>>> = {
  kk: 'kk,ru;q=0.8,en-US;q=0.5,en;q=0.3',
  ru: 'ru-RU,ru;q=0.8,en-US;q=0.5,en;q=0.3',
}
const PAGE = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const FETCHED = {
  page: { accept: PAGE, dest: 'document', mode: 'navigate', site: 'none' },
  part: { accept: '*/*', dest: 'script', mode: 'no-cors', site: 'same-origin' },
  data: { accept: '*/*', dest: 'empty', mode: 'cors', site: 'same-origin' },
} as const

function headersFor(url: URL, { as, lang = '' }: PageRequest, body: string | undefined): string[] {
  const { accept, dest, mode, site } = FETCHED[as]
  const isNavigation = as === 'page'
  const posted = ['Content-Type', 'application/x-www-form-urlencoded', 'Content-Length', String(body?.length ?? 0)]
  return [
    ...['Host', url.host],
    ...['User-Agent', USER_AGENT],
    ...['Accept', accept],
    ...['Accept-Language', LANGUAGES[lang] ?? 'en-US,en;q=0.5'],
    ...['Accept-Encoding', 'gzip, deflate, br, zstd'],
    ...(body === undefined ? [] : [...posted, 'Origin', url.origin]),
    ...['Connection', 'keep-alive'],
    ...(isNavigation ? ['Upgrade-Insecure-Requests', '1'] : []),
    ...['Sec-Fetch-Dest', dest],
    ...['Sec-Fetch-Mode', mode],
    ...['Sec-Fetch-Site', body === undefined ? site : 'same-origin'],
    ...(isNavigation ? ['Sec-Fetch-User', '?1'] : []),
  ]
}
