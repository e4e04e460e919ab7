// A generator of load in a process of its own: connections that stay open, one submission at a time on each.
import { connect, type Socket } from 'node:net'
import { createSignedMaker } from './signed-documents.ts'

/** What it is told: make so many submissions, then send them for so long, or until the server is gone. */
export type LoadOrder =
  | { readonly kind: 'make'; readonly count: number; readonly from: number }
  | { readonly kind: 'send'; readonly port: number; readonly connections: number; readonly seconds: number }

export type LoadWord =
  | { readonly kind: 'made' }
  | { readonly kind: 'half' }
  | {
      readonly kind: 'sent'
      readonly acknowledged: readonly (readonly [id: string, leafIndex: number])[]
      readonly refused: number
      readonly seconds: number
      readonly latenciesMs: readonly number[]
      readonly cpuSeconds: number
    }

let requests: Buffer[] = []

const say = (word: LoadWord): void => void process.send?.(word)

process.on('message', (order: LoadOrder) => {
  if (order.kind === 'make') {
    const make = createSignedMaker(Date.now())
    requests = Array.from({ length: order.count }, (_, nth) => asRequest(make(order.from + nth)))
    say({ kind: 'made' })
  } else void send(order).then(say)
})

function asRequest(document: string): Buffer {
  const body = Buffer.from(JSON.stringify({ format: 'json', content: document }))
  const head = `POST /api/v1/submit_measurement HTTP/1.1\r\nhost: collector\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

async function send({ port, connections, seconds }: LoadOrder & { kind: 'send' }): Promise<LoadWord> {
  const acknowledged: (readonly [string, number])[] = []
  const latenciesMs: number[] = []
  let refused = 0
  let next = 0
  const cpu = process.cpuUsage()
  const begun = performance.now()
  const half = setTimeout(() => say({ kind: 'half' }), (seconds * 1000) / 2)
  const lane = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.setNoDelay(true)
      let sent = 0
      const one = (): void => {
        const request = requests[next]
        if (request === undefined || performance.now() - begun > seconds * 1000) return void socket.end()
        next++
        sent = performance.now()
        socket.write(request)
      }
      onAnswers(socket, (status, body) => {
        latenciesMs.push(performance.now() - sent)
        if (status === 200) acknowledged.push(readAnswer(body))
        else refused++
        one()
      })
      socket.on('connect', one)
      socket.on('error', () => undefined) // the server was killed: what is acknowledged by now counts
      socket.on('close', () => resolve())
    })
  await Promise.all(Array.from({ length: connections }, lane))
  clearTimeout(half)
  const used = process.cpuUsage(cpu)
  return {
    kind: 'sent',
    acknowledged,
    refused,
    seconds: (performance.now() - begun) / 1000,
    latenciesMs,
    cpuSeconds: (used.user + used.system) / 1e6,
  }
}

/** Answers of one connection, one behind the other, each with a content length. */
function onAnswers(socket: Socket, answered: (status: number, body: string) => void): void {
  let held = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    held += String(chunk)
    const end = held.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/content-length: (\d+)/i.exec(held.slice(0, end))?.[1] ?? Number.NaN)
    if (Number.isNaN(length)) throw new Error(`an answer without length: ${held.slice(0, end)}`)
    if (held.length < end + 4 + length) return
    const [status, body] = [Number(held.slice(9, 12)), held.slice(end + 4, end + 4 + length)]
    held = held.slice(end + 4 + length)
    answered(status, body)
  })
}

function readAnswer(body: string): readonly [string, number] {
  const id = /"x_id":"([0-9a-f]{64})"/.exec(body)?.[1]
  const leaf = /"x_leaf_index":(\d+)/.exec(body)?.[1]
  if (id === undefined || leaf === undefined) throw new Error(`no id in ${body}`)
  return [id, Number(leaf)]
}
