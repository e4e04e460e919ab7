import { z } from 'zod'
import { SECOND_MS } from '../../core/model/duration.ts'
import { millis } from '../../core/model/units.ts'
import { callOutside, type CalledOutside, type OutsideAddress } from '../../runtime/post/outside-post.ts'
import { ANSWER_MS, MOST_ANSWER_BYTES, type Channel, type PostedTo } from './channel.ts'

// Form: core.telegram.org/bots/api, "sendMessage", "editMessageText", "Making requests", "ResponseParameters".

/** Longest text of ours: what fits under a picture and is read whole; Telegram itself takes 4,096. */
const MOST_CHARACTERS = 920

export interface TelegramSettings {
  readonly address: OutsideAddress
  readonly token: string
  /** `@name` of a public channel, or its number. */
  readonly chat: string
}

const answerSchema = z.union([
  z.object({ ok: z.literal(true), result: z.object({ message_id: z.int() }) }),
  z.object({
    ok: z.literal(false),
    error_code: z.int(),
    description: z.string(),
    parameters: z.object({ retry_after: z.number().nonnegative().optional() }).optional(),
  }),
])

/** A channel of Telegram, written to by a bot that is its administrator. The token is in the path: no address is logged. */
export function openTelegram({ address, token, chat }: TelegramSettings): Channel {
  const call = async (method: string, body: object, signal: AbortSignal): Promise<PostedTo> => {
    const url = new URL(`${address.url.pathname.replace(/\/$/, '')}/bot${token}/${method}`, address.url)
    const answer = await callOutside(
      { ...address, url },
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        // No preview: Telegram would fetch the page for everyone who reads the channel.
        body: Buffer.from(JSON.stringify({ chat_id: chat, link_preview_options: { is_disabled: true }, ...body })),
        ...{ mostBytes: MOST_ANSWER_BYTES, limit: millis(ANSWER_MS), signal },
      },
    )
    return readAnswer(answer)
  }
  return {
    name: `telegram ${chat}`,
    mostCharacters: MOST_CHARACTERS,
    post: ({ text, replyTo }, signal) => {
      const reply = { message_id: Number(replyTo), allow_sending_without_reply: true }
      return call('sendMessage', { text, ...(replyTo === undefined ? {} : { reply_parameters: reply }) }, signal)
    },
    async edit(message, { text }, signal) {
      const edited = await call('editMessageText', { message_id: Number(message), text }, signal)
      return edited.kind === 'refused' && edited.code === UNCHANGED ? { kind: 'posted', message } : edited
    },
  }
}

/** Word for an edit that changed nothing, as after a crash: it is done. */
const UNCHANGED = 'not modified'

function readAnswer(answer: CalledOutside): PostedTo {
  if (answer.kind === 'failed') return { kind: 'later', code: answer.why }
  const parsed = answerSchema.safeParse(jsonOf(answer.body))
  if (!parsed.success) return { kind: 'later', code: `status ${answer.status}` }
  const { data } = parsed
  if (data.ok) return { kind: 'posted', message: String(data.result.message_id) }
  const { error_code: status, description, parameters } = data
  const code = `status ${status}`
  const seconds = parameters?.retry_after
  if (status === 429)
    return { kind: 'later', code, ...(seconds === undefined ? {} : { pause: millis(seconds * SECOND_MS) }) }
  if (status >= 500) return { kind: 'later', code }
  // 401 and 404: no such bot; 403: the bot may not post; 400 with these words: there is no such channel.
  if (
    [401, 403, 404].includes(status) ||
    /chat not found|need administrator rights|not enough rights/i.test(description)
  )
    return { kind: 'closed', code }
  return { kind: 'refused', code: /message is not modified/i.test(description) ? UNCHANGED : code }
}

/** JSON of a body; undefined where it is none. */
export function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
