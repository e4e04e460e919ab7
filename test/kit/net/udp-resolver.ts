import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import dnsPacket, { type Answer, type DecodedPacket } from 'dns-packet'

/** What the resolver does with one question: sends messages, in order, or nothing. */
export type Behaviour = (question: DecodedPacket, reply: Reply) => void

/** How an answer is spoiled. */
export interface Change {
  readonly id?: number
  readonly rcode?: number
  readonly cut?: boolean
  readonly name?: string
}

/** Makes messages of one question. */
export interface Reply {
  /** Sends an answer; `change` may spoil it. */
  send(answers: readonly Answer[], change?: Change): void
  raw(bytes: Uint8Array): void
}

export interface UdpResolver extends AsyncDisposable {
  readonly address: string
  readonly port: number
  readonly asked: number
}

/** A resolver on loopback that answers as it is told, over UDP and, where `tcp` is given, over TCP on the same port. */
export async function openUdpResolver(behave: Behaviour, tcp?: Behaviour): Promise<UdpResolver> {
  const socket = createSocket('udp4')
  let asked = 0
  const open = new Set<Socket>()
  socket.on('message', (bytes, from: RemoteInfo) => {
    asked++
    const question = dnsPacket.decode(bytes)
    behave(
      question,
      replyTo(question, (message) => socket.send(message, from.port, from.address)),
    )
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  const server = createServer((stream) => {
    open.add(stream)
    stream.on('error', () => undefined)
    stream.on('data', (bytes: Buffer) => {
      const question = dnsPacket.decode(bytes.subarray(2))
      const send = (message: Uint8Array): void => {
        const length = Buffer.alloc(2)
        length.writeUInt16BE(message.length)
        stream.write(Buffer.concat([length, message]))
      }
      tcp?.(question, replyTo(question, send))
    })
  })
  if (tcp !== undefined) await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    address: '127.0.0.1',
    port,
    get asked() {
      return asked
    },
    [Symbol.asyncDispose]: async () => {
      socket.close()
      for (const stream of open) stream.destroy()
      if (tcp !== undefined) await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

/** Makes a socket a resolver that behaves so. */
export function answerQuestions(socket: UdpSocket, behave: Behaviour): void {
  socket.on('message', (bytes, from: RemoteInfo) => {
    const question = dnsPacket.decode(bytes)
    behave(
      question,
      replyTo(question, (message) => socket.send(message, from.port, from.address)),
    )
  })
}

function replyTo(question: DecodedPacket, send: (message: Uint8Array) => void): Reply {
  return { raw: send, send: (answers, change) => send(encodeAnswer(question, answers, change)) }
}

function encodeAnswer(question: DecodedPacket, answers: readonly Answer[], change: Change = {}): Uint8Array {
  const [asked] = question.questions ?? []
  const cut = change.cut === true ? dnsPacket.TRUNCATED_RESPONSE : 0
  return dnsPacket.encode({
    type: 'response',
    id: change.id ?? question.id ?? 0,
    flags: (change.rcode ?? 0) | dnsPacket.RECURSION_DESIRED | cut,
    questions: [{ type: asked?.type ?? 'A', class: 'IN', name: change.name ?? asked?.name ?? '.' }],
    answers: [...answers],
  })
}

/** The answer to a question as it came. */
export const encodeReply = (question: Uint8Array, answers: readonly Answer[], change?: Change): Uint8Array =>
  encodeAnswer(dnsPacket.decode(Buffer.from(question)), answers, change)

/** One address record. */
export const addressRecord = (name: string, data: string): Answer => ({
  type: data.includes(':') ? 'AAAA' : 'A',
  name,
  ttl: 60,
  data,
})
