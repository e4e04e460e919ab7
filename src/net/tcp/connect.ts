import { connect, type Socket } from 'node:net'
import { addressFamily } from '../../core/model/address.ts'
import type { ConnectOutcome } from '../../core/model/measured/operation.ts'
import { isPort } from '../../core/model/port.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { failureOf } from '../classify-error.ts'
import { errorFacts } from '../error-facts.ts'
import { freshSourcePort } from './source-ports.ts'
import type { Destination, NetTools } from '../tools.ts'

/** Source ports tried one after the other where another program holds the first. */
const MOST_TRIES = 8

/** An outcome and, if the connection is established, its socket: the caller closes it. */
export interface Connected {
  readonly outcome: ConnectOutcome
  readonly socket?: Socket
}

/**
 * Opens one TCP connection to an address, from a source port never used before towards that destination in this
 * process, without trying a second address or family. The socket of a success is the caller's to destroy; errors that
 * come before the caller listens do not end the process and stay in `socket.errored`.
 */
export async function connectTcp(
  to: Destination,
  tools: NetTools,
  options: { readonly localPort?: number } = {},
): Promise<Connected> {
  tools.signal.throwIfAborted()
  const startedAt = tools.clock.monotonic()
  const base = { operation: 'connect', address: to.address, port: to.port, startedAt } as const
  using deadline = openDeadline(tools.signal, tools.connectLimit ?? tools.limit, 'connection')
  for (let attempt = 1; ; attempt++) {
    const localPort = options.localPort ?? freshSourcePort(to.address, to.port)
    try {
      const socket = await openSocket(to, localPort, { signal: deadline.signal, onClosed: tools.onClosed })
      return { outcome: { ...base, endedAt: tools.clock.monotonic(), localPort }, socket }
    } catch (error) {
      const retry = options.localPort === undefined && attempt < MOST_TRIES && isPortTaken(error)
      if (retry && !deadline.signal.aborted) continue
      const failure = failureOf(error, 'connect', tools)
      return { outcome: { ...base, endedAt: tools.clock.monotonic(), localPort, failure } }
    }
  }
}

/** Whether the source port, not the destination, was the trouble: nothing has left the machine then. */
function isPortTaken(error: unknown): boolean {
  const { code, syscall } = errorFacts(error)
  return code === 'EADDRINUSE' || (code === 'EADDRNOTAVAIL' && syscall === 'connect')
}

interface Opening {
  readonly signal: AbortSignal
  readonly onClosed: NetTools['onClosed'] | undefined
}

function openSocket(to: Destination, localPort: number, { signal, onClosed }: Opening): Promise<Socket> {
  const family = addressFamily(to.address)
  if (family === undefined || !isPort(to.port))
    return Promise.reject(Object.assign(new Error('no address and port'), { code: 'EINVAL' }))
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const socket = connect({
      host: to.address,
      port: to.port,
      family,
      localPort,
      autoSelectFamily: false,
      noDelay: true,
    })
    const settle = (): void => {
      signal.removeEventListener('abort', abort)
      socket.off('connect', succeed)
      socket.off('error', fail)
    }
    let stood = false
    const succeed = (): void => {
      stood = true
      settle()
      resolve(socket)
    }
    const fail = (error: unknown): void => {
      settle()
      socket.destroy()
      reject(error)
    }
    const abort = (): void => fail(signal.reason)
    socket.on('error', () => undefined) // an error after the caller has let go is ignored
    socket.once('close', () => onClosed?.({ sent: socket.bytesWritten, received: socket.bytesRead, stood }))
    socket.once('connect', succeed)
    socket.once('error', fail)
    signal.addEventListener('abort', abort, { once: true })
  })
}
