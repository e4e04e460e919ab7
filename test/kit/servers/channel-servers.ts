import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

// Local servers of the forms that Telegram and Mastodon describe: they refuse whatever their documents do not allow.

/** One call as a server received it. */
interface ReceivedCall {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** An answer that a test wants instead of the usual one; `drop`: the connection breaks after the work is done. */
export type WantedAnswer =
  { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown } | 'drop'

export interface ChannelServer extends AsyncDisposable {
  readonly url: string
  /** What readers see: texts by id, in the order of the ids. */
  readonly posts: ReadonlyMap<string, { text: string; readonly replyTo?: string; edits: number }>
  /** Why calls were refused as malformed. */
  readonly malformed: readonly string[]
  readonly calls: readonly ReceivedCall[]
  /** Answers to the next calls; then the usual ones. */
  readonly wanted: WantedAnswer[]
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    return undefined
  }
}

type Usual = (call: ReceivedCall, state: ServerState) => { readonly status: number; readonly body: unknown }

interface ServerState {
  readonly posts: Map<string, { text: string; readonly replyTo?: string; edits: number }>
  readonly malformed: string[]
}

async function serve(usual: Usual): Promise<ChannelServer> {
  const state: ServerState = { posts: new Map(), malformed: [] }
  const calls: ReceivedCall[] = []
  const wanted: WantedAnswer[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const call = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
      calls.push(call)
      const next = wanted.shift()
      if (next !== undefined && next !== 'drop') {
        response.writeHead(next.status, { 'content-type': 'application/json', ...next.headers })
        response.end(typeof next.body === 'string' ? next.body : JSON.stringify(next.body))
        return
      }
      const answer = usual(call, state)
      if (next === 'drop') return void response.destroy()
      response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8' })
      response.end(JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    ...{ posts: state.posts, malformed: state.malformed, calls, wanted },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const preview = z.strictObject({ is_disabled: z.boolean() })
/** core.telegram.org/bots/api#sendmessage: 1 to 4,096 characters. */
const sendMessage = z.strictObject({
  chat_id: z.union([z.string().regex(/^@[A-Za-z]\w{3,}$/), z.string().regex(/^-?\d+$/), z.int()]),
  text: z.string().min(1).max(4096),
  link_preview_options: preview.optional(),
  reply_parameters: z
    .strictObject({ message_id: z.int(), allow_sending_without_reply: z.boolean().optional() })
    .optional(),
})
/** core.telegram.org/bots/api#editmessagetext */
const editMessageText = z.strictObject({
  chat_id: z.union([z.string(), z.int()]),
  message_id: z.int(),
  text: z.string().min(1).max(4096),
  link_preview_options: preview.optional(),
})

/** A server of Telegram's Bot API for one bot and one channel. */
export const openTelegramServer = (token: string, chat: string): Promise<ChannelServer> =>
  serve(({ method, path, headers, body }, { posts, malformed }) => {
    const refuse = (status: number, description: string): ReturnType<Usual> => ({
      status,
      body: { ok: false, error_code: status, description },
    })
    const wrong = (why: string): ReturnType<Usual> => {
      malformed.push(why)
      return refuse(400, `Bad Request: ${why}`)
    }
    const called = /^\/bot([^/]+)\/(\w+)$/.exec(path)
    if (called?.[1] !== token) return refuse(401, 'Unauthorized')
    if (method !== 'POST') return wrong(`method ${method}`)
    if (headers['content-type']?.startsWith('application/json') !== true) return wrong('content-type')
    if (called[2] === 'sendMessage') {
      const parsed = sendMessage.safeParse(body)
      if (!parsed.success) return wrong(parsed.error.message)
      const { chat_id: to, text, reply_parameters: reply } = parsed.data
      if (to !== chat) return refuse(400, 'Bad Request: chat not found')
      if (reply !== undefined && !posts.has(String(reply.message_id)) && reply.allow_sending_without_reply !== true)
        return refuse(400, 'Bad Request: message to be replied not found')
      const id = 100 + posts.size
      posts.set(String(id), { text, edits: 0, ...(reply === undefined ? {} : { replyTo: String(reply.message_id) }) })
      return {
        status: 200,
        body: { ok: true, result: { message_id: id, date: 1, chat: { id: -100, type: 'channel' }, text } },
      }
    }
    if (called[2] === 'editMessageText') {
      const parsed = editMessageText.safeParse(body)
      if (!parsed.success) return wrong(parsed.error.message)
      const post = posts.get(String(parsed.data.message_id))
      if (post === undefined) return refuse(400, 'Bad Request: message to edit not found')
      if (post.text === parsed.data.text)
        return refuse(
          400,
          'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
        )
      post.text = parsed.data.text
      post.edits += 1
      return {
        status: 200,
        body: {
          ok: true,
          result: { message_id: parsed.data.message_id, date: 1, chat: { id: -100, type: 'channel' } },
        },
      }
    }
    return refuse(404, 'Not Found')
  })

/** docs.joinmastodon.org/methods/statuses/#create */
const newStatus = z.strictObject({
  status: z.string().min(1),
  language: z.string().regex(/^[a-z]{2,3}$/),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
  in_reply_to_id: z.string().optional(),
})
/** docs.joinmastodon.org/methods/statuses/#edit */
const editedStatus = z.strictObject({ status: z.string().min(1), language: z.string().optional() })

/** A Mastodon instance with one account. `most`: characters of a status; an address counts 23. */
export async function openMastodonServer(token: string, most = 500): Promise<ChannelServer> {
  const known = new Map<string, string>()
  return serve(({ method, path, headers, body }, { posts, malformed }) => {
    const refuse = (status: number, error: string): ReturnType<Usual> => ({ status, body: { error } })
    const wrong = (why: string): ReturnType<Usual> => {
      malformed.push(why)
      return refuse(422, `Validation failed: ${why}`)
    }
    if (headers.authorization !== `Bearer ${token}`) return refuse(401, 'The access token is invalid')
    if (headers['content-type']?.startsWith('application/json') !== true) return wrong('content-type')
    const tooLong = (text: string): boolean => [...text.replaceAll(/https?:\/\/\S+/g, 'x'.repeat(23))].length > most
    const edited = /^\/api\/v1\/statuses\/([^/]+)$/.exec(path)?.[1]
    if (method === 'PUT' && edited !== undefined) {
      const parsed = editedStatus.safeParse(body)
      if (!parsed.success || tooLong(parsed.data.status)) return wrong('an edit')
      const post = posts.get(edited)
      if (post === undefined) return refuse(404, 'Record not found')
      post.text = parsed.data.status
      post.edits += 1
      return { status: 200, body: { id: edited } }
    }
    if (method !== 'POST' || path !== '/api/v1/statuses') return refuse(404, 'Not found')
    const parsed = newStatus.safeParse(body)
    if (!parsed.success) return wrong(parsed.error.message)
    const { status: text, in_reply_to_id: replyTo } = parsed.data
    if (tooLong(text)) return wrong('Text character limit of 500 exceeded')
    const key = headers['idempotency-key']
    if (typeof key !== 'string') return wrong('no Idempotency-Key')
    const before = known.get(key)
    if (before !== undefined) return { status: 200, body: { id: before } }
    if (replyTo !== undefined && !posts.has(replyTo)) return refuse(404, 'Record not found')
    const id = `1150${posts.size}`
    posts.set(id, { text, edits: 0, ...(replyTo === undefined ? {} : { replyTo }) })
    known.set(key, id)
    return { status: 200, body: { id, created_at: '2026-03-05T15:00:00.000Z', content: text } }
  })
}
