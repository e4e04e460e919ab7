import type { OperationFailure, TunnelOutcome } from '../../core/model/measured/operation.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { classifyError, failureOf } from '../classify-error.ts'
import type { Destination, NetTools } from '../tools.ts'
import { openUdpFlow, type UdpFlow } from './udp-flow.ts'

/** One question over UDP, asked again where nothing comes. */
export interface DatagramQuestion {
  readonly protocol: TunnelOutcome['protocol']
  readonly shape: TunnelOutcome['shape']
  /** When a datagram leaves, milliseconds after the start; the first is 0. */
  readonly sendAt: readonly number[]
  /** The datagram that leaves at the nth of these moments. */
  readonly make: (nth: number) => Uint8Array
  /** Whether a datagram is the answer awaited; `again` asks for the next one to leave at once. */
  readonly accepts: (datagram: Buffer) => 'answer' | 'again' | 'other'
}

/**
 * Asks over UDP from a fresh source port until the answer awaited comes, the network refuses, or `tools.limit` is
 * reached. Other datagrams are counted and nothing more: anyone on the path can send them. Throws only where the run
 * ends.
 */
export async function askDatagrams(
  to: Destination,
  question: DatagramQuestion,
  tools: NetTools,
): Promise<TunnelOutcome> {
  tools.signal.throwIfAborted()
  using deadline = openDeadline(tools.signal, tools.limit, `${question.protocol} exchange`)
  const { protocol, shape } = question
  const startedAt = tools.clock.monotonic()
  const base = { operation: 'tunnel', protocol, transport: 'udp', shape, ...to, startedAt } as const
  const asking = new Asking(question)
  let failure: OperationFailure | undefined
  try {
    failure = await asking.run(to, deadline.signal)
  } catch (error) {
    failure = failureOf(error, asking.flow === undefined ? 'connect' : 'handshake', tools)
    if (asking.others > 0 && failure.code === 'generic_timeout_error')
      failure = { ...failure, detail: `datagrams that are no answer: ${asking.others}` }
  } finally {
    await asking.close()
  }
  const { bytesSent = 0, bytesReceived = 0 } = asking.flow ?? {}
  return { ...base, endedAt: tools.clock.monotonic(), bytesSent, bytesReceived, ...(failure && { failure }) }
}

class Asking {
  flow: UdpFlow | undefined
  others = 0
  readonly #question: DatagramQuestion
  readonly #timers: NodeJS.Timeout[] = []
  #nth = 0
  #settle: (failure?: OperationFailure) => void = () => undefined

  constructor(question: DatagramQuestion) {
    this.#question = question
  }

  async run(to: Destination, signal: AbortSignal): Promise<OperationFailure | undefined> {
    this.flow = await openUdpFlow(to, {
      onDatagram: (datagram) => this.#take(datagram),
      onError: (error) => this.#settle(classifyError(error, 'handshake')),
    })
    return new Promise((resolve, reject) => {
      this.#settle = resolve
      if (signal.aborted) return reject(signal.reason)
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      for (const at of this.#question.sendAt) {
        if (at === 0) this.#send()
        else this.#timers.push(setTimeout(() => this.#send(), at))
      }
    })
  }

  #send(): void {
    this.flow?.send(this.#question.make(this.#nth++))
  }

  #take(datagram: Buffer): void {
    const kind = this.#question.accepts(datagram)
    if (kind === 'answer') this.#settle()
    else if (kind === 'again') this.#send()
    else this.others++
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    await this.flow?.[Symbol.asyncDispose]()
  }
}
