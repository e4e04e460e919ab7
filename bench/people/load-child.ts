// A generator of load in a process of its own: connections that stay open, one request at a time on each.
import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { defined } from '../../src/core/model/defined.ts'
import { urls } from '../../src/site/urls.ts'
import { makeWork } from './made-work.ts'

/** What is made: one request from each address, in this order. `now`: time of the server's clock, milliseconds. */
export type LoadMake = { readonly secret: string; readonly now: number; readonly addresses: readonly string[] } & (
  | {
      readonly kind: 'sign'
      readonly letter: string
      /** A sealed signature; its last bytes are made anew for each. */
      readonly sealed: Uint8Array
    }
  | { readonly kind: 'report'; readonly tickets: readonly string[]; readonly services: readonly string[] }
)
export interface LoadSend {
  readonly kind: 'send'
  readonly port: number
  readonly connections: number
  /** Ends after so long, whatever is left. */
  readonly seconds: number
}
export type LoadOrder = LoadMake | LoadSend

export type LoadWord =
  /** `ids`: SHA-256 of what was sealed of each signature; empty for reports. */
  | { readonly kind: 'made'; readonly ids: readonly string[] }
  | { readonly kind: 'half' }
  | {
      readonly kind: 'sent'
      /** Places of the requests that were acknowledged. */
      readonly acknowledged: readonly number[]
      /** Requests that were written to a connection. */
      readonly sent: number
      /** Other answers, by status, and whether they lead elsewhere. */
      readonly refused: Readonly<Record<string, number>>
      readonly seconds: number
      readonly latenciesMs: readonly number[]
      readonly cpuSeconds: number
    }

/** Of the ciphertext behind the header: enough to be unlike any other. */
const ANEW = 400
/** A signature is taken by its status, a report by where its sender is led: a form that comes back is a 303 too. */
const isTaken = ({ status, location }: Answer): boolean =>
  status === 202 || (status === 303 && location === urls.reportThanks('kk'))
const refusalOf = ({ status, location }: Answer): string =>
  location === undefined ? String(status) : `${status} to another page`

let requests: Buffer[] = []
const say = (word: LoadWord): void => void process.send?.(word)

process.on('message', (order: LoadOrder) => {
  if (order.kind === 'send') void send(order).then(say)
  else say({ kind: 'made', ids: make(order) })
})

function make(order: LoadMake): string[] {
  const ids: string[] = []
  requests = order.addresses.map((address, nth) => {
    const work = makeWork(order.secret, order.kind, order.now)
    if (order.kind === 'report') {
      const { tickets, services } = order
      // One form each where there are as many, else one for several services.
      const ticket =
        tickets[tickets.length >= order.addresses.length ? nth : Math.floor(nth / services.length) % tickets.length]
      const service = services[nth % services.length] ?? ''
      const form = {
        ticket: ticket ?? '',
        work,
        website: '',
        service,
        problem: 'does-not-open',
        since: 'now',
        region: 'KZ-75',
      }
      return request('/kk/report', 'application/x-www-form-urlencoded', new URLSearchParams(form).toString(), address)
    }
    const sealed = Buffer.from(order.sealed)
    randomBytes(ANEW).copy(sealed, sealed.length - ANEW)
    ids.push(createHash('sha256').update(sealed).digest('hex'))
    const body = {
      letter: order.letter,
      version: 1,
      region: 'KZ-75',
      lang: 'kk',
      sealed: sealed.toString('base64'),
      receipt: createHash('sha256').update(randomBytes(16)).digest('hex'),
      work,
      url: '',
    }
    return request('/sign', 'application/json', JSON.stringify(body), address)
  })
  return ids
}

function request(path: string, type: string, body: string, address: string): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `content-type: ${type}`,
    `x-forwarded-for: ${address}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

async function send({ port, connections, seconds }: LoadSend): Promise<LoadWord> {
  const acknowledged: number[] = []
  const latenciesMs: number[] = []
  const refused: Record<string, number> = {}
  let next = 0
  const cpu = process.cpuUsage()
  const begun = performance.now()
  const half = setTimeout(() => say({ kind: 'half' }), (seconds * 1000) / 2)
  const isOver = (): boolean => next >= requests.length || performance.now() - begun > seconds * 1000
  /** One connection; resolves to whether the server closed it and is still there. */
  const connection = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.setNoDelay(true)
      socket.setEncoding('latin1')
      let held = ''
      let connected = false
      let place = -1
      let sent = 0
      const one = (): void => {
        if (isOver()) return void socket.end()
        place = next++
        sent = performance.now()
        socket.write(requests[place]!) // there is one: it is not over
      }
      socket.on('data', (chunk) => {
        held += String(chunk)
        const answer = readAnswer(held)
        if (answer === undefined) return
        held = ''
        latenciesMs.push(performance.now() - sent)
        if (isTaken(answer)) acknowledged.push(place)
        else refused[refusalOf(answer)] = (refused[refusalOf(answer)] ?? 0) + 1
        if (answer.closes) socket.end()
        else one()
      })
      socket.on('connect', () => {
        connected = true
        one()
      })
      socket.on('error', () => (connected = false)) // the server was killed: what is acknowledged by now counts
      socket.on('close', () => resolve(connected))
    })
  const lane = async (): Promise<void> => {
    while (!isOver()) if (!(await connection())) return
  }
  await Promise.all(Array.from({ length: connections }, lane))
  clearTimeout(half)
  const used = process.cpuUsage(cpu)
  return {
    kind: 'sent',
    acknowledged,
    sent: next,
    refused,
    seconds: (performance.now() - begun) / 1000,
    latenciesMs,
    cpuSeconds: (used.user + used.system) / 1e6,
  }
}

interface Answer {
  readonly status: number
  readonly closes: boolean
  readonly location?: string
}

/** An answer that is whole; its body has a length, comes in chunks, or there is none. */
function readAnswer(held: string): Answer | undefined {
  const end = held.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = held.slice(0, end)
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  const isChunked = /transfer-encoding: chunked/i.test(head)
  if (isChunked ? !held.endsWith('0\r\n\r\n') : held.length < end + 4 + Number(length ?? 0)) return undefined
  const location = /^location: (\S+)/im.exec(head)?.[1]
  return {
    status: Number(held.slice(9, 12)),
    closes: /connection: close/i.test(head),
    ...defined({ location }),
  }
}
