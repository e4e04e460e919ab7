// DNS over HTTPS (RFC 8484) behind nginx: takes messages by POST or GET on loopback, asks a resolver by UDP, gives its
// answer. Usage: node doh-relay.ts RESOLVER-ADDRESS
import { createSocket } from 'node:dgram'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

const MOST_QUESTION = 4096
const LIMIT_MS = 3000
const [resolver = '127.0.0.1'] = process.argv.slice(2)

const ask = (question: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    const end = (give: () => void): void => {
      clearTimeout(timer)
      socket.close()
      give()
    }
    const timer = setTimeout(() => end(() => reject(new Error('no answer in time'))), LIMIT_MS)
    socket.on('message', (answer) => end(() => resolve(answer)))
    socket.on('error', (error) => end(() => reject(error)))
    socket.send(question, 53, resolver)
  })

async function questionOf(request: IncomingMessage): Promise<Buffer> {
  if (request.method === 'GET')
    return Buffer.from(new URL(request.url ?? '/', 'http://relay').searchParams.get('dns') ?? '', 'base64url')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes: unknown = chunk
    if (!Buffer.isBuffer(bytes)) throw new Error('not bytes')
    size += bytes.length
    if (size > MOST_QUESTION) throw new Error('question too long')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const message = await ask(await questionOf(request))
    response.writeHead(200, { 'content-type': 'application/dns-message', 'content-length': message.length })
    response.end(message)
  } catch {
    response.writeHead(502).end()
  }
}

createServer((request, response) => void answer(request, response)).listen(8053, '127.0.0.1', () =>
  process.stdout.write('ready\n'),
)
