import type { Duplex } from 'node:stream'
import type { OperationFailure, TunnelOutcome } from '../../core/model/measured/operation.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { failureOf } from '../classify-error.ts'
import { connectTcp } from '../tcp/connect.ts'
import type { Destination, NetTools } from '../tools.ts'

/** One question over a stream of bytes. */
export interface StreamQuestion {
  readonly bytes: Uint8Array
  /** Looks at all that has come so far. */
  readonly accepts: (soFar: Buffer) => 'answer' | 'more' | 'other'
}

/** Bytes of an answer that are read. */
const MOST_BYTES = 16 * 1024

/**
 * Writes a question and reads until the answer awaited has come (undefined), something else has, the stream ends, or
 * `tools.limit` is reached. Leaves the stream open. Throws only where the run ends.
 */
export async function askStream(
  stream: Duplex,
  question: StreamQuestion,
  tools: NetTools,
): Promise<OperationFailure | undefined> {
  using deadline = openDeadline(tools.signal, tools.limit, 'tunnel exchange')
  const { signal } = deadline
  let soFar = Buffer.alloc(0)
  let settle: () => void = () => undefined
  try {
    return await new Promise<OperationFailure | undefined>((resolve, reject) => {
      const onData = (bytes: Buffer): void => {
        soFar = Buffer.concat([soFar, bytes])
        const kind = soFar.length > MOST_BYTES ? 'other' : question.accepts(soFar)
        if (kind === 'answer') resolve(undefined)
        // A machine that answers otherwise is not the responder: a proxy, a censor, another program on its port.
        if (kind === 'other') resolve({ code: 'unknown_failure', stage: 'handshake', detail: 'not the answer awaited' })
      }
      const onEnd = (): void => resolve({ code: 'eof_error', stage: 'handshake', detail: '' })
      const onAbort = (): void => reject(signal.reason)
      if (signal.aborted) return reject(signal.reason)
      settle = () => {
        stream.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', reject)
        signal.removeEventListener('abort', onAbort)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      stream.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', reject)
      stream.write(question.bytes)
    })
  } catch (error) {
    return failureOf(error, 'handshake', tools)
  } finally {
    settle()
  }
}

/**
 * Connects, asks one question, and closes. Connection and exchange may each take `tools.limit`. Throws only where the
 * run ends.
 */
export async function askTcp(
  to: Destination,
  question: StreamQuestion & Pick<TunnelOutcome, 'protocol' | 'shape'>,
  tools: NetTools,
): Promise<TunnelOutcome> {
  const { protocol, shape } = question
  const { outcome: connect, socket } = await connectTcp(to, tools)
  const { startedAt } = connect
  const base = { operation: 'tunnel', protocol, transport: 'tcp', shape, ...to, startedAt } as const
  if (socket === undefined)
    return {
      ...base,
      endedAt: connect.endedAt,
      bytesSent: 0,
      bytesReceived: 0,
      ...(connect.failure && { failure: connect.failure }),
    }
  try {
    const failure = await askStream(socket, question, tools)
    const endedAt = tools.clock.monotonic()
    const moved = { bytesSent: socket.bytesWritten, bytesReceived: socket.bytesRead }
    return { ...base, endedAt, ...moved, ...(failure && { failure }) }
  } finally {
    socket.destroy()
  }
}
