import type { Millis } from '../../core/model/units.ts'

/** A post of a channel, as its service takes it. */
export interface ChannelPost {
  /** Name of the post, the same at each try. */
  readonly key: string
  readonly text: string
  /** Id of the post that it answers. */
  readonly replyTo?: string
}

/**
 * What became of a post. `later`: not taken for now, with the pause that the service asked for; `refused`: this very post
 * is never taken; `closed`: the channel takes nothing, since the token or the right to post is gone. `code` is a word or
 * number for the log, never a text of the service, which may repeat a token.
 */
export type PostedTo =
  | { readonly kind: 'posted'; readonly message: string }
  | { readonly kind: 'later'; readonly code: string; readonly pause?: Millis }
  | { readonly kind: 'refused' | 'closed'; readonly code: string }

/** An outgoing channel: it says, and reads nothing of anyone. */
export interface Channel {
  /** Name in the registry and in the log: kind and place, without a token. */
  readonly name: string
  readonly mostCharacters: number
  post(post: ChannelPost, signal: AbortSignal): Promise<PostedTo>
  /** Puts another text in the place of one that was posted. */
  edit(message: string, post: Pick<ChannelPost, 'key' | 'text'>, signal: AbortSignal): Promise<PostedTo>
}

/** Longest time that an answer of a service is waited for. */
export const ANSWER_MS = 15_000
/** Longest answer that is read. */
export const MOST_ANSWER_BYTES = 256 * 1024
