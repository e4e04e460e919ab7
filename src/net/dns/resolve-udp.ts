import { createSocket, type Socket } from 'node:dgram'
import { addressFamily } from '../../core/model/address.ts'
import type { LookupAnswer, LookupOutcome, OperationFailure } from '../../core/model/measured/operation.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { failureOf } from '../classify-error.ts'
import { encodeQuestion, failureOfAnswer, isDomainName, readReply, type QueryType } from './message.ts'
import { exchangeDnsOverTcp } from './resolve-tcp.ts'
import type { Destination, NetTools } from '../tools.ts'

/** Longest wait for an answer after the first; a forged one comes first, the true one some milliseconds later. */
export const LISTEN_FOR = millis(500)
/** Later answers that are kept. */
const MOST_LATE = 8

/** A question to one resolver. */
export interface UdpQuestion {
  readonly name: string
  readonly queryType: QueryType
  readonly resolver: Destination
}

/**
 * Asks one resolver by one packet of our own, from a random port with a random id, and goes on listening after the
 * first answer: later answers to the same question are `late` (an injected answer and the true one both arrive).
 * `endedAt` is the moment of the first answer. A cut answer is asked again over TCP; where that fails the cut one
 * stands. Nothing is sent twice: a lost packet is a timeout, so that a second answer is never one to a second question.
 * Answers from elsewhere or to other questions do not count; where nothing but wrong ids came until the limit, the
 * failure is `dns_reply_with_wrong_query_id`. Source: RFC 1035 §4, RFC 5452 §9.
 */
export async function resolveUdp(
  question: UdpQuestion,
  tools: NetTools,
  options: { readonly listenFor?: Millis } = {},
): Promise<LookupOutcome> {
  tools.signal.throwIfAborted()
  const { name, queryType, resolver } = question
  const base = {
    operation: 'lookup',
    via: 'udp',
    resolver: resolver.address.includes(':')
      ? `[${resolver.address}]:${resolver.port}`
      : `${resolver.address}:${resolver.port}`,
    name,
    queryType,
    startedAt: tools.clock.monotonic(),
  } as const
  const heard = await listenToAnswers(question, tools, options.listenFor ?? LISTEN_FOR)
  if (heard.kind === 'failed') return { ...base, endedAt: tools.clock.monotonic(), late: [], failure: heard.failure }
  const first = heard.truncated ? await wholeAnswer(question, heard.answer, tools) : heard.answer
  const code = failureOfAnswer(first)
  return {
    ...base,
    endedAt: first.at,
    answer: first,
    late: heard.late,
    ...(code === undefined ? {} : { failure: { code, stage: 'resolve', detail: '' } as const }),
  }
}

type Heard =
  | {
      readonly kind: 'answered'
      readonly answer: LookupAnswer
      readonly truncated: boolean
      readonly late: readonly LookupAnswer[]
    }
  | { readonly kind: 'failed'; readonly failure: OperationFailure }

/** Sends the question and collects answers: until the limit for the first, then `listenFor` longer. */
async function listenToAnswers(question: UdpQuestion, tools: NetTools, listenFor: Millis): Promise<Heard> {
  using deadline = openDeadline(tools.signal, tools.limit, 'lookup')
  const family = addressFamily(question.resolver.address)
  let wrongId = false
  let socket: Socket | undefined
  try {
    if (family === undefined || !isDomainName(question.name))
      throw Object.assign(new Error('no resolver or no name'), { code: 'EINVAL' })
    const asked = { ...encodeQuestion(question.name, question.queryType), ...question }
    const bound = createSocket(family === 4 ? 'udp4' : 'udp6')
    socket = bound
    const replies: { readonly answer: LookupAnswer; readonly truncated: boolean }[] = []
    await new Promise<void>((resolve, reject) => {
      // An error after the first answer (a refusal that an injector's victim sends late) does not undo the answer.
      bound.on('error', (error) => (replies.length > 0 ? undefined : reject(error)))
      deadline.signal.addEventListener(
        'abort',
        () => (replies.length > 0 ? undefined : reject(deadline.signal.reason)),
        {
          once: true,
        },
      )
      bound.on('message', (bytes) => {
        const reply = readReply(bytes, asked, tools.clock.monotonic())
        if (reply.kind === 'wrong-id') wrongId = true
        if (reply.kind !== 'answer' || replies.length > MOST_LATE) return
        replies.push(reply)
        if (replies.length === 1) resolve()
      })
      bound.once('connect', () => {
        if (!deadline.signal.aborted) bound.send(asked.bytes, (error) => (error ? reject(error) : undefined))
      })
      bound.connect(question.resolver.port, question.resolver.address)
    })
    await pause(listenFor, tools.signal)
    const [first, ...late] = replies
    if (first === undefined) throw new Error('no answer')
    return { kind: 'answered', ...first, late: late.map(({ answer }) => answer) }
  } catch (error) {
    const failure = failureOf(error, 'resolve', tools)
    const forged = wrongId && failure.code === 'generic_timeout_error'
    return { kind: 'failed', failure: forged ? { ...failure, code: 'dns_reply_with_wrong_query_id' } : failure }
  } finally {
    socket?.close()
  }
}

/** Waits; throws the reason of a signal that aborts first. */
function pause(time: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const timer = setTimeout(done, time)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      if (signal.aborted) reject(signal.reason)
      else resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}

/** The answer over TCP to a question whose answer over UDP was cut; the cut one where TCP gives none. */
async function wholeAnswer(question: UdpQuestion, cut: LookupAnswer, tools: NetTools): Promise<LookupAnswer> {
  const outcome = await exchangeDnsOverTcp(question, tools)
  return outcome ?? cut
}
