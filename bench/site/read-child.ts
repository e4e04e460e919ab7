// A generator of readers in a process of its own: connections that stay open, one request at a time on each; beside them
// submissions at a steady rate.
import { connect, type Socket } from 'node:net'
import { createSignedMaker } from '../collect/signed-documents.ts'

export type ReadOrder =
  /** Makes submissions and begins to send them, so many a second, until the next order of this kind. */
  | { readonly kind: 'submit'; readonly port: number; readonly perSecond: number; readonly seconds: number }
  /** Reads for so long; each connection takes the next path of the list, in a shuffled order. */
  | {
      readonly kind: 'read'
      readonly port: number
      readonly paths: readonly string[]
      readonly connections: number
      /** Ends after so many seconds, or, where 0, when every path was read once. */
      readonly seconds: number
    }

export type ReadWord =
  | { readonly kind: 'submitting' }
  | {
      readonly kind: 'read'
      readonly answers: number
      readonly seconds: number
      /** Milliseconds of every answer. */
      readonly latenciesMs: Float64Array
      /** Answers that were not 200, by status. */
      readonly others: Readonly<Record<number, number>>
      readonly bytes: number
      readonly cpuSeconds: number
      readonly submitted: number
      readonly notTaken: number
      readonly submitMs: Float64Array
    }

const say = (word: ReadWord): void => void process.send?.(word)

let submitted = 0
let notTaken = 0
let submitMs: number[] = []

process.on('message', (order: ReadOrder) => {
  if (order.kind === 'submit') submit(order)
  else void read(order).then(say)
})

/** Answers of one connection, one behind the other, each with a content length; gives status and length of each. */
function onAnswers(socket: Socket, answered: (status: number, length: number) => void): void {
  let head: Buffer = Buffer.alloc(0)
  let status = 0
  /** Bytes of the body still to come; below 0 while the head is. */
  let open = -1
  let length = 0
  const end = Buffer.from('\r\n\r\n')
  const take = (chunk: Buffer): void => {
    if (open >= 0) {
      open -= chunk.length
      if (open < 0) throw new Error('an answer is longer than it says')
    } else {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      const at = head.indexOf(end)
      if (at < 0) return
      const text = head.toString('latin1', 0, at)
      status = Number(text.slice(9, 12))
      const said = /\r\ncontent-length: (\d+)/i.exec(text)?.[1]
      if (said === undefined) throw new Error(`an answer without length: ${text}`)
      length = Number(said)
      open = length - (head.length - at - 4)
      head = Buffer.alloc(0)
    }
    if (open > 0) return
    open = -1
    answered(status, length)
  }
  socket.on('data', (chunk) => take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
}

async function read({ port, paths, connections, seconds }: ReadOrder & { kind: 'read' }): Promise<ReadWord> {
  const requests = paths.map((path) =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nhost: kuager.example\r\naccept-encoding: gzip, deflate, br\r\n\r\n`),
  )
  const latencies: number[] = []
  const others: Record<number, number> = {}
  let [bytes, next] = [0, 0]
  const [submittedBefore, notTakenBefore] = [submitted, notTaken]
  submitMs = []
  const cpu = process.cpuUsage()
  const begun = performance.now()
  const step = coprime(requests.length)
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      socket.setNoDelay(true)
      let sent = 0
      const one = (): void => {
        const over = seconds === 0 ? next >= requests.length : performance.now() - begun > seconds * 1000
        if (over) return void socket.end()
        const request = requests[(next++ * step) % requests.length]! // below the length
        sent = performance.now()
        socket.write(request)
      }
      onAnswers(socket, (status, length) => {
        latencies.push(performance.now() - sent)
        bytes += length
        if (status !== 200) others[status] = (others[status] ?? 0) + 1
        one()
      })
      socket.on('connect', one)
      socket.on('error', reject)
      socket.on('close', () => resolve())
    })
  await Promise.all(Array.from({ length: connections }, lane))
  const used = process.cpuUsage(cpu)
  return {
    kind: 'read',
    answers: latencies.length,
    seconds: (performance.now() - begun) / 1000,
    latenciesMs: Float64Array.from(latencies),
    others,
    bytes,
    cpuSeconds: (used.user + used.system) / 1e6,
    submitted: submitted - submittedBefore,
    notTaken: notTaken - notTakenBefore,
    submitMs: Float64Array.from(submitMs),
  }
}

/** A step that visits every place of a list in an order that looks like none. */
function coprime(length: number): number {
  const divides = (a: number, b: number): number => (b === 0 ? a : divides(b, a % b))
  let step = Math.max(1, Math.floor(length * 0.618))
  while (divides(step, length) !== 1) step++
  return step
}

const LANES = 8
let run = 0

/** Each lane sends its share at its own times and waits for no answer of another lane. */
function submit({ port, perSecond, seconds }: ReadOrder & { kind: 'submit' }): void {
  const make = createSignedMaker(Date.now())
  const first = run++ * 1e6
  const requests = Array.from({ length: perSecond * seconds }, (_, nth) => {
    const body = Buffer.from(JSON.stringify({ format: 'json', content: make(first + nth) }))
    const head = `POST /api/v1/submit_measurement HTTP/1.1\r\nhost: collector\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
    return Buffer.concat([Buffer.from(head), body])
  })
  const begun = performance.now()
  for (let lane = 0; lane < LANES; lane++) {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    let nth = lane
    let sent = 0
    const one = (): void => {
      const request = requests[nth]
      if (request === undefined) return void socket.end()
      const wait = begun + (nth * 1000) / perSecond - performance.now()
      nth += LANES
      setTimeout(
        () => {
          sent = performance.now()
          socket.write(request)
        },
        Math.max(0, wait),
      ).unref()
    }
    onAnswers(socket, (status) => {
      submitMs.push(performance.now() - sent)
      if (status === 200) submitted++
      else notTaken++
      one()
    })
    socket.on('connect', one)
    socket.on('error', () => undefined) // the server ended first
  }
  say({ kind: 'submitting' })
}
