/**
 * A stand-in for a ClickHouse server: its HTTP over the embedded engine, which is the same program. Parameters reach the
 * engine as the text that the client made of them, so the escaping of the client is what is tested.
 * Arguments: folder, port, then JSON of `StandIn`. What it does not show: docs/operating/cluster.md.
 */
import { randomUUID } from 'node:crypto'
import { createWriteStream, mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, gzipSync } from 'node:zlib'
import type { Session } from 'chdb'
import type { StandIn } from './clickhouse-server.ts'

const require = createRequire(import.meta.url)

/** Text of a parameter, as it came. */
class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const [folder = '', port = '0', given = '{}'] = process.argv.slice(2)
const { users, tls } = JSON.parse(given) as StandIn

/** The engine would quote a value itself: what the client quoted is handed on. */
const inner = require(join(dirname(require.resolve('chdb')), 'dist/serialize.js')) as Record<string, unknown>
const plain = inner['formatParamValue'] as (value: unknown) => string
Object.defineProperty(inner, 'formatParamValue', {
  value: (value: unknown) => (value instanceof Raw ? value.text : plain(value)),
})
const { Session: SessionClass } = require('chdb') as { Session: new (path: string, options: object) => Session }

/** Limits of a server that no request can raise: http_max_uri_size, http_max_field_value_size. */
const MOST_ADDRESS = 1024 * 1024
const MOST_FIELD = 128 * 1024

mkdirSync(join(folder, 'staging'), { recursive: true })
const session = new SessionClass(join(folder, 'db'), {
  connectionArgs: ['--max_server_memory_usage=1073741824', '--max_threads=1', '--background_pool_size=1'],
})
let database = 'default'
let last: Promise<unknown> = Promise.resolve()
const set = new Map<string, string>()
/** What was seen, for tests that ask. */
const seen = { longestAddress: 0, longestField: 0, gzipped: 0, statements: 0, times: new Set<string>() }
/** Statements whose answer is lost after they ran: how many, and what they begin with. */
let lose = { left: 0, begins: '' }

const oneAfterAnother = <T>(work: () => Promise<T>): Promise<T> => {
  const done = last.then(work)
  last = done.catch(() => undefined)
  return done
}

const NO_SETTINGS = new Set(['query', 'query_id', 'database', 'default_format', 'session_id', 'role'])

type Result = Awaited<ReturnType<Session['queryBindAsync']>>

const execute = (sql: string, params: Record<string, unknown> = {}): Promise<Result> =>
  session.queryBindAsync(sql, params, { format: 'TabSeparated' })

async function run(sql: string, params: Record<string, unknown>, url: URL): Promise<Result> {
  const wanted = url.searchParams.get('database') ?? 'default'
  if (wanted !== database) {
    await execute(`USE \`${wanted.replaceAll('`', '')}\``)
    database = wanted
  }
  for (const [name, value] of url.searchParams) {
    if (NO_SETTINGS.has(name) || name.startsWith('param_') || set.get(name) === value) continue
    await execute(`SET ${name.replaceAll(/\W/g, '')} = '${value.replaceAll(/[\\']/g, '\\$&')}'`)
    set.set(name, value)
  }
  return execute(sql, params)
}

const READS = /^\s*(SELECT|WITH|SHOW|DESCRIBE|EXPLAIN)\b/i

class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function userOf(request: IncomingMessage): StandIn['users'][number] {
  const found = users.find(
    ({ name, password }) =>
      request.headers.authorization === `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  )
  if (found === undefined)
    throw new Refusal(
      403,
      'Code: 516. DB::Exception: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)',
    )
  return found
}

function checkField(value: string): string {
  seen.longestField = Math.max(seen.longestField, value.length)
  if (value.length > MOST_FIELD)
    throw new Refusal(500, 'Poco::Exception. Code: 1000, HTML Form Exception: Field value too long')
  return value
}

async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const address = request.url ?? ''
  const url = new URL(address, 'http://x')
  if (url.pathname === '/stand-in') {
    if (request.method === 'POST') lose = JSON.parse((await bytesOf(request)).toString()) as typeof lose
    response.end(JSON.stringify({ ...seen, times: [...seen.times] }))
    return
  }
  const user = userOf(request)
  seen.longestAddress = Math.max(seen.longestAddress, address.length)
  if (address.length > MOST_ADDRESS) throw new Refusal(414, 'URI Too Long')
  seen.times.add(url.searchParams.get('max_execution_time') ?? '')
  const params: Record<string, Raw> = {}
  for (const [name, value] of url.searchParams)
    if (name.startsWith('param_')) params[name.slice(6)] = new Raw(checkField(value))
  const packed = request.headers['content-encoding'] === 'gzip'
  if (packed) seen.gzipped++
  const body: Readable = packed ? request.pipe(createGunzip()) : request
  let sql = url.searchParams.get('query')
  let file: string | undefined
  seen.statements++
  try {
    const insertion = sql === null ? null : /^(\s*INSERT INTO\s[\s\S]+?)\s+FORMAT\s+(\w+)\s*$/i.exec(sql)
    if (insertion !== null) {
      file = join(folder, 'staging', randomUUID())
      await pipeline(body, createWriteStream(file))
      sql = `${insertion[1] ?? ''} FROM INFILE '${file}' FORMAT ${insertion[2] ?? ''}`
    } else {
      const bytes = await bytesOf(body)
      const type = request.headers['content-type'] ?? ''
      if (type.startsWith('multipart/form-data')) {
        const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
        for (const [name, value] of form)
          if (typeof value !== 'string') continue
          else if (name === 'query') sql = value
          else if (name.startsWith('param_')) params[name.slice(6)] = new Raw(checkField(value))
      } else sql = bytes.toString('utf8')
    }
    const statement = sql ?? ''
    if (user.readonly === true && !READS.test(statement))
      throw new Refusal(
        500,
        `Code: 164. DB::Exception: ${user.name}: Cannot execute query in readonly mode. (READONLY)`,
      )
    const result = await oneAfterAnother(() => run(statement, params, url))
    if (lose.left > 0 && statement.trimStart().startsWith(lose.begins)) {
      lose.left--
      request.socket.destroy()
      return
    }
    const bytes = Buffer.from(result.text())
    const zipped = url.searchParams.get('enable_http_compression') === '1'
    response.writeHead(200, {
      'x-clickhouse-query-id': url.searchParams.get('query_id') ?? randomUUID(),
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    })
    response.end(zipped ? gzipSync(bytes) : bytes)
  } catch (error) {
    // What a failed statement had written by then comes out before the next answer.
    if (!(error instanceof Refusal)) await oneAfterAnother(() => execute('SELECT 1')).catch(() => undefined)
    throw error
  } finally {
    if (file !== undefined) await rm(file, { force: true })
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  const code = /Code: (\d+)/.exec(text)?.[1]
  const status = error instanceof Refusal ? error.status : code === '60' || code === '81' ? 404 : 500
  if (!response.headersSent)
    response.writeHead(status, code === undefined ? {} : { 'x-clickhouse-exception-code': code })
  response.end(text)
}

const handle = (request: IncomingMessage, response: ServerResponse): void =>
  void answer(request, response).catch((error: unknown) => refuse(response, error))
const options = { keepAliveTimeout: 10_000, maxHeaderSize: 2 * MOST_ADDRESS }
const server = tls === undefined ? createPlain(options, handle) : createSecure({ ...options, ...tls }, handle)
server.listen(Number(port), '127.0.0.1', () => {
  const bound = server.address()
  process.stdout.write(`${typeof bound === 'object' ? (bound?.port ?? 0) : 0}\n`)
})
process.on('SIGTERM', () => {
  server.closeAllConnections()
  session.close()
  process.exit(0)
})
