import type { Socket } from 'node:net'
import type { LookupAnswer } from '../../core/model/measured/operation.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { connectTcp } from '../tcp/connect.ts'
import { encodeQuestion, frameMessage, readReply, type QueryType } from './message.ts'
import type { Destination, NetTools } from '../tools.ts'

/**
 * Asks a resolver over TCP; undefined if no answer to the question came, for any reason. Throws only where the
 * run ended. Source: RFC 7766.
 */
export async function exchangeDnsOverTcp(
  question: { readonly name: string; readonly queryType: QueryType; readonly resolver: Destination },
  tools: NetTools,
): Promise<LookupAnswer | undefined> {
  const { socket } = await connectTcp(question.resolver, tools)
  if (socket === undefined) return undefined
  using deadline = openDeadline(tools.signal, tools.limit, 'lookup over TCP')
  try {
    const asked = { ...encodeQuestion(question.name, question.queryType), ...question }
    socket.write(frameMessage(asked.bytes))
    const reply = readReply(await readFramed(socket, deadline.signal), asked, tools.clock.monotonic())
    return reply.kind === 'answer' ? reply.answer : undefined
  } catch {
    tools.signal.throwIfAborted()
    return undefined
  } finally {
    socket.destroy()
  }
}

/** One message with its length in front; rejects where the peer ends or the signal aborts first. */
function readFramed(socket: Socket, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0)
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    socket.on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes])
      const length = held.length < 2 ? undefined : held.readUInt16BE(0)
      if (length === undefined || held.length < length + 2) return
      signal.removeEventListener('abort', abort)
      resolve(held.subarray(2, length + 2))
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed before the whole answer')))
  })
}
