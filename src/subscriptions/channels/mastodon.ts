import { createHash } from 'node:crypto'
import { z } from 'zod'
import { millis } from '../../core/model/units.ts'
import type { Lang } from '../../core/model/tables/langs.ts'
import type { Clock } from '../../runtime/clock.ts'
import { callOutside, type CalledOutside, type OutsideAddress } from '../../runtime/post/outside-post.ts'
import { ANSWER_MS, MOST_ANSWER_BYTES, type Channel, type PostedTo } from './channel.ts'
import { jsonOf } from './telegram.ts'

// Form: docs.joinmastodon.org/methods/statuses ("Post a new status", "Edit a status") and /api/rate-limits.

export interface MastodonSettings {
  readonly address: OutsideAddress
  /** Token of an application with the scope `write:statuses`. */
  readonly token: string
  readonly lang: Lang
  readonly visibility: 'public' | 'unlisted' | 'private'
  /** Longest post of the instance. */
  readonly mostCharacters: number
}

const statusSchema = z.object({ id: z.string().min(1).max(100) })

/** An account of Mastodon, or of what speaks its interface. */
export function openMastodon(settings: MastodonSettings, clock: Pick<Clock, 'now'>): Channel {
  const { address, token, lang, visibility, mostCharacters } = settings
  const call = async (
    { method, path, key }: { readonly method: 'POST' | 'PUT'; readonly path: string; readonly key: string },
    body: object,
    signal: AbortSignal,
  ): Promise<PostedTo> => {
    const url = new URL(`${address.url.pathname.replace(/\/$/, '')}${path}`, address.url)
    const answer = await callOutside(
      { ...address, url },
      {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          // A second try of the same post gives the first one: no twin after a crash.
          ...(method === 'POST' ? { 'idempotency-key': createHash('sha256').update(key).digest('hex') } : {}),
        },
        body: Buffer.from(JSON.stringify({ language: lang, ...body })),
        ...{ mostBytes: MOST_ANSWER_BYTES, limit: millis(ANSWER_MS), signal },
      },
    )
    return readAnswer(answer, clock)
  }
  return {
    // An instance may have an account for each language.
    name: `mastodon ${address.url.host} ${lang}`,
    mostCharacters,
    async post({ key, text, replyTo }, signal) {
      const asked = { method: 'POST', path: '/api/v1/statuses', key } as const
      const post = { status: text, visibility }
      const reply = replyTo === undefined ? post : { ...post, in_reply_to_id: replyTo }
      const posted = await call(asked, reply, signal)
      // What it answers was deleted by hand: the correction is posted all the same.
      if (posted.kind === 'refused' && posted.code === 'status 404' && replyTo !== undefined)
        return call({ ...asked, key: `${key} alone` }, post, signal)
      return posted
    },
    edit: (message, { key, text }, signal) =>
      call({ method: 'PUT', path: `/api/v1/statuses/${encodeURIComponent(message)}`, key }, { status: text }, signal),
  }
}

function readAnswer(answer: CalledOutside, clock: Pick<Clock, 'now'>): PostedTo {
  if (answer.kind === 'failed') return { kind: 'later', code: answer.why }
  const { status } = answer
  const code = `status ${status}`
  if (status === 200) {
    const parsed = statusSchema.safeParse(jsonOf(answer.body))
    // Taken, but by something else than Mastodon: asked again it gives the same status.
    return parsed.success ? { kind: 'posted', message: parsed.data.id } : { kind: 'later', code: 'no status' }
  }
  if (status === 429) {
    const until = Date.parse(answer.headers['x-ratelimit-reset'] ?? '')
    return { kind: 'later', code, ...(Number.isNaN(until) ? {} : { pause: millis(Math.max(0, until - clock.now())) }) }
  }
  if (status >= 500 || status === 408) return { kind: 'later', code }
  return { kind: status === 401 || status === 403 ? 'closed' : 'refused', code }
}
