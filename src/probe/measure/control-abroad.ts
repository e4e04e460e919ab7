import { Agent as PlainAgent, request as requestPlain, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as requestSecure } from 'node:https'
import { defined } from '../../core/model/defined.ts'
import type { ControlAnswer } from '../../core/model/measured/service-run.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { isRecord } from '../../core/ooni/decode/decoder.ts'
import { parseJson } from '../../core/ooni/json.ts'
import { classifyError } from '../../net/classify-error.ts'
import { secureContextFor } from '../../net/tls/context.ts'
import { Gate } from './gate.ts'
import { isEmpty, plainQuestion, type ControlQuestion } from './control-question.ts'
import { LIMITS } from '../plan/limits.ts'
import { pause } from './pause.ts'

/** Bytes of an answer that are read: OONI's helper gives some ten KB. */
const MOST_BYTES = 128 * 1024
/**
 * Questions at once: a helper has others to serve. One without an answer after a while waits for silence, which costs
 * the helper next to nothing, and lets the next begin; so many may be under way at most.
 */
const GATE = { atOnce: 8, livelyFor: millis(1_500), pace: millis(0) } as const
const MOST_UNDER_WAY = 24
/** Failures in a row after which a helper is not asked again in this run. */
const MOST_FAILURES = 2
/** A question for which less time is left is not sent. */
const SHORTEST = 1_000
/** Longest wait that a busy helper may ask of us. */
const LONGEST_RETRY = 3_000

export interface JsonAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Undefined where a refusal came without JSON, as OONI's helpers word theirs. */
  readonly json: unknown
}

export interface ControlPostOptions {
  readonly signal: AbortSignal
  readonly limit: Millis
  /** Certificates trusted besides Mozilla's, PEM. */
  readonly extraRoots: readonly string[]
  readonly agent?: PlainAgent | SecureAgent
  readonly onBytes?: (sent: number, received: number) => void
  /** The family over which to ask; any where absent. */
  readonly family?: 4 | 6
}

/**
 * One POST of JSON to a server of ours; bounded in bytes and time. Rejects where no JSON came: with an error of the
 * network, of our own limit, or with the run's reason where the run ends.
 */
export async function postJson(url: string, body: unknown, options: ControlPostOptions): Promise<JsonAnswer> {
  const to = new URL(url)
  const payload = Buffer.from(JSON.stringify(body))
  using deadline = openDeadline(options.signal, options.limit, `question to ${to.host}`)
  const agent = options.agent ?? agentFor(to.protocol, options.extraRoots)
  const settings = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': payload.length, 'user-agent': 'kuager' },
    signal: deadline.signal,
    agent,
    ...defined({ family: options.family }),
  }
  try {
    const request = to.protocol === 'https:' ? requestSecure(to, settings) : requestPlain(to, settings)
    const before = countFrom(request)
    const answer = await answerOf(request, payload)
    const after = before()
    options.onBytes?.(after.sent, after.received)
    return answer
  } catch (error) {
    options.signal.throwIfAborted()
    throw deadline.signal.aborted ? deadline.signal.reason : error
  } finally {
    if (options.agent === undefined) agent.destroy()
  }
}

/** Connections to servers of ours, which stay open while the agent does. */
const agentFor = (protocol: string, extraRoots: readonly string[]): PlainAgent | SecureAgent =>
  protocol === 'https:'
    ? new SecureAgent({
        keepAlive: true,
        autoSelectFamilyAttemptTimeout: LIMITS.family,
        rejectUnauthorized: true,
        maxSockets: MOST_UNDER_WAY,
        secureContext: secureContextFor('usual', extraRoots),
      })
    : new PlainAgent({ keepAlive: true, autoSelectFamilyAttemptTimeout: LIMITS.family, maxSockets: MOST_UNDER_WAY })

/** Counts what a request moves on its socket, which may have served others before. */
function countFrom(request: ClientRequest): () => { readonly sent: number; readonly received: number } {
  let sent = 0
  let received = 0
  request.once('socket', (socket) => {
    sent = socket.bytesWritten
    received = socket.bytesRead
  })
  return () => {
    const { socket } = request
    return { sent: (socket?.bytesWritten ?? sent) - sent, received: (socket?.bytesRead ?? received) - received }
  }
}

function answerOf(request: ClientRequest, payload: Buffer): Promise<JsonAnswer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > MOST_BYTES) request.destroy(new Error(`more than ${MOST_BYTES} bytes`))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        try {
          const json = parseJson(Buffer.concat(chunks)) // bounded in depth: what came is written down later
          resolve({ status, headers, json })
        } catch {
          if (status === 200) reject(new Error('status 200 without JSON'))
          else resolve({ status, headers, json: undefined })
        }
      })
    })
    request.end(payload)
  })
}

/** What a helper says of the asking address, and its answer without that address, as it is written down. */
function withoutAddress(json: unknown): { readonly client: unknown; readonly rest: unknown } {
  if (!isRecord(json)) return { client: undefined, rest: json }
  const client = json['x_client']
  if (!isRecord(client)) return { client, rest: json }
  const { address: _, ...rest } = client
  return { client, rest: { ...json, x_client: rest } }
}

export interface ControlOptions {
  readonly urls: readonly string[]
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly extraRoots: readonly string[]
  readonly onBytes: (sent: number, received: number) => void
}

/** The test helpers abroad of one run, asked in turn over connections that stay open until it is disposed. */
export class ControlAbroad implements Disposable {
  readonly #options: ControlOptions
  readonly #agents = new Map<string, PlainAgent | SecureAgent>()
  /** Failures of each helper in a row, and the word of the last. */
  readonly #failures = new Map<string, { readonly times: number; readonly word: string }>()
  readonly #gate: Gate
  /** Helpers that refused a question of ours without a page: they are asked as OONI's probes ask. */
  readonly #plain = new Set<string>()
  /** What a helper said about the address of the client, once one has. */
  client: unknown

  constructor(options: ControlOptions) {
    this.#options = options
    this.#gate = new Gate(GATE, options)
  }

  get isThere(): boolean {
    return this.#options.urls.length > 0
  }

  /**
   * Asks the first helper that answers; undefined where none is configured. That none answers is said with the last
   * one's failure, and is no finding about a service.
   */
  async ask(question: ControlQuestion): Promise<ControlAnswer | undefined> {
    const { urls } = this.#options
    let last: ControlAnswer | undefined
    for (const url of urls) {
      last = await this.#askOne(url, question)
      if (last.kind === 'answer') return last
    }
    return last
  }

  async #askOne(url: string, question: ControlQuestion): Promise<ControlAnswer> {
    const { clock, signal } = this.#options
    const asked = clock.monotonic()
    const none = (failure: string): ControlAnswer => ({ kind: 'none', address: url, failure, at: clock.monotonic() })
    try {
      return await this.#gate.run(() => this.#askInTurn(url, question, asked))
    } catch (error) {
      signal.throwIfAborted()
      const word = classifyError(error, 'answer').code
      this.#failures.set(url, { times: (this.#failures.get(url)?.times ?? 0) + 1, word })
      return none(word)
    }
  }

  async #askInTurn(url: string, question: ControlQuestion, asked: Millis): Promise<ControlAnswer> {
    const { clock } = this.#options
    const none = (failure: string): ControlAnswer => ({ kind: 'none', address: url, failure, at: clock.monotonic() })
    const left = millis(LIMITS.control - (clock.monotonic() - asked))
    const before = this.#failures.get(url)
    if (before !== undefined && before.times >= MOST_FAILURES) return none(before.word)
    if (left < SHORTEST) return none('generic_timeout_error')
    const { status, json, put } = await this.#put(url, question, left)
    // OONI's helpers refuse a question that measures nothing, and are as good as before.
    if (status === 400 && isEmpty(put)) return none('unknown_failure')
    if (status !== 200) throw new Error(`status ${status}`)
    this.#failures.delete(url)
    const { client, rest } = withoutAddress(json)
    this.client ??= client
    return {
      kind: 'answer',
      address: url,
      json: rest,
      at: clock.monotonic(),
      ...(put === question ? {} : { asked: put }),
    }
  }

  /** In our words, and again in OONI's if the helper takes only these; `put`: which it were. */
  async #put(
    url: string,
    question: ControlQuestion,
    limit: Millis,
  ): Promise<JsonAnswer & { readonly put: ControlQuestion }> {
    const { clock } = this.#options
    const began = clock.monotonic()
    const plain = plainQuestion(question)
    if (plain !== undefined && this.#plain.has(url)) return { ...(await this.#post(url, plain, limit)), put: plain }
    const answer = await this.#post(url, question, limit)
    if (answer.status !== 400 || plain === undefined) return { ...answer, put: question }
    this.#plain.add(url)
    const left = millis(Math.max(SHORTEST, limit - (clock.monotonic() - began)))
    return { ...(await this.#post(url, plain, left)), put: plain }
  }

  /** A helper that is busy says how long; it is asked again after that. */
  async #post(url: string, question: ControlQuestion, limit: Millis): Promise<JsonAnswer> {
    const { signal, onBytes, extraRoots } = this.#options
    const { protocol } = new URL(url)
    const agent = this.#agents.get(protocol) ?? agentFor(protocol, extraRoots)
    this.#agents.set(protocol, agent)
    const options: ControlPostOptions = { signal, limit, extraRoots, agent, onBytes }
    const answer = await postJson(url, question, options)
    if (answer.status !== 429 && answer.status !== 503) return answer
    const asked = Number(answer.headers['retry-after'] ?? 1) * 1000
    await pause(millis(Math.min(LONGEST_RETRY, Number.isFinite(asked) ? Math.max(200, asked) : 1_000)), signal)
    return postJson(url, question, options)
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy()
  }
}
