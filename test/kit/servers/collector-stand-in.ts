import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** What a stand-in does with one submission: `accept` after it is noted; the others are faults of a real network. */
export type Fault =
  | { readonly kind: 'accept'; readonly standing?: string }
  | { readonly kind: 'drop-before' }
  /** Notes the document, then breaks the connection before the answer. */
  | { readonly kind: 'drop-after' }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: string
      readonly headers?: Record<string, string>
    }
  | { readonly kind: 'wrong-id' }
  /** Notes the document, does something, then answers as if nothing were. */
  | { readonly kind: 'after'; readonly act: () => void }

export interface StandIn extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Ids in the order in which they were first noted. */
  readonly held: readonly string[]
  readonly documents: ReadonlyMap<string, string>
  readonly requests: readonly {
    readonly headers: IncomingMessage['headers']
    readonly id: string
    readonly connection: number
  }[]
  /** Answers for the next submissions; when they are used up, `accept`. */
  readonly faults: Fault[]
}

/** A small collector on loopback that speaks the submission interface and misbehaves as told. */
export async function openStandIn(tls?: { readonly key: string; readonly cert: string }): Promise<StandIn> {
  const documents = new Map<string, string>()
  const requests: { headers: IncomingMessage['headers']; id: string; connection: number }[] = []
  const faults: Fault[] = []
  const connections = new WeakMap<object, number>()
  let count = 0
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = []
    for await (const piece of request) if (Buffer.isBuffer(piece)) pieces.push(piece)
    const bytes = Buffer.concat(pieces)
    const json: unknown = JSON.parse(
      (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString(),
    )
    const content = typeof json === 'object' && json !== null && 'content' in json ? String(json.content) : ''
    const id = createHash('sha256').update(content).digest('hex')
    const connection = connections.get(request.socket) ?? ++count
    connections.set(request.socket, connection)
    requests.push({ headers: request.headers, id, connection })
    const fault = faults.shift() ?? { kind: 'accept' }
    if (fault.kind === 'drop-before') return void request.socket.destroy()
    if (fault.kind === 'status') return void response.writeHead(fault.status, fault.headers).end(fault.body ?? '')
    if (!documents.has(id)) documents.set(id, content)
    if (fault.kind === 'after') fault.act()
    if (fault.kind === 'drop-after') return void request.socket.destroy()
    const leaf = [...documents.keys()].indexOf(id)
    const said = fault.kind === 'wrong-id' ? '0'.repeat(64) : id
    const standing = fault.kind === 'accept' ? fault.standing : undefined
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ measurement_uid: 'x', x_id: said, x_leaf_index: leaf, x_standing: standing }))
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void answer(request, response).catch(() => request.socket.destroy())
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${tls === undefined ? '127.0.0.1' : 'localhost'}:${port}`,
    port,
    get held() {
      return [...documents.keys()]
    },
    documents,
    requests,
    faults,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
